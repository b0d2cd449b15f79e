"""Print Mẫu 01 of every civil servant for a month that was made."""

import json
from pathlib import Path

from pipeline import packet
from pipeline.cycle.crew import Tell
from pipeline.cycle.period import make_period
from pipeline.cycle.sheets import ALL, printed
from pipeline.cycle.stored import stored_results
from pipeline.model.findings import InputError
from pipeline.model.folders import PERIOD_RESULT
from pipeline.model.period import Period
from pipeline.model.tables import PeriodResult, records
from pipeline.scoring.periods import score_period
from pipeline.scoring.periods.forms import form_criteria
from pipeline.tools import disk
from pipeline.tools.worker import Worker


def print_forms(month: Period, data: Path, output: Path, press: Worker, tell: Tell) -> list[str]:
    """Write mau-01/: PDF and workbook of each, all PDFs in one with bookmarks; say where.

    Raises InputError where the month is not made, is no longer what its cycles say, or has nobody
    to score.
    """
    results = stored_results(month.cycles, month.name, data, output)
    result = make_period(month, results, score_period(results, month), None)
    _require_made(month, output, result)
    last = results[-1].tables if results[-1].cycle == str(month.cycles[-1]) else {}
    criteria = form_criteria(last.get("general"))
    levels = records(last["leader_criteria"]) if last else []
    forms = packet.compose_forms(result, criteria, levels)
    if not forms:
        raise InputError(f"{month.name} không có ai được chấm điểm.")
    made = printed(forms, f"Mẫu 01 {month.name}", press, tell)
    folder = output / str(month) / packet.FORMS
    disk.commit(folder, made | packet.form_workbooks(result, criteria))
    return [f"Mẫu 01 của {len(forms)} công chức: {folder}; cả tập để in: {folder / ALL}"]


def _require_made(month: Period, output: Path, result: PeriodResult) -> None:
    path = output / str(month) / PERIOD_RESULT
    again = f"chạy: make month MONTH={month}"
    if not disk.holds(path.parent, path.name):
        raise InputError(f"{month.name} chưa tổng hợp; {again}")
    if json.loads(path.read_bytes())["print_code"] != result.print_code:
        raise InputError(f"số liệu các kỳ đã đổi từ lần tổng hợp {month.name}; {again}")
