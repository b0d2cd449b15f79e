"""A cycle's stored result, for the commands that only show or print it."""

from pathlib import Path

from pipeline import archive
from pipeline.model.calendar import Cycle
from pipeline.model.findings import InputError
from pipeline.model.folders import RESULT
from pipeline.model.tables import CycleResult


def stored_result(output: Path, cycle: Cycle) -> CycleResult:
    """Return what the last run of a cycle stored; raises InputError where it cannot be had."""
    path = output / str(cycle) / RESULT
    try:
        return archive.read_result(path.read_bytes())
    except FileNotFoundError as error:
        raise InputError(f"kỳ {cycle} chưa tổng hợp; chạy: make cycle CYCLE={cycle}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} hỏng hoặc do bản cũ ghi; chạy lại: make cycle CYCLE={cycle}"
        ) from error
