"""Tasks on processes of this machine: every answer in its place, whoever dies under them."""

import os
import sys
import time
from multiprocessing import active_children

import pytest

from pipeline.model.findings import InputError
from pipeline.tools import disk, engine
from pipeline.tools.engine import run_tasks, start_engine
from tests import tasks
from tests.helpers import inline_engine


def answered(answer: object) -> engine.Future:
    """Return a future that has its answer."""
    future: engine.Future = engine.Future()
    future.set_result(answer)
    return future


def silent(done: int) -> None:
    """Hear nothing."""


def test_answers_stand_in_the_order_of_the_items_and_progress_ends_at_their_number() -> None:
    heard: list[int] = []
    done = run_tasks(inline_engine(), tasks.double, [*"abcdefg"], heard.append)
    assert done.answers == ["aa", "bb", "cc", "dd", "ee", "ff", "gg"]
    assert (done.deaths, heard[-1], heard) == (0, 7, sorted(heard))


def test_no_items_need_no_worker() -> None:
    assert run_tasks(inline_engine(), tasks.double, [], silent).answers == []


@pytest.mark.parametrize(
    ("items", "workers", "sizes"),
    [
        pytest.param(3, 2, {1}, id="few: each alone"),
        pytest.param(80, 2, {10}, id="many: in tens, however many"),
        pytest.param(3321, 2, {10, 1}, id="a country, the rest in the last"),
        pytest.param(40, 2, {5}, id="every worker gets several"),
    ],
)
def test_items_travel_in_chunks(items: int, workers: int, sizes: set[int]) -> None:
    chunks = list(engine._chunks(range(items), workers))
    assert {len(chunk) for chunk in chunks} == sizes
    assert [item for chunk in chunks for item in chunk] == [(n, n) for n in range(items)]


def test_processes_do_the_work_and_none_outlives_the_engine() -> None:
    with start_engine(2, None) as two:
        done = run_tasks(two, tasks.double, [*map(str, range(20))], silent)
    assert done.answers == [f"{n}{n}" for n in range(20)]
    assert done.deaths == 0
    assert active_children() == []


@pytest.mark.slow
def test_an_item_that_ends_its_worker_costs_no_other_its_answer(tmp_path) -> None:
    once = str(tmp_path / "mark")
    items = [(f"{n}", "") for n in range(12)]
    items[5] = ("x", once)
    with start_engine(2, None) as two:
        first = run_tasks(two, tasks.double_at_second, items, silent)
        second = run_tasks(two, tasks.double, ["a", tasks.FATAL, "b"], silent)
    assert first.answers == [text * 2 for text, _ in items]
    assert first.deaths == 1
    assert second.answers == ["aa", None, "bb"]
    assert second.deaths > engine.TRIES


def test_what_a_task_raises_is_raised() -> None:
    with pytest.raises(InputError, match="không thấy đây"):
        run_tasks(inline_engine(), tasks.refuse, ["đây"], silent)


def test_a_worker_of_another_program_is_not_believed(monkeypatch) -> None:
    engine._program.cache_clear()
    other = engine._work_on(tasks.double, [(0, "a")])
    engine._program.cache_clear()
    monkeypatch.setattr(disk, "program_hash", lambda: "another")
    with pytest.raises(InputError, match="bản chương trình khác"):
        engine._answer(answered(other))
    engine._program.cache_clear()


def test_without_the_extra_the_operator_is_told_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"docs/tinh\.md"), start_engine(2, "tcp://127.0.0.1:1"):
        pass


@pytest.mark.parametrize("error", [OSError, ValueError, TypeError, MemoryError])
def test_what_is_no_scheduler_of_ours_is_one_sentence(error: type[Exception]) -> None:
    def client(address: object, **options: object) -> None:
        raise error("what another program there makes of us")

    with (
        pytest.raises(InputError, match=r"không thấy bộ điều phối tls://10\.0\.0\.5:8786"),
        engine._client(client, "tls://10.0.0.5:8786"),
    ):
        pass


def test_a_machine_gives_as_many_processes_as_it_has_cores() -> None:
    assert engine.usual_workers() == len(os.sched_getaffinity(0))


def test_nobody_left_to_work_is_told_not_waited_for(monkeypatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.01)
    empty = engine.Engine(inline_engine().opened, (), list)
    start = time.monotonic()
    with pytest.raises(InputError, match="không còn ai làm việc"):
        engine._landed([engine.Future()], empty)
    assert time.monotonic() - start < 5
