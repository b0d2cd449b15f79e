"""What the terminal says of a province: who counts, who is left out and why, no names of people."""

from pipeline.model.folders import PROVINCE_BOOK, PROVINCE_PAPERS
from pipeline.model.period import parse_period
from pipeline.model.tables import NO, PeriodResult, records
from pipeline.model.text import sentence, show_percent
from pipeline.reply.matrix import matrix

MOST_TOLD = 20
HEADINGS = ("Loại đơn vị", "Xã", "R", "Quá hạn")


def province_summary(result: PeriodResult) -> list[str]:
    """Return the table of unit types and what to act on; {folder} is the output folder."""
    [total] = records(result.tables["province"])
    types = [*records(result.tables["types"]), total | {"type": "Toàn tỉnh"}]
    left_out = [row for row in records(result.tables["left_out"]) if row["counted"] == NO]
    lost = [f"   {row['commune']}: {row['kind']}, {row['what']}" for row in left_out[:MOST_TOLD]]
    more = len(left_out) - len(lost)
    count = total["communes_left_out"]
    return [
        f"{sentence(parse_period(result.period).name)} · {result.commune['name']} · mã bản in"
        f" {result.print_code} · bộ quy tắc {result.rule_code}",
        "",
        *matrix([HEADINGS, *map(_type, types)]),
        "",
        f"1. Bản in: {{folder}}/{PROVINCE_PAPERS} · số liệu: {{folder}}/{PROVINCE_BOOK}",
        f"2. Vào tổng hợp {result.state}; chưa vào {count} xã{':' if count else '.'}",
        *lost,
        *([f"   và {more} dòng nữa, xem bản in, mục VII."] if more > 0 else []),
    ]


def told_of_deaths(deaths: int) -> list[str]:
    """Return what is said where reading processes ended under their work."""
    return [f"3. {deaths} tiến trình đọc dừng giữa chừng; việc đã làm lại."] if deaths else []


def _type(row: dict) -> tuple[str, ...]:
    communes = str(row.get("communes_counted", row["communes"]))
    overdue = f"{row['overdue']}/{row['lines']}"
    return row["type"], communes, show_percent(row["R"]) or "·", overdue
