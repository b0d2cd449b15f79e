"""Which file of a unit is in use, and why every other one is not."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from pipeline.intake.packages import MAIL, Package
from pipeline.intake.receipts import REJECT, USE, WITHDRAW, Receipt, match, show_receipt
from pipeline.intake.versions import Change, Read, cell_of, content_of, emptied
from pipeline.model.calendar import Cycle
from pipeline.model.findings import catalogue, finding, refuses
from pipeline.model.stamp import Stamp
from pipeline.model.submissions import IN_USE, REFUSED, REPLACED, SAME, SET_ASIDE, WAITING
from pipeline.model.text import fold_code, sentence, show_time

LONG_AFTER = timedelta(days=60)  # a later letter of the cycle is a wrong clock
SECRETARY, NO_REASON = "thư ký", "chưa ghi lý do"
CELLS_NAMED = 4  # of those a newer version has emptied

Told = Callable[[str, Read], list[dict]]


@dataclass
class _File:
    """One file on its way to a status."""

    package: Package
    read: Read
    receipt: Receipt | None
    unit: str = ""
    status: str = ""
    version: int | None = None
    reason: str = ""
    findings: list[dict] = field(default_factory=list)

    @property
    def order(self) -> tuple:
        return self.package.received, self.package.file, self.package.sha256

    @property
    def digest(self) -> str:
        return self.package.kept.sha256 if self.package.kept else self.package.file

    @property
    def decision(self) -> str:
        return self.receipt.decision if self.receipt and not self.receipt.unread else ""

    def become(self, status: str, found: list[dict], reason: str | None = None) -> None:
        """Take a status with its findings; without a reason of its own they say why."""
        self.status = status
        self.findings = [{**row, "unit": self.unit} for row in found]
        self.reason = " ".join(dict.fromkeys(map(_words, found))) if reason is None else reason


def _words(found: dict) -> str:
    message = catalogue()[found["code"]].message
    text = message.format(value=found["value"], fact=found["fact"])
    return sentence(text)


def settle(
    packages: Sequence[Package],
    readings: Sequence[Read],
    cycle: Cycle,
    units: Collection[str],
    issued_digests: Mapping[str, str],
    cutoff: datetime,
    receipts: Sequence[Receipt],
    told: Told,
) -> tuple[list[dict], dict[str, Read], list[dict]]:
    """Return every file as a submission, the reading in use by unit, and what was found.

    Unit and cycle come from the stamp alone; `told` gives what is wrong in a unit's workbook, asked
    only about a version whose cells the next one empties. The findings are those made here and the
    readers' own about files in use or refused. Files that a later usable version of their unit has
    replaced stay silent: an old mistake is not held against a good report.
    """
    pairs = zip(packages, readings, strict=True)
    known = match(packages, receipts)
    files = [_File(package, read, known.get(package.file)) for package, read in pairs]
    files.sort(key=lambda file: file.order)
    _judge(files, cycle, units, cutoff)
    used = {unit: _choose([f for f in files if f.unit == unit], told) for unit in units}
    heard = {file.unit for file in files if file.status in (REFUSED, WAITING)}
    found = [
        row
        for unit, file in used.items()
        if file or unit not in heard
        for row in _about(unit, file, issued_digests, cutoff)
    ]
    found += [row for file in files if _still_counts(file, used) for row in file.findings]
    chosen = {unit: file.read for unit, file in used.items() if file}
    return [_submission(file, cutoff) for file in files], chosen, found


def _judge(files: list[_File], cycle: Cycle, units: Collection[str], cutoff: datetime) -> None:
    """Set aside, mark as same or refuse what cannot be a version; the rest is usable.

    A workbook sent again after another version of its unit is a version once more, as is one of two
    versions of one moment. What was ordered of a file holds for its copies that come after it.
    """
    seen: dict[str, str] = {}
    aside: dict[str, Receipt] = {}
    latest: dict[str, list[_File]] = {}  # of the last moment of each unit
    for file in files:
        name = file.package.file
        file.unit = _unit(file.read.stamp, units)
        digest, last = file.digest, latest.get(file.unit, [])
        if file.decision in (WITHDRAW, REJECT):
            aside[digest] = file.receipt
            file.become(SET_ASIDE, [_set_aside(name, file.receipt)])
        elif digest in seen and (not last or digest in _meant(last)):
            file.become(SAME, [finding("K116", file=name, fact=seen[digest])])
        elif digest in aside and file.decision != USE:
            file.become(SET_ASIDE, [_set_aside(name, aside[digest])])
        else:
            seen.setdefault(digest, name)
            if refusal := _refusal(file, cycle):
                file.become(REFUSED, refusal)
            elif doubt := _unread(file) or _doubtful_time(file, cycle, cutoff):
                file.become(WAITING, doubt)
            else:
                together = last and last[0].package.received == file.package.received
                latest[file.unit] = [*last, file] if together else [file]


def _meant(together: list[_File]) -> list[str]:
    """Return the contents of the one version of a moment, or of the one the secretary means."""
    meant = [file.digest for file in together if len(together) == 1 or file.decision == USE]
    return meant if len(meant) == 1 else []


def _unit(stamp: Stamp | None, units: Collection[str]) -> str:
    """Return the register's code of the unit in a stamp, "" when there is none."""
    if stamp is None:
        return ""
    return next((unit for unit in units if fold_code(unit) == fold_code(stamp.unit)), "")


def _refusal(file: _File, cycle: Cycle) -> list[dict]:
    """Return why nothing of a file counts, the root cause alone; nothing for a usable file."""
    name, stamp = file.package.file, file.read.stamp
    errors = list(filter(refuses, file.read.findings))
    unopened = [row for row in errors if str(row["code"]).startswith("K1")]
    if file.package.problem or unopened:
        return [file.package.problem] if file.package.problem else unopened
    if stamp is None:
        return [finding("K112", file=name)]
    if not file.unit:
        return [finding("K111", file=name, value=stamp.unit)]
    if stamp.cycle != str(cycle):
        return [finding("K110", file=name, value=stamp.cycle, fact=cycle.name)]
    return errors


def _doubtful_time(file: _File, cycle: Cycle, cutoff: datetime) -> list[dict]:
    """Return K129: a letter dated before its cycle began or long after it, by a wrong clock.

    The time of a file is only that of its last change, which K118 tells.
    """
    package = file.package
    early = package.received.date() < cycle.first_day
    if package.received_by != MAIL or not (early or package.received > cutoff + LONG_AFTER):
        return []
    said = {"value": show_time(package.received), "fact": str(cycle)}
    return [finding("K129", file=package.file, **said)]


def _unread(file: _File) -> list[dict]:
    """Return K133: what so-nhan.csv orders about a file cannot be read, so it waits."""
    receipt = file.receipt
    if receipt is None or not receipt.unread:
        return []
    told = {"value": receipt.unread, "fact": str(receipt.line)}
    return [finding("K133", file=file.package.file, **told)]


def _set_aside(file: str, receipt: Receipt) -> dict:
    """Return K119: who set a file aside, as what, and why."""
    fact = f"{receipt.decision}, {receipt.reason or NO_REASON}"
    return finding("K119", file=file, value=receipt.ordered_by or SECRETARY, fact=fact)


def _choose(files: list[_File], told: Told) -> _File | None:
    """Return the version in use: the latest that does not empty what the one before it filled."""
    chosen: _File | None = None
    _drop_copies([file for file in files if not file.status])
    tied = _ask_about_equal_times([file for file in files if not file.status])
    usable = [file for file in files if not file.status]
    for version, file in enumerate(usable, 1):
        file.version = version
        if file.decision != USE and (lost := _lost(chosen, file, tied, told)):
            said = {"value": _where(lost, file.read), "fact": str(len(lost))}
            file.become(WAITING, [finding("K114", file=file.package.file, **said)])
        else:
            chosen = file
    for file in usable:
        if file is chosen:
            file.become(IN_USE, file.read.findings, "")
        elif chosen and file.order < chosen.order:
            file.become(REPLACED, [], f"Đã có bản mới hơn: «{chosen.package.file}».")
    for file in tied:  # no longer asked about, once a later one or the secretary has told
        if chosen and file.package.received <= chosen.package.received:
            file.become(REPLACED, [], f"Đã rõ bản phải dùng: «{chosen.package.file}».")
    return chosen


def _drop_copies(usable: list[_File]) -> None:
    """Mark as same, K116, what reads as another of its moment: a workbook saved once more."""
    for _, together in groupby(usable, key=lambda file: file.package.received):
        read: list[tuple[object, str]] = []
        for file in sorted(together, key=lambda file: file.decision != USE):
            content, name = content_of(file.read), file.package.file
            twin = next((other for known, other in read if known == content), None)
            if twin and file.decision != USE:
                file.become(SAME, [finding("K116", file=name, fact=twin)])
            else:
                read.append((content, name))


def _ask_about_equal_times(usable: list[_File]) -> list[_File]:
    """Return the versions of one moment that now wait, K128: nothing says which is the later.

    The secretary's word for one of them decides.
    """
    waiting = []
    for received, together in groupby(usable, key=lambda file: file.package.received):
        tied = list(together)
        meant = _meant(tied)
        for file in tied:
            if file.digest not in meant:
                said = finding("K128", file=file.package.file, value=show_time(received))
                file.become(WAITING, [said])
                waiting.append(file)
    return waiting


def _lost(chosen: _File | None, file: _File, tied: Collection[_File], told: Told) -> list[Change]:
    """Return the cells a version empties that the one in use filled.

    Or, after versions of one moment, each of them: who goes on with one of them empties nothing.
    """
    if chosen and (lost := _emptied(chosen, file, told)):
        return lost
    since = [one for one in tied if (chosen.order if chosen else ()) < one.order < file.order]
    return min((_emptied(one, file, told) for one in since), key=len, default=[])


def _emptied(before: _File, after: _File, told: Told) -> list[Change]:
    return emptied(before.read, after.read, lambda: told(before.unit, before.read))


def _where(lost: list[Change], after: Read) -> str:
    """Return «J12, K12, KT-09…»: the emptied cells, or the row that is gone."""
    places = dict.fromkeys(cell_of(change, after) or change.row_key for change in lost)
    return ", ".join(list(places)[:CELLS_NAMED]) + ("…" if len(places) > CELLS_NAMED else "")


def _about(
    unit: str, file: _File | None, issued_digests: Mapping[str, str], cutoff: datetime
) -> list[dict]:
    """Return what is to be said about a unit's report as a whole."""
    if file is None:
        return [finding("K117", unit=unit)]
    name, digest, received = file.package.file, file.read.stamp.digest, file.package.received
    found = []
    if digest != (issued := issued_digests.get(unit, digest)):
        found.append(finding("K113", unit=unit, file=name, value=digest, fact=issued))
    if received > cutoff:
        shown = show_time if show_time(received) != show_time(cutoff) else show_receipt
        times = {"value": shown(received), "fact": shown(cutoff)}
        found.append(finding("K115", unit=unit, file=name, **times))
    return found


def _still_counts(file: _File, used: Mapping[str, _File | None]) -> bool:
    """Say whether what was found about a file still matters."""
    newer = used.get(file.unit)
    return not (file.status == REFUSED and newer and newer.order > file.order)


def _submission(file: _File, cutoff: datetime) -> dict:
    """Return a row of the submissions table."""
    package = file.package
    return {
        "unit": file.unit,
        "file": package.file,
        "received": f"{package.received:%d/%m/%Y %H:%M}",
        "received_by": package.received_by,
        "late": "có" if package.received > cutoff else "không",
        "version": file.version,
        "status": file.status,
        "reason": file.reason,
        "sha256": package.sha256,
    }
