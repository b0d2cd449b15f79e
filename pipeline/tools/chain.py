"""The chain of closed cycles: every closing and reopening is a record that names the one before."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from pipeline.model import folders
from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.folders import CLOSED, CLOSING, LEDGER, RESULT, list_closings, list_cycles
from pipeline.model.text import one_line

CLOSE, REOPEN = "khóa", "mở lại"
CHAIN_VERSION = 1
HEADINGS = ("số", "việc", "kỳ", "bản", "lúc", "ai", "vì sao", "dấu bản ghi", "dấu bản ghi trước")
LIVE = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Act:
    """A cycle closed or reopened: its record as it lies on the disk, and the record's hash."""

    path: Path
    digest: str
    content: Mapping[str, object]

    @property
    def number(self) -> int:
        return self.content["number"]

    @property
    def closes(self) -> bool:
        return self.content["act"] == CLOSE

    @property
    def cycle(self) -> Cycle:
        return parse_cycle(self.content["cycle"])

    @property
    def revision(self) -> int:
        return self.content["revision"]

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.content["at"])

    @property
    def previous(self) -> str:
        return self.content["previous"]

    @property
    def folder(self) -> Path:
        """Where the revision lies that was closed."""
        return self.path.parent


def read_acts(data: Path) -> list[Act]:
    """Return every closing and reopening of a data folder in their order; raises InputError."""
    acts, broken = _read(data)
    if broken:
        raise InputError(f"{broken[0]} hỏng; chạy: sauro verify, rồi lấy lại tệp từ bản sao lưu.")
    return acts


def _read(data: Path) -> tuple[list[Act], list[Path]]:
    """Return the records that can be read, in order, and the paths of the others."""
    acts, broken = [], []
    for path in list_closings(data):
        act = _act(path)
        acts += [act] if act else []
        broken += [] if act else [path]
    return sorted(acts, key=lambda act: act.number), broken


def _act(path: Path) -> Act | None:
    """Return a record, None where it is none or lies where another belongs."""
    try:
        data = path.read_bytes()
        act = Act(path, hashlib.sha256(data).hexdigest(), json.loads(data))
        known = act.content["version"] == CHAIN_VERSION and type(act.number) is int
        text = (act.content["act"], act.previous, act.content["who"], act.content["why"])
        sound = known and act.at and all(isinstance(part, str) for part in text)
        return act if sound and path == _place(path, act) and not path.is_symlink() else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _place(path: Path, act: Act) -> Path:
    """Return where a record belongs that was found somewhere."""
    root = path.parents[2 if path.name == CLOSING else 1]
    name = f"r{act.revision}/{CLOSING}" if act.closes else reopening(act.revision)
    return root / str(act.cycle) / name


def reopening(revision: object) -> str:
    """Return the name of the record of a reopening."""
    return f"mo-lai-r{revision}.json"


def closed(data: Path) -> dict[Cycle, Act]:
    """Return the closed cycles, each with the closing in force."""
    last = {act.cycle: act for act in read_acts(data)}
    return {cycle: act for cycle, act in last.items() if act.closes}


def newest_revision(data: Path, cycle: Cycle) -> Path | None:
    """Return where the newest closed revision of a cycle lies, opened again or not."""
    last = [act for act in read_acts(data) if act.cycle == cycle][-1:]
    return next((data / CLOSED / str(cycle) / f"r{act.revision}" for act in last), None)


def official(data: Path) -> dict[Cycle, Path]:
    """Return where the closed cycles' results lie."""
    return {cycle: act.folder for cycle, act in closed(data).items()}


def result_paths(data: Path, output: Path, cycles: Iterable[Cycle]) -> dict[Cycle, Path]:
    """Return where the results of a data folder's cycles lie, whether or not they are there."""
    kept, known = official(data), list_cycles(data)
    return {
        cycle: kept.get(cycle, output / str(cycle)) / RESULT
        for cycle in cycles
        if cycle in known or cycle in kept
    }


def head_before(data: Path, cycle: Cycle) -> str:
    """Return the head of the chain a cycle is printed upon: the last act of an earlier one."""
    return next((act.digest for act in reversed(read_acts(data)) if act.cycle < cycle), "")


def next_act(
    acts: Iterable[Act], act: str, cycle: Cycle, revision: int, at: str, who: str, why: str
) -> dict[str, object]:
    """Return what the next record says, bound to the last one."""
    last = max(acts, key=lambda one: one.number, default=None)
    return {
        "version": CHAIN_VERSION,
        "number": last.number + 1 if last else 1,
        "act": act,
        "cycle": str(cycle),
        "revision": revision,
        "at": at,
        "who": one_line(who),
        "why": one_line(why),
        "previous": last.digest if last else "",
    }


def as_json(content: Mapping[str, object]) -> bytes:
    """Return JSON for people and programs to read."""
    # A name on the disk need not be UTF-8: its odd bytes are written as JSON escapes.
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8", "backslashreplace")


def ledger(acts: Iterable[Act]) -> bytes:
    """Return so-khoa.csv, a line for every act; a witness for people and for `verify`."""
    return "".join(["\ufeff", _line(HEADINGS), *map(_told, acts)]).encode()


def _told(act: Act) -> str:
    names = ("number", "act", "cycle", "revision", "at", "who", "why")
    return _line([*(act.content[name] for name in names), act.digest, act.previous])


def _line(cells: Iterable[object]) -> str:
    out = io.StringIO(newline="")
    texts = (f"'{cell}" if str(cell).startswith(LIVE) else str(cell) for cell in cells)
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(texts)
    return out.getvalue()


def find_closed(data: Path, text: str) -> Cycle:
    """Return the cycle of an id that was closed at least once; raises InputError."""
    known = {str(act.cycle): act.cycle for act in _read(data)[0] if act.closes}
    if text.strip().upper() not in known:
        raise InputError(f"kỳ «{text}» chưa khóa lần nào.")
    return known[text.strip().upper()]


def told(data: Path) -> list[str]:
    """Return what stands in good order: how many acts there are, and the head of the chain."""
    acts = read_acts(data)
    if not acts:
        return ["Chưa có kỳ nào khóa."]
    revisions = sum(act.closes for act in acts)
    return [f"Nguyên vẹn: {revisions} bản đã khóa. Đầu chuỗi: {acts[-1].digest[:12]}."]


def damages(
    data: Path,
    cycles: Collection[Cycle] | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> list[str]:
    """Return every damage to the closed cycles, one sentence each that names the file.

    With cycles the files of no other are looked at, but the whole chain is. `told` hears how far.
    """
    acts, broken = _read(data)
    found = [f"{path.relative_to(data)}: không đọc được hoặc nằm sai chỗ." for path in broken]
    found += _chain(acts, data) + _ledger(acts, data, set(broken))
    wanted = [act for act in acts if act.closes and (cycles is None or act.cycle in cycles)]
    for done, act in enumerate(wanted, 1):
        found += _files(act, data)
        told(done, len(wanted))
    found += [_unproved(path.parent, data) for path in broken if path.name == CLOSING]
    return found + _strays(acts, data, broken)


def _chain(acts: list[Act], data: Path) -> list[str]:
    """Return where a record does not name the one before it."""
    found = []
    first = [act for act in acts[:1] if (act.number, act.previous) != (1, "")]
    found += [f"{act.path.relative_to(data)}: mất bản ghi đứng trước." for act in first]
    for before, act in pairwise(acts):
        if act.number != before.number + 1:
            found.append(f"{act.path.relative_to(data)}: mất bản ghi số {before.number + 1}.")
        elif act.previous != before.digest:
            names = [one.path.relative_to(data) for one in (before, act)]
            found.append(f"{names[0]} không còn là bản ghi mà {names[1]} nối vào.")
    return found


def _ledger(acts: list[Act], data: Path, broken: Iterable[Path]) -> list[str]:
    """Return where so-khoa.csv and the records say different things."""
    path, named = data / CLOSED / LEDGER, f"{CLOSED}/{LEDGER}"
    if not acts and not broken and not path.exists():
        return []
    if not path.is_file():
        return [f"{named}: mất."]
    text, whole = path.read_bytes(), ledger(acts)
    if text == whole:
        return []
    lines = text.decode("utf-8-sig", "replace").splitlines()[1:]
    noted = {line.partition(";")[0]: line for line in lines}
    due = {str(act.number): act for act in acts}
    found = [_unlike(noted.get(n), act, data) for n, act in due.items()]
    found += [_recordless(noted[n]) for n in noted if n not in due]
    return [line for line in found if line] or [f"{named}: không còn như khi ghi."]


def _unlike(line: str | None, act: Act, data: Path) -> str:
    """Return what is wrong between a record and its line in so-khoa.csv, "" where nothing is."""
    record = act.path.relative_to(data)
    if line is None:
        return f"{CLOSED}/{LEDGER}: thiếu dòng về {record}."
    same = line == _told(act).strip()
    return "" if same else f"{CLOSED}/{LEDGER}, dòng {act.number}: không khớp với {record}."


def _recordless(line: str) -> str:
    """Return what is said of a line in so-khoa.csv whose record is not there."""
    _, act, cycle, revision, *_ = [*line.split(";"), "", "", ""]
    name = reopening(revision) if act == REOPEN else f"r{revision}/{CLOSING}"
    return f"{CLOSED}/{cycle}/{name}: mất hoặc hỏng, {CLOSED}/{LEDGER} còn ghi."


def _files(act: Act, data: Path) -> list[str]:
    """Return the files of a closed revision that are gone, changed, or were never put there."""
    kept = act.content.get("files")
    if not isinstance(kept, dict):
        return [f"{act.path.relative_to(data)}: không có danh sách tệp."]
    found = []
    for name, digest in kept.items():
        path = act.folder / name
        named = path.relative_to(data)
        if not path.is_file() or path.is_symlink():
            found.append(f"{named}: mất.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            found.append(f"{named}: không còn như khi khóa.")
    known = {act.path, *(act.folder / name for name in kept)}
    lying = {p for p in act.folder.rglob("*") if not p.is_dir() and not folders.is_left_over(p)}
    more = [path.relative_to(data) for path in sorted(lying - known)]
    return found + [f"{path}: không có trong bản đã khóa." for path in more]


def _unproved(place: Path, data: Path) -> str:
    """Return the files that cannot be looked at because their record is not to be read."""
    files = sorted(p.relative_to(data).as_posix() for p in place.rglob("*") if p.is_file())
    return f"Không soát được vì hỏng bản ghi: {', '.join(files)}."


def _strays(acts: list[Act], data: Path, broken: Iterable[Path]) -> list[str]:
    """Return what lies in luu-tru beside the records and their revisions."""
    known = {act.folder for act in acts if act.closes} | {path.parent for path in broken}
    known |= {act.path for act in acts} | {*broken, data / CLOSED / LEDGER}
    lying = {path for cycle in (data / CLOSED).glob("*") for path in _inside(cycle)}
    odd = [p for p in lying - known if p.name[0] != "." and not folders.is_left_over(p)]
    return [f"{path.relative_to(data)}: không thuộc bản ghi nào." for path in sorted(odd)]


def _inside(cycle: Path) -> list[Path]:
    return list(cycle.glob("*")) if cycle.is_dir() else [cycle]
