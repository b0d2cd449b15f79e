"""Killed or refused by the disk at every call that writes: the archive is old or new, never half."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from committing import COMING, CYCLE, DEEDS, DRAFTS, IDLE, contents
from conftest import NEWEST, Commune

from pipeline import ROOT
from pipeline.model.folders import CLOSING
from pipeline.tools import chain, vault

SERVER = ROOT / "tests" / "committing.py"
CALLS = ",".join(f"?{call}" for call in IDLE)
LINE = re.compile(r"(\d+) +(\w+)\(")
NTH = 800  # the call of its kind a tracer strikes at: more than server or deed make
FILES, MOST = (
    20,
    20_000,
)  # of a real run, and so many bytes of each: enough calls, little to compare
MOMENTS = 25  # random ones, of each deed
pytestmark = pytest.mark.slow


class Point(NamedTuple):
    """One call to the system, counted from where a deed begins."""

    call: str
    nth: int
    reads: bool  # no more than that, so it takes no room


def may_trace() -> bool:
    """Say whether strace is here, and whether the system lets it trace and inject."""
    if not shutil.which("strace"):
        return False
    trial = ["strace", "-f", "-qq", "-e", "inject=fsync:error=ENOSPC", "-o", os.devnull]
    code = "import os; os.fsync(os.open('.', 0))"
    done = subprocess.run([*trial, sys.executable, "-I", "-S", "-c", code], capture_output=True)
    return b"ENOSPC" in done.stderr or b"No space left" in done.stderr


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def prepared(sample: Commune, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with the files of a real run to write, and an older set where they are to go."""
    if not may_trace():
        pytest.skip("may not trace")
    place = tmp_path_factory.mktemp("prepared")
    made, folder = contents(sample.output / NEWEST), sample.newest
    files = {name: made[name] for name in [*made][:FILES] if name != CLOSING}
    typed = (folder.receipts, folder.verification, folder.meeting, folder.assignments)
    for name, data in (files | {path.name: path.read_bytes() for path in typed}).items():
        old, new = (place / part / name for part in (f"output/{CYCLE}", "new"))
        for path, written in ((old, b"old " + data[:MOST]), (new, data[:MOST])):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written)
    own = place / "data" / "ky" / str(CYCLE)
    own.mkdir(parents=True)
    for name in DRAFTS:
        (own / name).write_bytes(b"old " + name.encode())
    return place


def laid_out(prepared: Path, place: Path) -> Path:
    """Return a copy of the prepared place; no file is ever written into, so links will do."""
    return Path(shutil.copytree(prepared, place, copy_function=os.link))


class Server:
    """A process that does deeds as ordered, perhaps under a tracer."""

    def __init__(self, prepared: Path, place: Path, *tracer: str) -> None:
        self.prepared, self.place = prepared, place
        self.process = subprocess.Popen(
            [*tracer, sys.executable, *map(str, (SERVER, prepared / "new", place / "said"))],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, deed: str, place: Path, **order: object) -> dict:
        """Have a deed done in a place; return how it ended."""
        told = {"deed": deed, "place": str(place)} | order
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    @property
    def said(self) -> str:
        return (self.place / "said").read_text("utf-8").strip()


@contextmanager
def server(prepared: Path, place: Path, *options: str) -> Iterator[Server]:
    """Return a server that ends with the block; with options it is traced."""
    tracer = ["strace", "-f", "-qq", "-e", f"trace={CALLS}", *options]
    made = Server(prepared, place, *(tracer if options else ()))
    with made.process:
        yield made
        made.process.stdin.close()


def points(deed: str, prepared: Path, place: Path) -> list[Point]:
    """Return every call of a deed that writes, in order."""
    log = place / "strace.log"
    with server(prepared, place, "-o", str(log)) as one:
        child = one.do(deed, laid_out(prepared, place / "counted"))["child"]
    counts: Counter[str] = Counter()
    found = []
    for line in log.read_text("utf-8", "replace").splitlines():
        made = LINE.match(line)
        if made and int(made[1]) == child:
            counts[made[2]] += 1
            found.append(Point(made[2], counts[made[2]], "O_RDONLY" in line))
    return found


def state(deed: str, place: Path, prepared: Path) -> str:
    """Return «old», «new» or what is half done."""
    new = contents(prepared / "new")
    drafts = {name: place / "data" / "ky" / str(CYCLE) / name for name in DRAFTS}
    if any(path.read_bytes() not in (b"old " + n.encode(), new[n]) for n, path in drafts.items()):
        return "half a draft"
    if deed == "close":
        return closed_state(place, new)
    found = contents(place / "output" / str(CYCLE))
    if found == contents(prepared / "output" / str(CYCLE)):
        return "old"
    return "new" if found == new else "half an archive"


def closed_state(place: Path, new: Mapping[str, bytes]) -> str:
    coming = place / "data" / "ky" / str(CYCLE.next) / COMING
    if coming.exists() and coming.read_bytes() != new[COMING]:
        return "half a table"
    acts = chain.read_acts(place / "data")
    if not all("so-khoa.csv" in line for line in chain.damages(place / "data")):
        return "half a revision"
    if not acts:
        return "old"
    kept = contents(acts[0].folder)
    return "new" if kept.items() >= new.items() and len(kept) == len(new) + 1 else "half"


def mended(deed: str, place: Path, prepared: Path) -> str:
    """Return what the next run makes of it: "" when all is new, intact and cleared away."""
    if deed == "cycle" or not chain.read_acts(place / "data"):
        DEEDS[deed](place, contents(prepared / "new"))
    else:
        vault.tidy(place / "data")
    hidden = [p for p in place.rglob(".*") if p.name != ".khoa"]
    wrong = chain.damages(place / "data") + [str(path) for path in hidden]
    return "; ".join(wrong) or state(deed, place, prepared).removeprefix("new")


def struck(
    deed: str, prepared: Path, tmp_path: Path, fault: str
) -> Iterator[tuple[Point, Path, int, str]]:
    """Yield every point with the place, the exit code and the words a fault there leaves."""
    inject = f"inject={CALLS}:{fault}:when={NTH}"
    counted = points(deed, prepared, tmp_path)
    with server(prepared, tmp_path, "-e", inject, "-o", os.devnull) as one:
        for point in counted:
            place = laid_out(prepared, tmp_path / "hurt")
            done = one.do(deed, place, call=point.call, idle=NTH - point.nth)
            yield point, place, done["code"], one.said
            scrap(place)


def scrap(place: Path) -> None:
    for path in place.rglob("*"):
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(place)


@pytest.mark.parametrize("deed", DEEDS)
def test_killed_at_any_call_that_writes(prepared: Path, tmp_path: Path, deed: str) -> None:
    wrong, seen = [], []
    for point, place, code, _ in struck(deed, prepared, tmp_path, "signal=KILL"):
        assert code == -9, point
        seen.append(state(deed, place, prepared))
        left = mended(deed, place, prepared)
        wrong += [(point, seen[-1], left)] if left or seen[-1] not in ("old", "new") else []
    assert wrong == []
    assert len(seen) >= 100
    assert {"old", "new"} == {*seen}
    assert sorted(seen, reverse=True) == seen  # once new, it stays


@pytest.mark.parametrize("deed", DEEDS)
def test_no_room_at_any_call_that_writes(prepared: Path, tmp_path: Path, deed: str) -> None:
    wrong, stopped = [], []
    for point, place, code, said in struck(deed, prepared, tmp_path, "error=ENOSPC"):
        stopped.append(code == 74)
        if point.reads:
            continue
        named = rf"{re.escape(str(place))}\S*( \(\d+ byte\))?"
        told = re.fullmatch(rf"Dừng lại: không đọc, ghi được {named}: đĩa đầy[^\n]*", said)
        told = told and (told[1] or point.call != "write" or "/.khoa" in said)
        found = state(deed, place, prepared)
        sound = code == 74 and told if code else found == "new"
        left = mended(deed, place, prepared)
        if not sound or left or found not in ("old", "new"):
            wrong.append((point, code, said, found, left))
    assert wrong == []
    assert sum(stopped) > 70  # the others only clear away what was old


@pytest.mark.parametrize("deed", DEEDS)
def test_killed_at_random_moments(prepared: Path, tmp_path: Path, deed: str) -> None:
    dice = random.Random(20261101)
    wrong = []
    with server(prepared, tmp_path) as one:
        whole = one.do(deed, laid_out(prepared, tmp_path / "whole"))["seconds"]
        for n in range(MOMENTS):
            place = laid_out(prepared, tmp_path / str(n))
            one.do(deed, place, after=dice.uniform(0, whole))
            found = state(deed, place, prepared)
            left = mended(deed, place, prepared)
            wrong += [(n, found, left)] if left or found not in ("old", "new") else []
            scrap(place)
    assert wrong == []
