"""A cycle's stored result, for the commands that only show or print it."""

from pathlib import Path

from pipeline.history import read_result
from pipeline.model.calendar import Cycle
from pipeline.model.findings import InputError
from pipeline.model.tables import CycleResult


def stored_result(output: Path, cycle: Cycle) -> CycleResult:
    """Return what the last run of a cycle stored; raises InputError where it cannot be had."""
    result = read_result(output, cycle)
    if result is None:
        raise InputError(f"kỳ {cycle} chưa tổng hợp; chạy: make cycle CYCLE={cycle}")
    return result
