"""What the terminal says of a month, quarter, half-year or year: counts, no names of people."""

from pipeline.model.bands import BELOW, LIMITS
from pipeline.model.folders import PERIOD_BOOK, PERIOD_PAPERS
from pipeline.model.period import Period, parse_period
from pipeline.model.tables import PeriodResult, records
from pipeline.model.text import sentence, show_percent
from pipeline.reply.matrix import matrix

HEADINGS = ("Đơn vị", "R", "Có điểm", *LIMITS.values(), BELOW, "Ghi chú")


def period_summary(result: PeriodResult) -> list[str]:
    """Return the table of units and three lines to act on; {folder} is the output folder."""
    period = parse_period(result.period)
    people = records(result.tables["people"])
    units = records(result.tables["units"])
    scored = [row for row in people if row["scored"] == "có"]
    without = [row for row in scored if not row["band"]]
    short = [row["unit"] for row in units if row["note"]]
    steps = [
        f"Tổng hợp: {{folder}}/{PERIOD_PAPERS[period.length]} · số liệu: {{folder}}/{PERIOD_BOOK}",
        f"Thiếu báo cáo: {', '.join(short)}." if short else _all_reported(result, period),
        f"Chưa có điểm {len(without)}/{len(scored)} người; không chấm {len(people) - len(scored)}"
        " người. Vì sao, xem bản in.",
    ]
    return [
        f"{sentence(period.name)} · mã bản in {result.print_code} · bộ quy tắc {result.rule_code}"
        f" · {result.state}",
        "",
        *matrix([HEADINGS, *(_unit(unit, scored) for unit in units)]),
        "",
        *(f"{n}. {step}" for n, step in enumerate(steps, 1)),
    ]


def _all_reported(result: PeriodResult, period: Period) -> str:
    """Say that everybody reported; of a longer period only in the cycles with a result."""
    made = {row["cycle"] for row in records(result.tables["cycles"]) if row["made"] == "có"}
    some = " đã có kết quả" if len(made) < len(period.cycles) else ""
    return f"Các đơn vị báo cáo đủ các kỳ{some}."


def _unit(unit: dict, scored: list[dict]) -> tuple[str, ...]:
    bands = [row["band"] for row in scored if row["unit"] == unit["unit"]]
    counts = (str(bands.count(band) or "·") for band in (*LIMITS.values(), BELOW))
    reached = f"{sum(band != '' for band in bands)}/{len(bands)}"
    shown = show_percent(unit["R"]) or "·"
    return f"{unit['unit']} {unit['name']}", shown, reached, *counts, unit["note"]
