"""A cycle's stored result, for the commands that only show or print it."""

from pathlib import Path

from pipeline.history import read_result
from pipeline.model.calendar import Cycle
from pipeline.model.findings import InputError
from pipeline.model.tables import CycleResult
from pipeline.tools import chain


def stored_result(data: Path, output: Path, cycle: Cycle) -> CycleResult:
    """Return what a cycle's last run stored, or what was closed; raises InputError without any."""
    result = read_result(output, cycle, chain.official(data))
    if result is None:
        raise InputError(f"kỳ {cycle} chưa tổng hợp; chạy: make cycle CYCLE={cycle}")
    return result
