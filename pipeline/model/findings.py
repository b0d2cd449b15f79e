"""The only place that words a problem: finding rows, their catalogue, describe()."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pipeline import ROOT
from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.text import sentence

ERROR, WARNING, NOTE = "lỗi", "cảnh báo", "lưu ý"
REPAIRED = "K312"  # a value that was read though not typed as asked
NOTE_AUTHOR = "Soát phiếu"  # of the notes on cells in a workbook sent back
QUOTED = 60  # characters of a cell that a message repeats
EMPTY = "(trống)"  # what a message repeats of a cell that holds nothing
LONGEST_FACT = 1000  # a list of addresses may be long, no sentence endless
SEVERITIES = (ERROR, WARNING, NOTE)
# The sheet a unit's workbook gets back with its findings. It is known by its headings, in
# whatever program it was saved since; a sheet of the unit's own may have the same title.
LIST_SHEET = "Cần sửa"
LIST_HEADINGS = ("STT", "Mức", "Trang", "Ô", "Vấn đề", "Cách sửa", "Mã")
LIST_ROW = 5


class OperatorError(Exception):
    """Something the secretary can put right; shown as one line, without a traceback."""


class ConfigError(OperatorError):
    """commune.toml, a register or the assignment table is wrong: no packet."""


class InputError(OperatorError):
    """What was asked for is not there: a cycle, a folder, a file."""


class CrashedFileError(OperatorError):
    """The one file a command is about hit a bug; its traceback is in the log."""


@dataclass(frozen=True)
class Entry:
    """One code of the catalogue."""

    code: str
    severity: str
    message: str
    action: str
    english: str
    example: Mapping[str, str | int]  # a plausible case, worded in the manual
    basis: str = ""
    since: str = ""


@lru_cache
def catalogue() -> dict[str, Entry]:
    """Return every code with its words, from schemas/findings.toml."""
    declared = tomllib.loads((ROOT / "schemas" / "findings.toml").read_text(encoding="utf-8"))
    return {code: Entry(code, **words) for code, words in declared.items()}


def finding(
    code: str,
    *,
    unit: str = "",
    file: str = "",
    sheet: str = "",
    row: int | None = None,
    field: str = "",
    value: str = "",
    fact: str = "",
) -> dict[str, object]:
    """Return one finding row; words are added by describe()."""
    return {
        "code": code,
        "unit": unit,
        "file": file,
        "sheet": sheet,
        "row": row,
        "field": field,
        "value": value,
        "fact": fact,
    }


def finding_at(
    code: str, row: Mapping[str, object], field: str, value: str = "", fact: str = ""
) -> dict[str, object]:
    """Return a finding about a field of a row that says where it stands; of no unit."""
    place = {name: row[name] for name in ("file", "sheet", "row")}
    return finding(code, **place, field=field, value=value, fact=fact)


def severity(code: str) -> str:
    """Return the severity of a code."""
    return catalogue()[code].severity


def is_error(found: dict[str, object]) -> bool:
    """Say whether a finding keeps its line from being counted."""
    return severity(str(found["code"])) == ERROR


def is_question(found: Mapping[str, object]) -> bool:
    """Say whether a finding only asks: it holds nothing against a unit and changes no figure."""
    return str(found["code"]).startswith("K8")


def in_force(found: Iterable[dict[str, object]], cycle: Cycle) -> list[dict[str, object]]:
    """Return the findings without those of rules that apply from a later cycle."""
    entries = catalogue()
    return [row for row in found if _since(entries[str(row["code"])].since) <= str(cycle)]


def _since(text: str) -> str:
    return str(parse_cycle(text)) if text else ""


def refuses(found: dict[str, object]) -> bool:
    """Say whether a finding refuses the whole file: an error about file, sheet or headings."""
    return str(found["code"])[:2] in ("K1", "K2") and is_error(found)


def describe(
    found: Iterable[dict[str, object]],
    columns: Mapping[tuple[str, str, str], str],
    names: Mapping[str, str] = MappingProxyType({}),
) -> list[dict[str, object]]:
    """Return the findings with severity, cell, message and action, worst first.

    `columns` gives the column letter of (file, sheet, field), `names` the name of a unit.
    """
    described = [_described(row, columns, names) for row in found]
    return sorted(described, key=_order)


def _described(
    row: dict[str, object],
    columns: Mapping[tuple[str, str, str], str],
    names: Mapping[str, str],
) -> dict[str, object]:
    entry = catalogue()[str(row["code"])]
    column = columns.get((row["file"], row["sheet"], row["field"]), "")
    cell = f"{column}{row['row']}" if column and row["row"] else ""
    message = _where(row, cell, names) + what_is_wrong(row)
    action = entry.action.format(**_quoted(row))
    return {**row, "severity": entry.severity, "cell": cell, "message": message, "action": action}


def what_is_wrong(row: Mapping[str, object]) -> str:
    """Return a finding's message without its address, where the page shows the place itself."""
    return catalogue()[str(row["code"])].message.format(**_quoted(row))


def _quoted(row: Mapping[str, object]) -> dict[str, object]:
    value, fact = str(row["value"]) or EMPTY, str(row["fact"])
    return {"value": _shortened(value, QUOTED), "fact": _shortened(fact, LONGEST_FACT)}


def _shortened(text: str, most: int) -> str:
    """Return a text short enough for a sentence."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _where(row: dict[str, object], cell: str, names: Mapping[str, str]) -> str:
    if is_question(row):
        return f"{names.get(row['unit'], row['unit'])}: "
    place = [f"Phiếu {names.get(row['unit'], row['unit'])}"] if row["unit"] else []
    named = row["file"] and not (row["unit"] and row["sheet"])
    place += [f"tệp «{row['file']}»"] if named else []
    place += [f"trang «{row['sheet']}»"] if row["sheet"] else []
    if cell:
        place.append(f"ô {cell}")
    elif row["row"]:
        place.append(f"dòng {row['row']}")
    text = ", ".join(place)
    return sentence(text) + ": " if text else ""


def _order(row: dict[str, object]) -> tuple:
    worst_first = SEVERITIES.index(str(row["severity"]))
    return (
        row["unit"],
        worst_first,
        row["file"],
        row["sheet"],
        row["row"] or 0,
        row["code"],
        row["field"],
    )
