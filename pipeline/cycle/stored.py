"""A cycle's stored result, for the commands that only show or print it."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.history import read_result
from pipeline.model.calendar import Cycle
from pipeline.model.findings import InputError
from pipeline.model.folders import RESULT, list_cycles
from pipeline.model.tables import CycleResult
from pipeline.tools import disk


def stored_result(output: Path, cycle: Cycle) -> CycleResult:
    """Return what the last run of a cycle stored; raises InputError where it cannot be had."""
    result = read_result(output, cycle)
    if result is None:
        raise InputError(f"kỳ {cycle} chưa tổng hợp; chạy: make cycle CYCLE={cycle}")
    return result


def stored_results(
    cycles: Iterable[Cycle], name: str, data: Path, output: Path
) -> list[CycleResult]:
    """Return the results of several cycles, in their order.

    A cycle the data folder has, or the output folder began, must have its result unharmed; another
    is missing. Raises InputError where one must be run first, or there is none at all.
    """
    known = set(list_cycles(data))
    results = []
    for cycle in cycles:
        result = stored_result(output, cycle) if cycle in known else read_result(output, cycle)
        if result and not disk.holds(output / str(cycle), RESULT):
            raise InputError(
                f"{output / str(cycle) / RESULT} không còn như khi ghi;"
                f" chạy: make cycle CYCLE={cycle}"
            )
        results += [result] if result else []
    if not results:
        raise InputError(f"{name} chưa có kết quả kỳ nào; chạy make cycle cho từng kỳ trước.")
    return results


def digests(results: Iterable[CycleResult], output: Path) -> dict[str, str]:
    """Return the SHA-256 of every result.json read, by its path below the output folder."""
    paths = [output / result.cycle / RESULT for result in results]
    return disk.hashes(paths, output)
