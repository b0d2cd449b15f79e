"""A province on paper: what the province must do, then its communes; no person anywhere."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pipeline.model.period import parse_period, periods_before
from pipeline.model.province import NO_BEFORE
from pipeline.model.tables import NO, YES, PeriodResult, records
from pipeline.model.text import fold, sentence, show_percent
from pipeline.packet.book import Row
from pipeline.packet.charts import change, show_value
from pipeline.packet.front import issuer
from pipeline.tools.page import fill

FIRST_ROWS = 5  # of a list on the first page
MATRIX = 12  # indicators that find room beside each other
PLOT, WIDE = Decimal(24), Decimal(78)  # millimetres of the highest column, of a histogram
FIGURES = {
    "R": "R, trung bình của a, b, c",
    "a": "a, số lượng",
    "b": "b, chất lượng",
    "c": "c, tiến độ",
}
RANGE = Decimal(60)  # millimetres from 0 to 100 %


def compose_province(result: PeriodResult) -> str:
    """Return a province's period as HTML, ready to print."""
    period = parse_period(result.period)
    tables = {key: records(table) for key, table in result.tables.items()}
    [total] = tables["province"]
    context = {
        "result": result,
        "period": period,
        "previous": periods_before(period, 1)[0],
        "heading": f"Tổng hợp các xã, phường, {period.name}",
        "head": issuer(result),
        "total": total,
        "tables": tables,
        "several": len({row["province"] for row in tables["communes"] if row["province"]}) > 1,
        "first": _first_page(tables),
        "earlier": [_compared(row) for row in tables["earlier"]],
        "plots": [_histogram(tables["spread"], key, said) for key, said in FIGURES.items()],
        "types": [{**row, "range": _range(row)} for row in tables["types"]],
        "communes": [{**row, "change": change([row["R_before"], row["R"]])} for row in _in(tables)],
        "left_out": [row for row in tables["left_out"] if row["counted"] == NO],
        "remarks": [row for row in tables["left_out"] if row["counted"] == YES],
        "show_value": show_value,
        **_matrix(tables),
    }
    return fill("province/province.html.j2", context)


def _in(tables: dict[str, list[Row]]) -> list[Row]:
    """Return every commune with the words that stand for what is missing."""
    why: dict[str, list[str]] = {}
    for row in tables["left_out"]:
        if row["kind"] != NO_BEFORE:
            why.setdefault(row["folder"], []).append(_short(row))
    return [{**row, "why": "; ".join(why.get(row["folder"], []))} for row in tables["communes"]]


def _short(row: Row) -> str:
    return f"{row['kind']} ({row['what']})" if "kỳ" in str(row["what"])[:3] else str(row["kind"])


def _first_page(tables: dict[str, list[Row]]) -> Row:
    """Return what the province must see first: who is missing, what waits for it, where to look."""
    counted = [row for row in tables["communes"] if row["counted"] == YES]
    groups: dict[str, list[Row]] = {}
    for row in tables["left_out"]:
        if row["counted"] == NO:
            groups.setdefault(row["kind"], []).append(row)
    rated = [row for row in counted if row["R_before"] is not None and row["R"] is not None]
    fallen = [row for row in rated if row["R"] < row["R_before"]]
    return {
        "missing": [
            {"kind": kind, "names": _names(rows), "count": len({row["folder"] for row in rows})}
            for kind, rows in groups.items()
        ],
        "obstacles": tables["obstacles"][:FIRST_ROWS],
        "overdue": sorted((r for r in counted if r["overdue"]), key=_most_overdue)[:FIRST_ROWS],
        "fallen": sorted(fallen, key=lambda row: row["R"] - row["R_before"])[:FIRST_ROWS],
        "weak": sorted(
            (r for r in tables["indicators"] if r["communes_met"] < r["communes_asked"]),
            key=_least_met,
        )[:FIRST_ROWS],
    }


def _names(rows: Iterable[Row]) -> str:
    return ", ".join(dict.fromkeys(str(row["commune"]) for row in rows))


def _most_overdue(row: Row) -> tuple:
    return -row["overdue_share"], str(row["commune"])


def _least_met(row: Row) -> Decimal:
    return Decimal(row["communes_met"]) / row["communes_asked"]


def _compared(row: Row) -> Row:
    steps = {name: change([row[name], row[f"{name}_now"]]) for name in (*"abcR", "overdue_share")}
    period = parse_period(row["period"])
    return {**row, "said": sentence(period.name), "short": period.short, "steps": steps}


def _histogram(rows: Sequence[Row], figure: str, said: str) -> Row:
    """Return how many communes lie in each ten points as columns, and the same in words."""
    bins = [row for row in rows if row["figure"] == figure]
    most = max((row["communes"] for row in bins), default=0) or 1
    step = WIDE / len(bins)
    columns = [
        {
            "left": f"{n * step:.1f}",
            "middle": f"{(n + Decimal('.5')) * step:.1f}",
            "low": f"{row['low'] * 100:.0f}",
            "height": f"{PLOT * row['communes'] / most:.1f}",
            "top": f"{PLOT * (1 - Decimal(row['communes']) / most):.1f}",
            "communes": row["communes"],
        }
        for n, row in enumerate(bins)
    ]
    known = (row for row in bins if row["communes"])
    told = (f"{r['low'] * 100:.0f}–{r['high'] * 100:.0f} %: {r['communes']} xã" for r in known)
    return {
        **{"said": said, "columns": columns, "width": f"{step - 1:.1f}"},
        "words": "; ".join(told) or "chưa xã nào có tỷ lệ",
    }


def _range(row: Row) -> Row | None:
    """Return the spread of a kind of unit as places on one scale, None without any rate."""
    names = ("lowest", "quarter", "middle", "three_quarters", "highest")
    if row["lowest"] is None:
        return None
    told = f"từ {show_percent(row['lowest'])} đến {show_percent(row['highest'])}"
    return {
        **{name: f"{RANGE * row[name]:.1f}" for name in names},
        "half": f"{RANGE * (row['three_quarters'] - row['quarter']):.1f}",
        "words": f"{row['type']}: R {told}, ở giữa {show_percent(row['middle'])}",
    }


def _matrix(tables: dict[str, list[Row]]) -> Row:
    """Return the indicators that most communes follow as columns, and each commune's values."""
    common = sorted(tables["indicators"], key=lambda row: -row["communes"])[:MATRIX]
    columns = [row for row in tables["indicators"] if row in common]
    places = {_same(row): n for n, row in enumerate(columns)}
    rows: dict[str, list[Row | None]] = {}
    for row in tables["commune_indicators"]:
        cells = rows.setdefault(str(row["commune"]), [None] * len(columns))
        if _same(row) in places:
            cells[places[_same(row)]] = row
    return {
        "columns": columns,
        "measured": rows,
        "others": len(tables["indicators"]) - len(columns),
    }


def _same(row: Row) -> tuple[str, str]:
    return fold(row["name"]), fold(row["measure"])
