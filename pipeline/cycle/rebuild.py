"""Make packet and archive of closed cycles again from what lies archived, and compare."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.cycle.close import EARLIER, WANTED, original
from pipeline.cycle.crew import Crew, Tell
from pipeline.cycle.order import take_order
from pipeline.cycle.run import run_cycle
from pipeline.model.folders import INPUTS, PEOPLE, REGISTERS, RESULT, SETTINGS, CycleFolder
from pipeline.tools import chain, disk


def rebuild_cycles(
    data: Path, cycle: str | None, crew: Crew, tell: Tell
) -> tuple[list[str], list[str]]:
    """Return what to tell of every revision made again, and what came out otherwise.

    Where program and libraries are those of the run, every byte must be the same; else the figures
    must be, and the versions that differ are named.
    """
    wanted = chain.find_closed(data, cycle) if cycle else None
    told, found = [], []
    acts = [act for act in chain.read_acts(data) if act.closes and wanted in (None, act.cycle)]
    for done, act in enumerate(acts):
        tell("Làm lại từ bản gốc", done, len(acts))
        named = f"{act.cycle} r{act.revision}"
        with TemporaryDirectory() as place:
            made = _made_again(act, Path(place), crew)
            versions = _other_versions(act.content)
            wrong = _differences(act.folder, made, _figures if versions else bytes)
        since = f", khác {', '.join(versions)}" if versions else ""
        told.append(f"Làm lại {named}: {'khác' if wrong else 'giống'}{since}.")
        found += [f"{named}: làm lại {name} ra khác." for name in wrong]
    tell("Làm lại từ bản gốc", len(acts), len(acts))
    return told, found


def _made_again(act: chain.Act, place: Path, crew: Crew) -> dict[str, bytes]:
    """Return the outputs of the cycle run anew in a folder of its own."""
    folder, output = CycleFolder(place / "data", act.cycle), place / "output"
    _lay_out(act, folder, output)
    moment = act.content["inputs"]["now"]
    now = datetime.fromisoformat(moment) if moment else None
    order = take_order(folder, output, now, crew.reader)
    before = act.folder.with_name(f"r{act.revision - 1}") if act.revision > 1 else None
    order = replace(order, head=act.content["inputs"]["chain"], printed=before)
    run_cycle(order, _silent, crew)
    there = (output / str(act.cycle) / name for name in (*WANTED, PEOPLE))
    return {path.name: path.read_bytes() for path in there if path.is_file()}


def _lay_out(act: chain.Act, folder: CycleFolder, output: Path) -> None:
    """Put the archived files where a run looks for them."""
    folder.inbox.mkdir(parents=True)
    for path in (act.folder / INPUTS).iterdir():
        if path.is_file():
            whole = path.name in (SETTINGS, REGISTERS)
            shutil.copyfile(path, (folder.data if whole else folder.place) / path.name)
    if (act.folder / INPUTS / "phieu").is_dir():
        shutil.copytree(act.folder / INPUTS / "phieu", folder.issued, copy_function=shutil.copyfile)
    for name, digest in act.content["originals"].items():
        shutil.copyfile(act.folder / original(name, digest), folder.inbox / name)
    for path in sorted((act.folder / EARLIER).glob("*.json")):
        (output / path.stem).mkdir(parents=True)
        shutil.copyfile(path, output / path.stem / RESULT)


def _other_versions(content: Mapping) -> list[str]:
    """Return the libraries, and the program, that are not those of the archived run."""
    now = disk.versions()
    other = [f"{name} {then}→{now.get(name)}" for name, then in content["libraries"].items()]
    other = [
        text
        for text, name in zip(other, content["libraries"], strict=True)
        if now.get(name) != content["libraries"][name]
    ]
    return other + (["chương trình"] if content["program"] != disk.program_hash() else [])


def _differences(
    kept: Path, made: Mapping[str, bytes], look: Callable[[bytes], object]
) -> Iterable[str]:
    """Return the names of the outputs that are not what was archived."""
    names = [RESULT] if look is _figures else [n for n in (*WANTED, PEOPLE) if (kept / n).is_file()]
    return [n for n in names if n not in made or look((kept / n).read_bytes()) != look(made[n])]


def _figures(data: bytes) -> object:
    """Return what a result.json says, without what tells one program from another."""
    content = json.loads(data)
    return {name: content[name] for name in ("cycle", "state", "rule_settings", "tables")}


def _silent(stage: str, done: int, total: int) -> None:
    """Tell nothing."""
