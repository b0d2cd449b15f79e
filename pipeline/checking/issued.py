"""What came back against what was issued: the issued value always stands."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pipeline.checking.cells import Typed, is_other
from pipeline.model.findings import finding
from pipeline.model.layout import layout
from pipeline.model.tables import PLACE, YES, records
from pipeline.model.text import clean, fold, show

Key = tuple[str, str]  # task id, person

CHANGES = {
    "weight": "K501",
    "due": "K502",
    "assigned": "K503",
    "work": "K505",
    "responsible": "K505",
    "approver": "K505",
    "measure": "K505",
}


@dataclass(frozen=True)
class Match:
    """Returned rows by the issued key they answer, and what did not fit."""

    rows: Mapping[Key, dict]
    findings: list[dict]


@dataclass(frozen=True)
class Issued:
    """What the reporting units were given: rows of «Nhiệm vụ» by unit; and all assignments.

    `decided` are by line the changes the meeting made afterwards, `scored` by unit the people who
    score themselves.
    """

    rows: Mapping[str, list[dict]]
    assignments: list[dict]
    decided: Mapping[Key, dict] = field(default_factory=dict)
    scored: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def owners(self) -> dict[str, str]:
        return {row["task_id"]: row["unit"] for row in self.assignments}

    @cached_property
    def keys(self) -> dict[Key, dict]:
        return {key_of(row): row for row in self.assignments}

    def due(self, line: dict, last_day: date) -> date | None:
        """Return by when a line must be reported; None for one withdrawn, now or before.

        Work of the plan without a date is due with the cycle.
        """
        decided = self.decided.get(key_of(line), {})
        if decided.get("withdrawn") or line.get("withdrawn") == YES:
            return None
        usual = None if line["kind"] == "phát sinh" else last_day
        return decided.get("extended_to") or line["due"] or usual


def key_of(row: Mapping[str, object]) -> Key:
    """Return the key of a line: task id and person."""
    return str(row["task_id"]), str(row["person"])


def issued_key(row: Mapping[str, object]) -> Key:
    """Return the key of an issued row, whose person is shown as «CB012 – Nguyễn Văn An»."""
    return str(row["task_id"]), str(row["person"]).split(" – ")[0]


def by_address(rows: Iterable[dict], issued: Iterable[Key]) -> list[dict]:
    """Return rows by their issued task, where the id is «KT-07/CB012», as every sentence says."""
    keys = {show_key(key): key for key in issued if key[1]}
    named = [(row, keys.get(row["task_id"])) for row in rows]
    return [
        row | {"task_id": key[0], "person": row["person"] or key[1]} if key else row
        for row, key in named
    ]


def with_sent(typed: Typed, raw: Iterable[Mapping[str, object]]) -> list[dict]:
    """Return the rows of a typed sheet, under `sent` what their sender wrote."""
    return [{**row, "sent": sent} for row, sent in zip(records(typed.table), raw, strict=True)]


def as_sent(sent: Mapping[str, object], field: str) -> str:
    """Return a cell as its sender sees it; "" where its column is gone."""
    return show(sent.get(field)).strip()


def match(
    unit: str, issued: Mapping[Key, dict], returned: list[dict], owners: Mapping[str, str]
) -> Match:
    """Return how one unit's rows answer its issued lines.

    `owners` gives the unit of every issued task. A row
    whose person was changed answers the one line of its task that nobody else answers.
    """
    rows, spare, findings = _by_key(issued, returned)
    meant = _meant(issued, rows, spare)
    for row in spare:
        key = meant.get(row["task_id"])
        if key:
            rows[key] = row
            if "person" in row["sent"]:  # else the whole column is gone
                shown = as_sent(row["sent"], "person")
                findings.append(at_cell("K504", row, "person", shown, key[1] or "cả đơn vị"))
        elif row["task_id"]:  # a blank id already has K441
            findings += _stray(unit, row, owners, issued, rows)
    for key in (key for key in issued if key not in rows):
        findings.append(finding("K506", unit=unit, value=show_key(key), **_sheet_of(returned)))
    for key, row in rows.items():
        findings += _changes(issued[key], row) + _renamed(issued[key], row)
    return Match(rows, findings)


def show_key(key: Key) -> str:
    """Return «KT-07» or «KT-07/CB012»."""
    return "/".join(part for part in key if part)


def _by_key(
    issued: Mapping[Key, dict], returned: list[dict]
) -> tuple[dict[Key, dict], list[dict], list[dict]]:
    """Return (first row of each issued key, rows that fit none, findings of rows given twice)."""
    rows: dict[Key, dict] = {}
    spare, findings = [], []
    for row in returned:
        key = key_of(row)
        if key in rows:
            for twin, other in ((row, rows[key]), (rows[key], row)):
                findings.append(at_cell("K408", twin, "task_id", show_key(key), str(other["row"])))
        elif key in issued:
            rows[key] = row
        else:
            spare.append(row)
    return rows, spare, findings


def _meant(issued: Mapping, rows: Mapping, spare: list[dict]) -> dict[str, Key]:
    """Return the issued key that a spare row of a task must mean: only its person differs."""
    still_open: dict[str, list[Key]] = {}
    for key in issued.keys() - rows.keys():
        still_open.setdefault(key[0], []).append(key)
    counts = Counter(row["task_id"] for row in spare)
    return {
        task: keys[0] for task, keys in still_open.items() if len(keys) == 1 and counts[task] == 1
    }


def _stray(
    unit: str, row: dict, owners: Mapping[str, str], issued: Mapping[Key, dict], rows: Mapping
) -> list[dict]:
    """Return what is wrong with a row that answers no issued line: whose or which it may be."""
    shown, owner = as_sent(row["sent"], "task_id"), owners.get(row["task_id"], unit)
    own = [key for key in issued if key[0] == row["task_id"]]
    if len(own) == 1 and own[0] in rows and not row["person"]:
        twin = rows[own[0]]
        pairs = ((row, twin), (twin, row))
        return [at_cell("K408", one, "task_id", shown, str(two["row"])) for one, two in pairs]
    if own:
        people = ", ".join(key[1] or "cả đơn vị" for key in own)
        return [at_cell("K511", row, "task_id", shown, people)]
    code = "K507" if owner == unit else "K601"
    return [at_cell(code, row, "task_id", shown, owner if code == "K601" else "")]


def _changes(issued: dict, row: dict) -> list[dict]:
    """Return one finding for every issued cell that came back otherwise."""
    fields = layout("unit")["tasks"]
    changed = [
        key
        for key in CHANGES
        if key in row["sent"] and not _same(fields[key].type, issued[key], row, key)
    ]
    return [
        at_cell(CHANGES[key], row, key, as_sent(row["sent"], key), show(issued[key]))
        for key in changed
    ]


def _renamed(issued: dict, row: dict) -> list[dict]:
    """Return K330 where another name stands beside the person's code."""
    shown, given = as_sent(row["sent"], "person"), str(issued["person"])
    name = shown.replace(" - ", " – ").partition(" – ")[2]
    other = key_of(row)[1] and is_other(name, given.partition(" – ")[2])
    same = key_of(row)[1] == issued_key(issued)[1]
    return [at_cell("K330", row, "person", shown, given)] if other and same else []


def _same(kind: str, issued: object, row: dict, key: str) -> bool:
    """Say whether a returned cell still says what was issued."""
    if kind == "text":
        return fold(issued) == fold(row["sent"][key])
    # Excel stores fifteen digits; an issued figure with more came back unchanged if those agree.
    return issued == row[key] or (kind == "decimal" and _fifteen(issued) == _fifteen(row[key]))


def _fifteen(number: object) -> str:
    return "" if number is None else format(float(number), ".15g")


def at_cell(code: str, row: dict, field: str, value: str, fact: str = "") -> dict:
    """Return a finding about one cell of a row, which holds `value`."""
    place = {name: row[name] for name in PLACE}
    return finding(code, **place, field=field, value=clean(value), fact=fact)


def resolve(text: str, keys: Mapping[Key, dict]) -> Key | None:
    """Return the one issued line «KT-07» or «KT-07/CB012» names, else None."""
    named = [key for key in keys if text in (key[0], show_key(key))]
    exact = [key for key in named if text == show_key(key)]
    return (exact or named)[0] if len(exact or named) == 1 else None


def _sheet_of(returned: list[dict]) -> dict[str, str]:
    """Return file and sheet to name for a row that is not there."""
    return {name: returned[0][name] for name in ("file", "sheet")} if returned else {}


def grouped(rows: list[dict], name: str) -> dict[str, list[dict]]:
    """Return rows by what one of their fields holds; nothing for what none holds."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row)
    return groups
