"""Make a month, quarter, half-year or year from the results of its cycles."""

from datetime import datetime
from pathlib import Path

from pipeline import VERSION, archive, packet, reply
from pipeline.cycle.crew import PRINT, Tell
from pipeline.cycle.stored import digests, stored_results
from pipeline.model.folders import PERIOD_BOOK, PERIOD_PAPERS, PERIOD_RESULT
from pipeline.model.period import Period, month_of
from pipeline.model.span import Span
from pipeline.model.tables import CycleResult, PeriodResult, result_hash
from pipeline.scoring.periods import score_period
from pipeline.tools import disk
from pipeline.tools.worker import Worker


def run_period(
    period: Period, data: Path, output: Path, now: datetime | None, press: Worker, tell: Tell
) -> dict:
    """Make the papers of a period; return what the terminal says. Raises InputError."""
    tell("Tính tỷ lệ", 0, 1)
    results = stored_results(period.cycles, period.name, data, output)
    result = make_period(period, results, score_period(results, period), now)
    tell("Tính tỷ lệ", 1, 1)
    printing = press.submit(PRINT, None, packet.compose_period(result).encode())
    files = {
        PERIOD_RESULT: archive.period_json(result),
        PERIOD_BOOK: archive.period_workbook(result),
    }
    tell("In bản tổng hợp", 0, 1)
    [files[PERIOD_PAPERS[period.length]]] = printing.result()[1]
    tell("In bản tổng hợp", 1, 1)
    record = {"summary": reply.period_summary(result)}
    manifest = disk.manifest(digests(results, data, output), files, record)
    disk.commit(output / str(period), {**files, disk.MANIFEST: manifest})
    return record


def make_period(
    period: Period | Span, results: list[CycleResult], tables: dict, now: datetime | None
) -> PeriodResult:
    """Return the whole record of a period or of chosen cycles, stamped with its print code."""
    newest = results[-1]
    codes = " · ".join(dict.fromkeys(result.rule_code for result in results))
    seal = f"{result_hash(tables)}{codes}{VERSION}".encode()
    return PeriodResult(
        period=str(period),
        state=_state(period, results),
        made_at=now or max(result.made_at for result in results),
        print_code=disk.sha256(seal)[:4].upper(),
        program=VERSION,
        rule_code=codes,
        commune=newest.commune,
        signatories=newest.signatories,
        options=newest.options,
        tables=tables,
    )


def _state(period: Period | Span, results: list[CycleResult]) -> str:
    """Return «2/2 kỳ», or «1/2 kỳ, thiếu kỳ 2»; of longer periods the months without any cycle."""
    there = {result.cycle for result in results}
    count = f"{len(there)}/{len(period.cycles)} kỳ"
    lost = [cycle for cycle in period.cycles if str(cycle) not in there]
    whole = [m for m in period.months if not there & {str(cycle) for cycle in m.cycles}]
    single = [period.said(c) for c in lost if period.is_month or month_of(c) not in whole]
    months = "" if period.is_month else ", ".join(str(month.first) for month in whole)
    named = ", ".join([*([f"tháng {months}"] if months else []), *single])
    return f"{count}, thiếu {named}" if named else count
