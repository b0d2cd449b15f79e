"""Leaders in a month (Điều 15, 16.2): whom they lead, loops of superiors, and d, đ, e."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from pipeline.model.bands import ENOUGH
from pipeline.model.criteria import LEADER_CRITERIA
from pipeline.scoring.periods.reports import Row

LEADERS = ("cấp trưởng", "cấp phó")
ALL, HALF = Fraction(1), Fraction(1, 2)


def is_leader(person: Row) -> bool:
    """Say whether the register has a person as a leader."""
    return person["leader"] in LEADERS


def loop_of(code: str, people: Mapping[str, Row]) -> list[str]:
    """Return the loop of superiors a person is part of, from this person on; [] where none."""
    seen = [code]
    while (superior := people[seen[-1]]["supervisor"]) in people:
        if superior == code:
            return seen
        if superior in seen:
            return []
        seen.append(superior)
    return []


def lowest_first(people: Mapping[str, Row]) -> list[str]:
    """Return the codes of people so that everybody stands before their direct leader.

    In a loop of superiors nobody comes first; who is in one needs no score of the others.
    """
    return sorted(people, key=lambda code: -_superiors(code, people))


def _superiors(code: str, people: Mapping[str, Row]) -> int:
    """Return how many superiors a person has above, up to the top or into a loop."""
    seen = {code}
    while (code := people[code]["supervisor"]) in people and code not in seen:
        seen.add(code)
    return len(seen)


def result_of_led(
    led: Iterable[Row], points: Mapping[str, Fraction | None], loop: str
) -> tuple[Fraction | None, str]:
    """Return (d, why it is missing): 100 % if everybody led has at least 50 points, else 50 %.

    `led` are the people scored whose direct leader this is; whoever has no score makes d missing.
    Of nobody nobody is below 50.
    """
    people = list(led)
    if loop:
        return None, f"d (lãnh đạo trực tiếp đi thành vòng: {loop})"
    if without := [row["name"] for row in people if points.get(row["person"]) is None]:
        return None, f"d (chưa có điểm tháng của {', '.join(map(str, without))})"
    enough = all(points[row["person"]] >= ENOUGH for row in people)
    return (ALL if enough else HALF), ""


def own_criteria(rows: Iterable[Row]) -> dict[str, dict[str, Fraction]]:
    """Return by person and criterion «đ», «e» the level the group entered, as a rate."""
    levels: dict[str, dict[str, Fraction]] = {}
    for row in rows:
        if row["criterion"] in LEADER_CRITERIA and row["value"] is not None:
            levels.setdefault(row["person"], {})[row["criterion"]] = Fraction(row["value"], 100)
    return levels
