"""A made-up country: communes by the thousand, each with a data folder and with an archive.

    python -m benchmarks.make_country FOLDER [COMMUNES]

Gives FOLDER/data/<commune>/ (one cycle, six units of a hundred lines, their workbooks in the
mailbox) and FOLDER/archives/<commune>/luu-tru (a month closed). 3,321 communes, the default, have
19,926 workbooks. One commune is worked out in full, both cycles of its month; the others have the
same tables under names of their own, the large files as hard links.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.commune import make_commune
from benchmarks.workspace import SAMPLE, silent
from pipeline.cli.speech import teller
from pipeline.cycle.crew import crew
from pipeline.cycle.start import start_cycle
from pipeline.model.calendar import parse_cycle
from pipeline.model.folders import ARCHIVE, RESULT, SETTINGS, CycleFolder
from pipeline.tools import vault

COMMUNES, PROVINCES = 3_321, 34
UNITS, LINES = 6, 100
CYCLES = ("2026-11-K1", "2026-11-K2")
AT = "2026-12-03T09:00+07:00"
MODEL = "xã Bình Khê", "tỉnh Gia Lai"  # as the sample's settings call it


def make_country(place: Path, communes: int) -> None:
    """Fill the folder."""
    tell, models = teller(), {}
    for done, cycle in enumerate(CYCLES, 1):
        models[cycle] = _model(place / "models" / cycle, cycle)
        tell("models", done, len(CYCLES))
    for number, name, province in _names(communes):
        _copy_data(models[CYCLES[0]].data, place / "data" / f"{number:04d}", name, province)
        for cycle, model in models.items():
            _put_away(place / "archives" / f"{number:04d}", cycle, model, name, province)
        tell("communes", number + 1, communes)


def _names(communes: int) -> Iterator[tuple[int, str, str]]:
    """Yield number, name and province of every commune; a part of the country is one of all."""
    return (
        (n, f"xã Số {n:04d}", f"tỉnh Số {n * PROVINCES // communes + 1:02d}")
        for n in range(communes)
    )


def _model(place: Path, cycle: str) -> CycleFolder:
    """Return a commune that has been run: data/ with its archive's files in output/."""
    folder = make_commune(place / "data", SAMPLE / SETTINGS, UNITS, LINES, cycle)
    shutil.copytree(folder.data, place / "untouched")
    with crew() as helpers:
        start_cycle(folder, place / "output", None, silent, helpers)
    return CycleFolder(place / "untouched", folder.cycle)


def _copy_data(model: Path, data: Path, name: str, province: str) -> None:
    left_out = shutil.ignore_patterns("output", SETTINGS)
    shutil.copytree(model, data, ignore=left_out, copy_function=os.link)
    text = (model / SETTINGS).read_text("utf-8")
    (data / SETTINGS).write_text(_renamed(text, name, province), "utf-8")


def _put_away(data: Path, cycle: str, model: CycleFolder, name: str, province: str) -> None:
    """Close a cycle: its result and workbook, and the workbooks of its units."""
    data.mkdir(parents=True, exist_ok=True)
    made = model.data.parent / "output" / cycle
    text = (made / RESULT).read_text("utf-8")
    files = {RESULT: _renamed(text, name, province).encode()}
    files[ARCHIVE] = (made / ARCHIVE).read_bytes()
    files |= {f"goc/{path.name}": path.read_bytes() for path in model.inbox.iterdir()}
    folder = CycleFolder(data, parse_cycle(cycle))
    vault.close(folder, files, AT, "Văn phòng", "họp", {"originals": {}})


def _renamed(text: str, name: str, province: str) -> str:
    """Return settings or a result with the model's name and province replaced."""
    for old, new in zip(MODEL, (name, province), strict=True):
        text = text.replace(json.dumps(old, ensure_ascii=False), f'"{new}"')
    return text


if __name__ == "__main__":
    where, *number = sys.argv[1:]
    make_country(Path(where), int(number[0]) if number else COMMUNES)
