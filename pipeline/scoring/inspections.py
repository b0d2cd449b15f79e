"""«Kiểm tra thực tế»: three delivered lines, drawn once and by nothing but the cycle."""

import hashlib
from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.tables import records, result_table
from pipeline.scoring.exact import exact
from pipeline.scoring.sources import FROM_UNIT, Key, Row, key_of

DRAWN = 3
ISSUED = ("unit", "task", "evidence")
READ = ("task_id", "person", "person_name", *ISSUED, "source", "completed_reported")
FOUND = ("found", "checked_on", "inspector", "note")


def inspections(
    lines: pd.DataFrame, typed: pd.DataFrame, drawn: Iterable[Row], cycle: Cycle, closed: bool
) -> pd.DataFrame:
    """Return the table «inspections»: the lines drawn, with what was found on the spot.

    `drawn` are the rows of the sheet, which stay whatever becomes of the reports; `typed` those of
    them that are sound. Lines are drawn, and fewer than three made up to three, once `closed`.
    """
    kept = {key_of(row): row for row in drawn if row["task_id"]}
    found = {key_of(row): row for row in reversed(records(typed))}
    known = {key_of(row): row for row in records(lines[[*READ]])}
    if closed and len(kept) < DRAWN:
        lots = draw((key for key, row in known.items() if _delivered(row)), cycle)
        new = [key for key in lots if key not in kept]
        kept |= {key: known[key] for key in new[: DRAWN - len(kept)]}
    rows = (_row(known.get(key), row, found.get(key, {})) for key, row in kept.items())
    return result_table("inspections", rows)


def draw(keys: Iterable[Key], cycle: Cycle) -> list[Key]:
    """Return the keys in an order nobody chose: by hash of the cycle, all keys and each key."""
    keys = sorted(keys)
    seed = _hash(f"{cycle}\n{keys}")
    return sorted(keys, key=lambda key: _hash(f"{seed}\n{key}"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _delivered(line: Row) -> bool:
    return line["source"] == FROM_UNIT and bool(line["completed_reported"])


def _row(line: Row | None, kept: Row, found: Mapping[str, object]) -> Row:
    """Return a drawn line as it stands now, or as it was drawn where it is gone."""
    reported = line["completed_reported"] if line else kept.get("reported")
    there = found.get("found")
    with exact():
        difference = None if None in (there, reported) else there - reported
    return {
        **{name: kept[name] for name in ("task_id", "person", *ISSUED)},
        **(line or {}),
        **{name: found[name] for name in FOUND if name in found},
        **{"reported": reported, "difference": difference},
    }
