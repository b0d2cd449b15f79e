"""What of one commune's period goes to the province: its sums, its units, no person."""

import re
from collections.abc import Mapping, Sequence

from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.period import Period
from pipeline.model.province import PROVINCIAL, unit_type
from pipeline.model.tables import YES, CycleResult, records
from pipeline.scoring.exact import exact, stored, total
from pipeline.scoring.periods import sum_period
from pipeline.scoring.periods.reports import Row, latest
from pipeline.scoring.plan import indicator_value, is_met
from pipeline.scoring.province.names import hide, hider
from pipeline.scoring.review.stuck import obstacles

UNNAMED = ("arithmetic", "note")  # sentences that name lines, or are about one commune alone
Known = Mapping[Cycle, CycleResult]  # results of the period's cycles, oldest first


def commune_part(results: Sequence[CycleResult], period: Period) -> dict[str, list[Row]]:
    """Return the rows «commune», «units», «indicators», «obstacles», «rules» of a commune.

    Raises InputError where two cycles of one month have different rule codes.
    """
    known = dict(sorted((parse_cycle(result.cycle), result) for result in results))
    tables = {key: records(table) for key, table in sum_period(results, period).items()}
    [commune] = tables["commune"]
    stuck = _obstacles(known)
    measured = _indicators(known)
    kinds = {row["unit"]: unit_type(row["name"]) for row in tables["units"]}
    return {
        "commune": [_told(commune) | {"stuck": len(stuck)} | _reached(measured)],
        "units": [
            _told(row) | {"type": kinds[row["unit"]]} | _counted(row["unit"], stuck, measured)
            for row in tables["units"]
        ],
        "indicators": measured,
        "obstacles": [{**row, "type": kinds.get(row["unit"], unit_type(""))} for row in stuck],
        "rules": records(results[-1].tables["rules"]),
    }


def _told(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in UNNAMED}


def _counted(unit: str, stuck: list[Row], measured: list[Row]) -> Row:
    own = [row for row in measured if row["unit"] == unit]
    return {"stuck": sum(row["unit"] == unit for row in stuck)} | _reached(own)


def _reached(measured: list[Row]) -> Row:
    """Return how many indicators have a value and a target, and how many of them reach it."""
    answers = [row["met"] for row in measured if row["met"]]
    return {"indicators_told": len(answers), "indicators_met": answers.count("đạt")}


def _indicators(known: Known) -> list[Row]:
    """Return every indicator over the period's cycles, in its newest words.

    Of a ratio numerators and denominators are added up; any other is what the newest cycle says.
    """
    by_code: dict[str, list[Row]] = {}
    for result in known.values():
        for row in records(result.tables["indicators"]):
            by_code.setdefault(row["indicator"], []).append(row)
    newest = latest(known, "indicators", "indicator")
    return [_indicator(newest[code], by_code[code]) for code in newest]


def _indicator(newest: Row, rows: Sequence[Row]) -> Row:
    parts = ("numerator", "denominator")
    ratios = [row for row in rows if None not in (row["numerator"], row["denominator"])]
    named = ("indicator", "name", "unit", "measure", "better", "target")
    row = {name: newest[name] for name in named} | dict.fromkeys(parts)
    if ratios:
        with exact():
            row |= {name: total(one[name] for one in ratios) for name in parts}
    value = indicator_value(row if ratios else {"value": newest["value"]}, row["measure"])
    return row | {"value": stored(value), "met": is_met(value, row["target"], row["better"])}


def _obstacles(known: Known) -> list[Row]:
    """Return the obstacles that stand open; only what the province must free in its own words.

    Names and codes of registered people in them are hidden, and the names of those who sign.
    """
    people = [row for result in known.values() for row in records(result.tables["people"])]
    signing = {name for result in known.values() for name in result.signatories.values()}
    hidden = hider({*signing, *(p["name"] for p in people)}, {p["person"] for p in people})
    rows = [row for row in records(obstacles(known)) if row["open"] == YES]
    return [{**_plain(row), **_words(row, hidden)} for row in rows]


def _plain(row: Row) -> Row:
    return {name: row[name] for name in ("unit", "who", "wanted_by", "first", "cycles")}


def _words(row: Row, people: Sequence[re.Pattern[str]]) -> Row:
    shown = row["who"] == PROVINCIAL
    texts = ("obstacle", "proposal")
    return {name: hide(row[name], people) if shown else "" for name in texts}
