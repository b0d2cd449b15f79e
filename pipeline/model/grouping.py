"""Like findings told once: the first, at which cells the others stand, how many are left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from re import fullmatch

from pipeline.model.findings import SEVERITIES, finding, is_question, severity, what_is_wrong
from pipeline.model.limits import LIMITS
from pipeline.model.text import sentence, show_decimal

Row = Mapping[str, object]
FEW = 5  # like findings that are still told one by one
MOST_TOLD = 40  # kinds of problem told of one unit
NAMED = 60  # places told of one kind of problem
RUN = 3  # neighbouring cells from which «J12–J14» is said


@dataclass(frozen=True)
class Kind:
    """A problem that stands at one place or at many: the first row, and where the others are."""

    first: Row
    others: tuple[Row, ...] = ()

    @property
    def where(self) -> str:
        return where(self.first)

    @property
    def what(self) -> str:
        return sentence(what_is_wrong(self.first))

    @property
    def action(self) -> str:
        return str(self.first["action"])

    def more(self, named: int = NAMED, elsewhere: str = "kể đủ trong thư") -> str:
        """Return «và 7 ô nữa: J12–J18», "" without any; `elsewhere` says what names the rest."""
        if not self.others:
            return ""
        word = "ô" if all(row["cell"] for row in self.others) else "chỗ"
        spots = _spots(self.others)
        rest = sum(count for _, count in spots[named:])
        end = f" … và {show_decimal(rest)} {word}, {elsewhere}" if rest else ""
        told = ", ".join(text for text, _ in spots[:named])
        return f"và {show_decimal(len(self.others))} {word} nữa: {told}{end}"


def where(row: Row) -> str:
    """Return where a finding stands in the sender's own file."""
    if not row["sheet"]:
        return f"Tệp «{row['file']}»" if row["file"] else "Phiếu"
    cell = f", ô {row['cell']}" if row["cell"] else f", dòng {row['row']}" if row["row"] else ""
    return f"Trang «{row['sheet']}»{cell}"


def kinds_of(rows: Sequence[Row], few: int = 0) -> list[Kind]:
    """Return worded findings as kinds, each where its first stands; up to `few` like ones apart."""
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        groups.setdefault(_likeness(row), []).append(row)
    kinds = []
    for row in rows:
        first, *others = groups[_likeness(row)]
        if len(others) < few:
            kinds.append(Kind(row))
        elif row is first:
            kinds.append(Kind(first, tuple(others)))
    return kinds


def told(rows: Sequence[Row]) -> tuple[list[Kind], int]:
    """Return what is told of one unit's worded findings, and how many findings are not."""
    kinds = kinds_of(rows, FEW)
    return kinds[:MOST_TOLD], sum(1 + len(kind.others) for kind in kinds[MOST_TOLD:])


def limited(found: Iterable[dict]) -> list[dict]:
    """Return the findings with so many about one file as are written down, and K132 for the rest.

    What is said of a whole file or sheet stays, then the worst, from the top of the sheets down.
    """
    by_file: dict[tuple, list[dict]] = {}
    for row in found:
        key = (row["unit"], row["file"]) if row["file"] and not is_question(row) else ()
        by_file.setdefault(key, []).append(row)
    return [row for key, rows in by_file.items() for row in (_limited(rows) if key else rows)]


def _limited(rows: list[dict]) -> list[dict]:
    lost = len(rows) - LIMITS.findings
    if lost <= 0:
        return rows
    place = {name: rows[0][name] for name in ("unit", "file")}
    counted = {"value": show_decimal(lost), "fact": show_decimal(LIMITS.findings)}
    kept = sorted(rows, key=_weight)[: LIMITS.findings]
    return [*kept, finding("K132", **place, **counted)]


def _weight(row: Row) -> tuple[bool, int, int]:
    number = int(row["row"] or 0)
    return number > 0, SEVERITIES.index(severity(str(row["code"]))), number


def _likeness(row: Row) -> tuple:
    return row["code"], row["file"], row["sheet"], row["action"]


def _spots(rows: Iterable[Row]) -> list[tuple[str, int]]:
    """Return (place, how many it is) of findings, neighbours in a column as one."""
    spots: list[tuple[str, int]] = []
    ordered = sorted(enumerate(map(_spot, rows)), key=_column)
    for (column, _), group in groupby(enumerate(ordered), key=_run):
        names = [name for _, (_, name) in group]
        if column and len(names) >= RUN:
            spots.append((f"{names[0]}–{names[-1]}", len(names)))
        else:
            spots += [(name, 1) for name in names]
    return spots


def _spot(row: Row) -> str:
    return str(row["cell"] or row["value"] or (f"dòng {row['row']}" if row["row"] else row["file"]))


def _cell(name: str) -> tuple[str, int]:
    """Return column and row of a cell's name, "" and 0 for anything else."""
    found = fullmatch(r"([A-Z]{1,3})(\d{1,7})", name)
    return (found[1], int(found[2])) if found else ("", 0)


def _column(numbered: tuple[int, str]) -> tuple:
    """Return the order of places: column by column, what is no cell last and as it came."""
    at, name = numbered
    column, row = _cell(name)
    return not column, len(column), column, row or at


def _run(placed: tuple[int, tuple[int, str]]) -> tuple[str, int]:
    """Return what neighbours in a column share: the column, and their row less their place."""
    at, (_, name) = placed
    column, row = _cell(name)
    return column, row - at
