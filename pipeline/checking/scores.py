"""The people's own scores of the general sub-criteria, against whom the sheet was issued for."""

from collections.abc import Mapping, Sequence

from pipeline.checking.cells import Typed, cell_of
from pipeline.checking.issued import as_sent, at_cell, grouped, with_sent
from pipeline.model.criteria import general_criteria
from pipeline.model.findings import finding
from pipeline.model.registers import Registers, label


def check_scores(
    typed: Typed, raw: list[dict], asked: Mapping[str, Sequence[str]], registers: Registers
) -> list[dict]:
    """Return K427 and K530 to K532, K534, K535 about «Tự chấm»; a lost sheet is told as such.

    `asked` gives by unit the people its sheet was issued for, nobody within a month.
    """
    rows = with_sent(typed, raw)
    named = [row for row in rows if row["person"]]
    own = [row for row in named if registers.people[row["person"]]["unit"] == row["unit"]]
    found = [_of_another(row, registers) for row in named if row not in own]
    found += _given_twice(own, registers)
    for unit, lines in grouped(rows, "unit").items():
        people = list(asked.get(unit, ()))
        given = {row["person"]: row for row in reversed(own) if row["unit"] == unit}
        found += [_unasked(row) for code, row in given.items() if code not in people]
        place = {name: lines[0][name] for name in ("unit", "file", "sheet")}
        names = [label(registers.people[code]) for code in people if code not in given]
        found += [finding("K532", **place, value=name) for name in names]
        found += _blank([given[code] for code in people if code in given], typed)
    return found


def _of_another(row: dict, registers: Registers) -> dict:
    owner = registers.unit_name(registers.people[row["person"]]["unit"])
    return at_cell("K530", row, "person", _as_typed(row), owner)


def _unasked(row: dict) -> dict:
    return at_cell("K531", row, "person", _as_typed(row))


def _as_typed(row: dict) -> str:
    return as_sent(row["sent"], "person")


def _given_twice(rows: list[dict], registers: Registers) -> list[dict]:
    """Return K427 for people who score themselves twice."""
    first: dict[str, dict] = {}
    found = []
    for row in rows:
        other = first.setdefault(row["person"], row)
        if other is not row:
            where = f"dòng {other['row']}, phiếu {registers.unit_name(other['unit'])}"
            found.append(at_cell("K427", row, "person", row["person"], where))
    return found


def _blank(rows: list[dict], typed: Typed) -> list[dict]:
    """Return K534 for every person with blank scores, one K535 where all are blank."""
    fields = [field for field, _, _ in general_criteria().values()]
    open_cells = [
        [f for f in fields if row[f] is None and cell_of(row, f) not in typed.faulted]
        for row in rows
    ]
    if rows and all(blank == fields for blank in open_cells):
        place = {name: rows[0][name] for name in ("unit", "file", "sheet")}
        return [finding("K535", **place, fact=str(len(rows)))]
    # A column that is gone is told as such.
    pairs = zip(rows, open_cells, strict=True)
    blank = [(row, [f for f in fs if f in row["sent"]]) for row, fs in pairs]
    told = [(row, fs, f"{row['person']}: {len(fs)}/{len(fields)}") for row, fs in blank if fs]
    return [at_cell("K534", row, fs[0], "", fact) for row, fs, fact in told]
