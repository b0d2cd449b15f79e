"""A province over its communes: sums of sums, never a mean of rates.

ΣA, ΣD, ΣQ, ΣP of communes and units are added as they were computed for them; a, b, c, R are made
of the sums as everywhere. Only communes with the period's last cycle and the same rules count;
all others are in the table «left_out» by name. An earlier period is compared over the communes
that have both.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import pandas as pd

from pipeline.model.period import Period, periods_before
from pipeline.model.province import LEFT_OUT, PROVINCIAL, UNIT_TYPES, Part, plain_name
from pipeline.model.tables import NO, YES, result_table
from pipeline.model.text import fold, sort_key
from pipeline.scoring.exact import exact, stored, total
from pipeline.scoring.periods.reports import Row
from pipeline.scoring.plan import indicator_value
from pipeline.scoring.province.spread import in_bins, quarters
from pipeline.scoring.rates import SUMS, quotients, shown_rates

COUNTS = (
    *("tasks", "lines", "done", "on_time", "late", "overdue", "not_due", "unclear", "pending"),
    *("withdrawn", "substituted", "stuck", "indicators_told", "indicators_met"),
)


def score_province(
    parts: Sequence[Part], period: Period, rule_code: str
) -> dict[str, pd.DataFrame]:
    """Return the tables of schemas/province.toml."""
    counted = [part for part in parts if part.counts]
    previous = str(periods_before(period, 1)[0])
    made: dict[str, Iterable[Row]] = {
        "province": [_province(parts, counted)],
        "communes": [_commune(part, previous) for part in _in_order(parts)],
        "types": _types(counted),
        "units": (row for part in _in_order(counted) for row in _units(part)),
        "indicators": _indicators(counted),
        "commune_indicators": (row for part in _in_order(counted) for row in _measured(part)),
        "who": _who(counted, period),
        "obstacles": _obstacles(counted),
        "spread": in_bins([_own(part) for part in counted]),
        "earlier": _earlier(counted, rule_code),
        "left_out": (row for part in _in_order(parts) for row in _faults(part)),
        "rules": counted[0].tables["rules"] if counted else [],
    }
    return {key: result_table(key, rows, "province") for key, rows in made.items()}


def _in_order(parts: Iterable[Part]) -> list[Part]:
    """Return the parts by province and name, as a list of communes goes.

    Of a commune nothing came from the province is unknown: it stands among those of the only one.
    """
    listed = list(parts)
    [home, *others] = {part.province for part in listed if part.province} or {""}
    places = {"": "" if others else home}
    return sorted(
        listed,
        key=lambda part: (
            places.get(part.province, part.province),
            sort_key(plain_name(part.called)),
        ),
    )


def _own(part: Part) -> Row:
    [row] = part.tables["commune"]
    return row


def add_up(rows: Iterable[Row]) -> Row:
    """Return counts, sums and rates over rows that have counts and sums.

    A row that is not `summed` has its counts in, none of its sums.
    """
    listed = list(rows)
    summed = [row for row in listed if row.get("summed", YES) == YES]
    with exact():
        sums = {key: total(row[key] for row in summed) for key in SUMS}
    counts = {key: sum(row.get(key) or 0 for row in listed) for key in COUNTS}
    return counts | sums | shown_rates(quotients(sums, SUMS)) | {"overdue_share": _overdue(counts)}


def _overdue(counts: Row) -> Decimal | None:
    """Return which part of the lines is overdue."""
    with exact():
        parts = [Decimal(counts[key] or 0) for key in ("overdue", "lines")]
    return stored(indicator_value({"numerator": parts[0], "denominator": parts[1]}, ""))


def _province(parts: Sequence[Part], counted: Sequence[Part]) -> Row:
    kinds = [{fault.kind for fault in part.faults if fault.kind in LEFT_OUT} for part in parts]
    rows = [_own(part) for part in counted]
    return {
        "communes": len(parts),
        "communes_counted": len(counted),
        "communes_left_out": sum(map(bool, kinds)),
        "units": sum(row["units"] for row in rows),
        "units_counted": sum(row["units_counted"] for row in rows),
        **add_up(rows),
    }


def _commune(part: Part, previous: str) -> Row:
    marks = {name: getattr(part, name) for name in ("folder", "province", "head", "print_codes")}
    row = {"commune": part.called, **marks, "rule_code": part.rule_code}
    row |= {"counted": YES if part.counts else NO, "note": "; ".join(_told(part))}
    if not part.counts:
        return row
    own = _own(part)
    before = part.earlier.get(previous, {})
    alike = before.get("rule_code") == part.rule_code
    more = {"overdue_share": _overdue(own), "R_before": before["R"] if alike else None}
    return own | row | more


def _told(part: Part) -> list[str]:
    return [f"{fault.kind}: {fault.what}" for fault in part.faults]


def _faults(part: Part) -> list[Row]:
    return [
        {
            **{"commune": part.called, "folder": part.folder, "kind": fault.kind},
            **{"what": fault.what, "action": fault.action},
            "counted": YES if part.counts else NO,
        }
        for fault in part.faults
    ]


def _units(part: Part) -> list[Row]:
    return [{**row, "commune": part.called} for row in part.tables["units"]]


def _types(counted: Sequence[Part]) -> list[Row]:
    """Return each kind of unit over all communes, and how R spreads over its units."""
    groups = _grouped((row for part in counted for row in _units(part)), lambda row: row["type"])
    order = [*UNIT_TYPES]
    named = sorted(groups, key=lambda kind: order.index(kind) if kind in order else len(order))
    return [
        {
            "type": kind,
            "units": len(groups[kind]),
            "units_summed": sum(row["summed"] == YES for row in groups[kind]),
            "units_followed": sum(row["progress_only"] == YES for row in groups[kind]),
            "communes": len({row["commune"] for row in groups[kind]}),
            **add_up(groups[kind]),
            **quarters([row["R"] for row in groups[kind] if row["R"] is not None]),
        }
        for kind in named
    ]


def _grouped(rows: Iterable[Row], key: Callable[[Row], object]) -> dict[object, list[Row]]:
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def _measured(part: Part) -> list[Row]:
    return [{**row, "commune": part.called} for row in part.tables["indicators"]]


def _indicators(counted: Sequence[Part]) -> list[Row]:
    """Return each indicator over all communes; it is the same one where name and measure are.

    A ratio is made of all numerators and denominators, any other figure is added up.
    """
    rows = (row for part in counted for row in _measured(part))
    groups = _grouped(rows, lambda row: (fold(row["name"]), fold(row["measure"])))
    return [_indicator(group) for group in groups.values()]


def _indicator(rows: Sequence[Row]) -> Row:
    told = [row for row in rows if row["value"] is not None]
    ratios = [row for row in told if row["denominator"] is not None]
    answers = [row["met"] for row in told if row["met"]]
    targets = {row["target"] for row in rows}
    parts = ("numerator", "denominator")
    with exact():
        sums = {key: total(row[key] for row in ratios) if ratios else None for key in parts}
        plain = total(row["value"] for row in told)
    percent = "%" in rows[0]["measure"]
    value = indicator_value(sums, rows[0]["measure"]) if ratios else None
    return {
        **{name: rows[0][name] for name in ("indicator", "name", "measure", "better")},
        **sums,
        "value": stored(value) if ratios else None if percent or not told else plain,
        "target": targets.pop() if len(targets) == 1 else None,
        "communes": len(rows),
        "communes_told": len(told),
        "communes_asked": len(answers),
        "communes_met": answers.count("đạt"),
    }


def _who(counted: Sequence[Part], period: Period) -> list[Row]:
    """Return who must act, the province first: how much waits for each, how long, where."""
    groups = _grouped(_stuck(counted), lambda row: row["who"])
    return [
        {
            **{"who": who, "obstacles": len(rows)},
            "communes": len({row["commune"] for row in rows}),
            "standing": sum(row["cycles"] > 1 for row in rows),
            "longest": max(row["cycles"] for row in rows),
            "past": sum(bool(d := row["wanted_by"]) and d <= period.last_day for row in rows),
            "type": _most([row["type"] for row in rows]),
        }
        for who, rows in sorted(groups.items(), key=_province_first)
    ]


def _province_first(group: tuple[str, list[Row]]) -> tuple:
    who, rows = group
    return who != PROVINCIAL, -len(rows), who


def _most(values: Sequence[str]) -> str:
    """Return the value that comes most often, of several the first by name."""
    return min(set(values), key=lambda value: (-values.count(value), value))


def _stuck(counted: Sequence[Part]) -> list[Row]:
    parts = _in_order(counted)
    return [{**row, "commune": part.called} for part in parts for row in part.tables["obstacles"]]


def _obstacles(counted: Sequence[Part]) -> list[Row]:
    """Return what the province must free, what has stood longest first."""
    rows = [row for row in _stuck(counted) if row["who"] == PROVINCIAL]
    return sorted(rows, key=_longest)


def _longest(row: Row) -> tuple:
    return -row["cycles"], row["wanted_by"] is None, row["wanted_by"] or 0


def _earlier(counted: Sequence[Part], rule_code: str) -> list[Row]:
    """Return each earlier period beside this one, both over the communes that have both."""
    names = dict.fromkeys(name for part in counted for name in part.earlier)
    rows = []
    for name in sorted(names, reverse=True):
        both = [p for p in counted if p.earlier.get(name, {}).get("rule_code") == rule_code]
        if both:
            then = add_up(part.earlier[name] for part in both)
            now = add_up(map(_own, both))
            same = {f"{key}_now": now[key] for key in (*"abcR", "overdue_share")}
            rows.append({"period": name, "communes": len(both), **then, **same})
    return rows
