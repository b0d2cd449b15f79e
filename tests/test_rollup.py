"""What the province gets: totals of units and commune, the stored figures, and nobody's name."""

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from pipeline.model.layout import layout
from pipeline.model.tables import to_plain
from pipeline.rollup.export import export
from tests.conftest import NEWEST, Commune
from tests.factory import make_result

XLSX, JSON = "xuat/tong-hop.xlsx", "xuat/tong-hop.json"


@pytest.fixture(scope="module")
def made(sample: Commune) -> Path:
    """The output of the sample's newest cycle."""
    return sample.output / NEWEST


def everything(files: dict[str, bytes]) -> str:
    """Return every text in both files, each part of the workbook too."""
    with zipfile.ZipFile(io.BytesIO(files[XLSX])) as parts:
        inside = [parts.read(name).decode() for name in parts.namelist()]
    return "\n".join([files[JSON].decode(), *inside])


def persons(stored: dict) -> set[str]:
    """Return every name and code of a person that a result holds anywhere."""
    tables = stored["tables"]
    found = {row[key] for row in tables["people"] for key in ("person", "name")}
    keys = ("person", "person_name", "responsible", "responsible_code", "approver", "approver_code")
    found |= {row[key] for row in tables["lines"] for key in keys}
    found |= {row["confirmer"] for row in tables["claims"]}
    return (found | set(stored["signatories"].values())) - {"", None}


def test_no_persons_name_or_code_is_in_it(made: Path) -> None:
    stored = json.loads((made / "result.json").read_bytes())
    told = everything({name: (made / name).read_bytes() for name in (XLSX, JSON)})
    names = persons(stored)
    assert len(names) > 90
    assert {name for name in names if name in told} == set()
    assert stored["tables"]["units"][0]["name"] in told  # what is looked through is readable


def test_no_task_code_or_text_of_a_line_is_in_it(made: Path) -> None:
    lines = json.loads((made / "result.json").read_bytes())["tables"]["lines"]
    told = everything({name: (made / name).read_bytes() for name in (XLSX, JSON)})
    assert [row["task_id"] for row in lines if row["task_id"] in told] == []
    assert [row["task"] for row in lines if row["task"] in told] == []


def test_the_figures_are_the_stored_ones() -> None:
    result = make_result()
    told = json.loads(export(result)[JSON])
    assert told["version"] == 1
    for key in ("commune", "units"):
        kept = layout("export")[key].keys
        rows = to_plain(result.tables[key])
        assert told["tables"][key] == [{name: row[name] for name in kept} for row in rows]
    (cycle,) = told["tables"]["cycle"]
    assert (cycle["cycle"], cycle["commune"], cycle["last_day"], cycle["print_code"]) == (
        *("2026-11-K1", "xã Bình Khê"),
        *("2026-11-15", "7F3A"),
    )


def test_the_workbook_holds_what_the_json_holds() -> None:
    files = export(make_result())
    book = openpyxl.load_workbook(io.BytesIO(files[XLSX]))
    told = json.loads(files[JSON])["tables"]
    assert book.sheetnames == [sheet.title for sheet in layout("export").sheet]
    for sheet in layout("export").tables:
        head, *rows = book[sheet.title].iter_rows(min_row=sheet.heading_row, values_only=True)
        assert list(head) == [field.heading for field in sheet.field]
        expected = [
            [seen(row[field.key], field.type) for field in sheet.field] for row in told[sheet.key]
        ]
        found = [[None if v is None else str(v)[:10] for v in row] for row in rows]
        assert [
            [same(*pair) for pair in zip(*both, strict=True)]
            for both in zip(found, expected, strict=True)
        ] == [[True] * len(sheet.field)] * len(rows)


def seen(value: object, kind: str) -> str | None:
    return None if value in (None, "") else str(float(value)) if kind == "decimal" else str(value)


def same(found: str | None, expected: str | None) -> bool:
    if found is None or expected is None:
        return found == expected
    try:
        return abs(float(found) - float(expected)) < 1e-6
    except ValueError:
        return expected.startswith(found)


def test_every_declared_column_is_one_of_the_archive_with_the_same_words() -> None:
    for key in ("commune", "units"):
        kept = {field.key: field for field in layout("archive")[key].field}
        assert all(kept[field.key] == field for field in layout("export")[key].field)


def test_the_same_result_has_the_same_bytes() -> None:
    assert export(make_result()) == export(make_result())


def test_a_cycle_without_units_has_tables_without_rows() -> None:
    told = json.loads(export(make_result(()))[JSON])["tables"]
    assert (told["units"], told["commune"], len(told["cycle"])) == ([], [], 1)
