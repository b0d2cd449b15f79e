"""A cycle's stored result, for the commands that only show or print it."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.history import read_result
from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.folders import RESULT, CycleFolder, list_cycles
from pipeline.model.tables import CycleResult
from pipeline.tools import chain, disk


def stored_result(data: Path, output: Path, cycle: Cycle) -> CycleResult:
    """Return what a cycle's last run stored, or what was closed; raises InputError without any."""
    result = read_result(output, cycle, chain.official(data))
    if result is None:
        raise InputError(f"kỳ {cycle} chưa tổng hợp; chạy: make cycle CYCLE={cycle}")
    return result


def stored_results(
    cycles: Iterable[Cycle], name: str, data: Path, output: Path
) -> list[CycleResult]:
    """Return the results of several cycles, in their order.

    A cycle of which reports came in, or the output folder began, must have its result unharmed;
    another, if only drafted or issued, is missing. Raises InputError where one must be run first,
    or there is none at all.
    """
    known, closed = set(list_cycles(data)), chain.official(data)
    known = {cycle for cycle in known if any(CycleFolder(data, cycle).inbox.glob("*"))}
    results = []
    for cycle in cycles:
        there = cycle in known or cycle in closed
        result = stored_result(data, output, cycle) if there else read_result(output, cycle)
        if result and cycle not in closed and not disk.holds(output / str(cycle), RESULT):
            raise InputError(
                f"{output / str(cycle) / RESULT} không còn như khi ghi;"
                f" chạy: make cycle CYCLE={cycle}"
            )
        results += [result] if result else []
    if not results:
        raise InputError(f"{name} chưa có kết quả kỳ nào; chạy make cycle cho từng kỳ trước.")
    return results


def digests(results: Iterable[CycleResult], data: Path, output: Path) -> dict[str, str]:
    """Return the SHA-256 of every result.json read, by cycle and name."""
    closed = chain.official(data)
    names = {result.cycle: parse_cycle(result.cycle) for result in results}
    paths = {name: closed.get(cycle, output / name) for name, cycle in names.items()}
    return {f"{n}/{RESULT}": disk.sha256((p / RESULT).read_bytes()) for n, p in paths.items()}
