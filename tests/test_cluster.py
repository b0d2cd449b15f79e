"""A rollup on a real Dask cluster: the same bytes as on this machine, a killed worker and all."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipeline import ROOT
from pipeline.cycle import rollup
from pipeline.cycle.rollup import Asked, Helpers, run_rollup
from pipeline.model.findings import InputError
from pipeline.model.folders import PROVINCE_BOOK, PROVINCE_PAPERS, PROVINCE_RESULT
from pipeline.model.period import parse_period
from pipeline.tools import disk, engine
from pipeline.tools.engine import LOCAL, Engine, run_tasks, start_engine
from tests import tasks
from tests.communes import MONTH, make_communes
from tests.helpers import unprinting

pytestmark = [
    pytest.mark.slow,
    # Its loops and sockets end with the process, or a moment after it was asked to end.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
GUIDE = ROOT / "docs" / "tinh.md"
NAMES = tuple(f"Số {n:02d}" for n in range(24))
FILES = (PROVINCE_RESULT, PROVINCE_BOOK, PROVINCE_PAPERS, disk.MANIFEST)
# As docs/tinh.md has it: without a dashboard Dask still serves a page about itself, to everybody.
SHUT = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
LONG = 60  # seconds, on a machine that does much else


def until(there: Callable[[], object], what: str) -> object:
    """Return what comes to be there, however long it takes within reason."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        if found := there():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


class Cluster:
    """A scheduler and two workers, each a process of its own, on loopback."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
        }
        self.scheduler = self.start("scheduler", "--port", "0", *SHUT)
        self.address = until(self._address, "the scheduler")
        self.workers = [self.worker(n) for n in range(2)]

    def start(self, kind: str, *options: str) -> subprocess.Popen:
        log = open(self.place / f"{kind}{len(list(self.place.iterdir()))}.log", "wb")  # noqa: SIM115
        with log:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    f"distributed.cli.dask_{kind}",
                    *options,
                    "--host",
                    "127.0.0.1",
                ],
                stdout=log,
                stderr=log,
                env=self.environment,
                cwd=self.place,
            )

    def worker(self, number: int) -> subprocess.Popen:
        alone = ("--nthreads", "1", "--no-nanny", *SHUT, "--name", str(number))
        return self.start("worker", self.address, *alone)

    def _address(self) -> str:
        logs = "".join(path.read_text() for path in self.place.glob("scheduler*.log"))
        found = re.search(r"tcp://127\.0\.0\.1:\d+", logs)
        return found[0] if found else ""

    def stop(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    place = tmp_path / "cluster"
    place.mkdir()
    made = Cluster(place)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_communes(tmp_path_factory.mktemp("kept") / "tinh", NAMES, MONTH)


def roll_up(kept: Path, output: Path, engine: Engine) -> tuple[dict[str, bytes], dict]:
    """Return the files of a rollup, and what the terminal said."""
    month = parse_period("2026-11")
    helpers = Helpers(engine, unprinting().press)
    record = run_rollup([kept], month, Asked(), output, None, helpers, lambda *_: None)
    return {name: (output / name).read_bytes() for name in FILES}, record


def test_a_cluster_gives_the_bytes_of_a_pool_though_a_worker_is_killed_half_way(
    cluster: Cluster, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with start_engine(2, None) as pool:
        expected, calm = roll_up(kept, tmp_path / "pool", pool)
    assert not any("dừng giữa chừng" in line for line in calm["summary"])

    victim = cluster.workers[0]

    def killed_half_way(engine: Engine, work: object, items: list, told: Callable) -> object:
        until(lambda: len(engine.workers()) == 2, "two workers")

        def tell(done: int) -> None:
            told(done)
            mine = list(kept.glob(f"*.{victim.pid}"))
            if done >= len(items) // 3 and mine and victim.poll() is None:
                victim.send_signal(signal.SIGKILL)

        done = run_tasks(engine, tasks.read_slowly, items, tell)
        assert victim.wait(LONG) == -signal.SIGKILL
        return done

    monkeypatch.setattr(rollup, "run_tasks", killed_half_way)
    with start_engine(1, cluster.address) as dask:
        found, record = roll_up(kept, tmp_path / "dask", dask)
    for mark in kept.glob("*.*"):
        mark.unlink()
    assert found == expected
    assert "3. 1 tiến trình đọc dừng giữa chừng; việc đã làm lại." in record["summary"]


def listening(pids: set[int]) -> set[tuple[str, int]]:
    """Return the addresses on which these processes listen."""
    import psutil

    return {
        (one.laddr.ip, one.laddr.port)
        for pid in pids
        for one in psutil.Process(pid).net_connections("inet")
        if one.status == psutil.CONN_LISTEN
    }


def test_a_local_cluster_listens_on_loopback_only_and_has_no_dashboard(
    kept: Path, tmp_path
) -> None:
    import psutil

    with ExitStack() as block:
        local = block.enter_context(start_engine(2, LOCAL))
        assert len(local.workers()) == 2
        me = psutil.Process()
        family = {me.pid, *(child.pid for child in me.children(recursive=True))}
        doors = listening(family)
        answers = run_tasks(local, tasks.double, [*"abc"], lambda n: None).answers
        assert not any("dashboard" in page or "status" in page for page in map(_page, doors))
    assert answers == ["aa", "bb", "cc"]
    assert len(doors) >= 3  # what is looked at is there
    assert {address for address, _ in doors} == {"127.0.0.1"}


def _page(door: tuple[str, int]) -> str:
    """Return what a browser is shown of a dashboard behind a door, "" where there is none."""
    from http.client import HTTPConnection, HTTPException

    try:
        browser = HTTPConnection(*door, timeout=2)
        browser.request("GET", "/status")
        answer = browser.getresponse()
        return answer.read().decode("utf-8", "replace") if answer.status == 200 else ""
    except (OSError, HTTPException):
        return ""


def test_a_cluster_started_as_we_tell_listens_where_it_was_told_only(cluster: Cluster) -> None:
    with start_engine(1, cluster.address) as dask:
        until(lambda: len(dask.workers()) == 2, "two workers")
    doors = listening({process.pid for process in [*cluster.workers, cluster.scheduler]})
    assert {address for address, _ in doors} == {"127.0.0.1"}
    told = [line for line in GUIDE.read_text("utf-8").splitlines() if "bin/dask " in line]
    assert len(told) == 2
    assert all(" ".join(SHUT) in line for line in told)


def test_a_task_that_ends_every_worker_of_a_cluster_is_named(kept: Path) -> None:
    with start_engine(2, LOCAL) as local:
        done = run_tasks(local, tasks.double, ["a", tasks.FATAL, "b"], lambda n: None)
    assert done.answers == ["aa", None, "bb"]
    assert done.deaths


@pytest.mark.parametrize("gone", ["workers", "scheduler"])
def test_a_cluster_that_is_gone_is_not_waited_for(gone: str, cluster: Cluster, monkeypatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.1)

    def tell(done: int) -> None:
        for process in cluster.workers if gone == "workers" else [cluster.scheduler]:
            process.kill()

    items = [*map(str, range(400))]
    with start_engine(1, cluster.address) as dask:
        until(lambda: len(dask.workers()) == 2, "two workers")
        with pytest.raises(InputError, match="không còn ai làm việc"):
            run_tasks(dask, tasks.double, items, tell)


def test_a_scheduler_that_is_given_up_is_told(cluster: Cluster, monkeypatch) -> None:
    monkeypatch.setattr(engine, "GREETING", 1)

    def tell(done: int) -> None:
        cluster.scheduler.kill()
        time.sleep(3)

    with start_engine(1, cluster.address) as dask:
        until(lambda: len(dask.workers()) == 2, "two workers")
        with pytest.raises(InputError, match="không còn ai làm việc"):
            run_tasks(dask, tasks.double, [*map(str, range(400))], tell)


def test_no_scheduler_at_the_address_is_one_sentence() -> None:
    with (
        pytest.raises(InputError, match=r"không thấy bộ điều phối tcp://127\.0\.0\.1:9"),
        start_engine(2, "tcp://127.0.0.1:9"),
    ):
        pass


def test_a_cluster_that_runs_another_program_is_refused(cluster: Cluster, monkeypatch) -> None:
    monkeypatch.setattr(engine, "_program", lambda: "ours")
    with (
        start_engine(1, cluster.address) as dask,
        pytest.raises(InputError, match="bản chương trình khác"),
    ):
        run_tasks(dask, tasks.double, [*"ab"], lambda n: None)
