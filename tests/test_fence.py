"""Helper processes: plain data in and out, and whatever a child does to itself ends with it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import NEWEST, Commune

from pipeline import ROOT
from pipeline.cycle.start import start_cycle
from pipeline.model.folders import RESULT
from pipeline.reading import wire
from pipeline.tools import fence
from pipeline.tools.fence import FenceError, Limits
from pipeline.tools.spool import Spool
from pipeline.tools.worker import Worker, WorkerError, pack, unpack
from tests import works
from tests.helpers import unprinting

WORK = "tests.works:misbehave"
QUICK = Limits(seconds=1, patience=60)


@pytest.fixture(scope="module")
def fenced() -> Iterator[Worker]:
    with Worker(WORK, fence=QUICK) as worker:
        yield worker


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("hang", fence.TOO_LONG),
        ("memory", fence.TOO_MUCH),
        ("flood", fence.TOO_MUCH),
        ("abort", fence.STOPPED),
        ("segfault", fence.STOPPED),
        ("exit", fence.STOPPED),
    ],
)
def test_what_a_child_does_to_itself_ends_with_it(fenced: Worker, deed: str, why: str) -> None:
    with pytest.raises(FenceError, match=why):
        fenced.submit(WORK, deed).result()
    assert fenced.submit(WORK, "good").result() == ("good", [])


@pytest.mark.parametrize("there", [None, b"", b"no workbook"])
def test_reading_does_not_hang_on_the_blank_workbook_it_is_rehearsed_with(
    tmp_path, monkeypatch, there: bytes | None
) -> None:
    blank = tmp_path / "phieu-trang.xlsx"
    if there is not None:
        blank.write_bytes(there)
    monkeypatch.setattr(wire, "BLANK", blank)
    wire.rehearse()


def test_what_a_worker_rehearses_is_done_once_before_all_children() -> None:
    work, rehearsal = "tests.works:tell_rehearsed", "tests.works:rehearse"
    with Worker(work, fence=QUICK, rehearsal=rehearsal) as worker:
        first, second = (worker.submit(work, None).result()[0] for _ in range(2))
    assert first[1:] == second[1:]
    assert len({*first, *second}) == 3, "one helper rehearsed, two children did not"


def test_a_child_that_waits_for_ever_is_not_waited_for() -> None:
    with (
        Worker(WORK, fence=Limits(patience=1)) as worker,
        pytest.raises(FenceError, match=fence.TOO_LONG),
    ):
        worker.submit(WORK, "sleep").result()


def test_a_killed_child_was_too_much_for_the_machine(fenced: Worker) -> None:
    with pytest.raises(FenceError):
        fenced.submit(WORK, "killed").result()


def test_an_error_of_the_work_is_told_with_its_place(fenced: Worker) -> None:
    with pytest.raises(WorkerError, match=r"(?s)works\.py.*IndexError"):
        fenced.submit(WORK, "raise").result()


def test_a_child_writes_no_file(fenced: Worker) -> None:
    with pytest.raises((FenceError, WorkerError)):
        fenced.submit(WORK, "write").result()
    written = works.WRITTEN
    assert not written.exists() or written.stat().st_size == 0


def test_what_a_library_prints_is_no_answer(fenced: Worker) -> None:
    assert fenced.submit(WORK, "noise").result() == (None, [])


def test_nothing_of_our_environment_goes_to_a_fenced_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "secret")
    with Worker(WORK, fence=QUICK) as worker:
        names = set(worker.submit(WORK, "environment").result()[0])
    assert names <= {"PATH", "LANG", "TZ", "LC_CTYPE", "PYTHONPATH", "PYTHONUTF8"}


def test_a_server_that_is_killed_is_started_again(fenced: Worker) -> None:
    with pytest.raises(WorkerError):
        fenced.submit(WORK, "end the server").result()
    assert fenced.submit(WORK, "good").result() == ("good", [])


def test_answers_come_in_the_order_of_the_jobs(fenced: Worker) -> None:
    jobs = [str(n) for n in range(20)]
    assert [coming.result()[0] for coming in [fenced.submit(WORK, job) for job in jobs]] == jobs


def test_several_hands_take_the_jobs_in_turn_and_every_answer_comes_to_its_own() -> None:
    jobs = [str(n) for n in range(20)]
    with Worker(WORK, fence=QUICK, hands=2) as worker:
        coming = [worker.submit(WORK, job) for job in ["wait", *jobs]]
        assert [answer.result()[0] for answer in coming[1:]] == jobs
        assert len(worker._started) == 2


def test_the_others_start_only_when_there_is_work_for_them() -> None:
    with Worker(WORK, fence=QUICK, hands=2) as worker:
        for _ in range(3):
            assert worker.submit(WORK, "good").result() == ("good", [])
        assert len(worker._started) == 1


def test_what_waits_in_a_spool_is_read_when_its_turn_comes() -> None:
    kept = Spool().keep(b"a workbook")
    with Worker("tests.works:echo") as worker:
        assert worker.submit("tests.works:echo", None, kept).result() == (None, [b"a workbook"])


def test_moments_and_blobs_go_through_as_they_are() -> None:
    header = {"mốc": works.MOMENTS, "số": [1, 2.5, None, True], "lạ": "\ud800", "bé": {"date": "x"}}
    blobs = [b"", b"\x00\xff" * 1000]
    assert unpack(pack(header, blobs)) == (header, blobs)
    with Worker("tests.works:echo") as worker:
        assert worker.submit("tests.works:echo", header, *blobs).result() == (header, blobs)


def test_work_in_steps_tells_of_each_before_its_answer() -> None:
    heard: list[int] = []
    with Worker("tests.works:echo_in_steps") as worker:
        coming = worker.submit("tests.works:echo_in_steps", "a", b"1", b"22", told=heard.append)
        assert coming.result() == ("a", [b"1", b"22"])
        assert worker.submit("tests.works:echo_in_steps", "b", b"3").result() == ("b", [b"3"])
    assert heard == [1, 2]


def test_what_is_no_plain_data_is_refused() -> None:
    with pytest.raises(AttributeError):
        pack({"object": object()}, [])


def test_a_file_of_the_folder_we_start_in_is_no_module_of_ours(tmp_path, monkeypatch) -> None:
    (tmp_path / "grp.py").write_text("open('seen', 'w')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Worker("tests.works:echo") as helper:
        helper.submit("tests.works:echo", "grp").result()
    assert not (tmp_path / "seen").exists()


@pytest.mark.parametrize(
    "job", ['"tests.works:echo", None).result(', '"tests.works:misbehave", "hang"']
)
def test_a_helper_ends_when_its_owner_is_killed_even_in_the_middle_of_a_job(job: str) -> None:
    code = f"""
import os
from pipeline.tools.worker import Worker
worker = Worker("tests.works:echo")
worker.submit("tests.works:echo", None).result()
worker.submit({job})
print(worker._started[0].pid, flush=True)
os.kill(os.getpid(), 9)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    helper = int(done.stdout.split()[-1])
    for _ in range(200):
        if not _runs(helper):
            return
        time.sleep(0.05)
    pytest.fail("the helper is still there")


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_file_that_ends_its_process_is_one_finding_and_the_rest_is_read(
    commune: Commune, sample: Commune
) -> None:
    broken = next(commune.newest.inbox.glob("Phieu VP*"))

    class Fragile:
        """Reads as ever, but for the file that ends the process."""

        def submit(self, work: str, asked: list, *blobs: bytes):
            coming = unprinting().reader.submit(work, asked, *blobs)
            if asked[0] == broken.name:
                coming = type(coming)()
                coming.set_exception(FenceError(fence.TOO_MUCH))
            return coming

    start_cycle(
        *(commune.newest, commune.output, None, lambda *_: None),
        replace(unprinting(), reader=Fragile()),
    )
    result = json.loads((commune.output / NEWEST / RESULT).read_bytes())["tables"]
    before = json.loads((sample.output / NEWEST / RESULT).read_bytes())["tables"]
    told = [(row["code"], row["file"]) for row in result["findings"]]
    assert told.count(("K109", broken.name)) == 1
    for table in ("units", "lines"):
        others = [row for row in before[table] if row["unit"] != "VP"]
        assert [row for row in result[table] if row["unit"] != "VP"] == others
