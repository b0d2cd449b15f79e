"""What the province gets of a cycle: totals of units and commune, without a single person."""

import json
from collections.abc import Mapping

import pandas as pd

from pipeline.model.calendar import parse_cycle
from pipeline.model.layout import layout
from pipeline.model.tables import CycleResult, frame, records, to_plain
from pipeline.tools.workbook import write_workbook

FOLDER = "xuat"
EXPORT_VERSION = 1


def export(result: CycleResult) -> dict[str, bytes]:
    """Return tong-hop.xlsx and tong-hop.json by their place: the same stored figures in both.

    The tables and columns are declared in schemas/export.toml.
    """
    tables = _tables(result)
    return {
        f"{FOLDER}/tong-hop.xlsx": _workbook(result, tables),
        f"{FOLDER}/tong-hop.json": _json(tables),
    }


def _tables(result: CycleResult) -> dict[str, pd.DataFrame]:
    rows = {
        "cycle": [_cycle(result)],
        "commune": records(result.tables["commune"]),
        "units": records(result.tables["units"]),
    }
    return {sheet.key: frame(rows[sheet.key], sheet.keys) for sheet in layout("export").tables}


def _cycle(result: CycleResult) -> dict[str, object]:
    return {
        **{"cycle": result.cycle, "made_at": result.made_at.isoformat()},
        **{"commune": result.commune["name"], "province": result.commune["province"]},
        **{key: result.meeting[key] for key in ("first_day", "last_day")},
        **{key: getattr(result, key) for key in ("print_code", "rule_code", "program")},
    }


def _workbook(result: CycleResult, tables: Mapping[str, pd.DataFrame]) -> bytes:
    words = {
        "cycle_name": parse_cycle(result.cycle).name.upper(),
        "commune": f"{result.commune['name']}, {result.commune['province']}",
        **{key: getattr(result, key) for key in ("print_code", "rule_code", "state")},
    }
    return write_workbook(layout("export"), tables, words=words, created=result.made_at)


def _json(tables: Mapping[str, pd.DataFrame]) -> bytes:
    plain = {key: to_plain(table) for key, table in tables.items()}
    content = {"version": EXPORT_VERSION, "tables": plain}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
