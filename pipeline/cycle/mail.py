"""What lies in hop-thu: opened and read behind the fence, ahead of who asks."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from pipeline import intake, reading
from pipeline.cycle.crew import READ, UNPACK
from pipeline.model.findings import finding
from pipeline.model.folders import CycleFolder
from pipeline.reading import wire
from pipeline.tools.fence import FenceError
from pipeline.tools.worker import Worker, WorkerError

# «CCHC» and «Tự chấm» are issued to some units and in some cycles only.
UNIT_SHEETS = frozenset({"tasks", "unplanned", "claims", "obstacles", "proposals"})


@dataclass(frozen=True)
class Mail:
    """What lies in hop-thu: packages, their coming readings, what was found, so-nhan.csv."""

    packages: list[intake.Package]
    readings: Iterator[reading.Reading]
    findings: list[dict]
    receipts: Sequence[intake.Receipt]


def collect(folder: CycleFolder, reader: Worker) -> Mail:
    """Open the mailbox and have every workbook in it read, each in a fenced process."""
    receipts = intake.read_receipts(folder.receipts)
    packages, found = intake.collect(folder.inbox, receipts, unpacking(reader))
    return Mail(packages, read_packages(packages, reader), found, receipts)


def unpacking(reader: Worker) -> Callable[[str, bytes], intake.Parcel]:
    """Return what opens a letter or a zip behind the fence."""

    def unpack(file: str, data: bytes) -> intake.Parcel:
        try:
            return intake.parcel_of(*reader.submit(UNPACK, file, data).result())
        except (FenceError, WorkerError) as error:
            return intake.Parcel(problem=_ended(file, error))

    return unpack


def _ended(file: str, error: FenceError | WorkerError) -> dict:
    """Return the finding about a file that ended its process, or that nobody foresaw."""
    if isinstance(error, FenceError):
        return finding("K109", file=file, fact=str(error))
    return finding("K199", file=file, fact=type(error).__name__)


def read_packages(packages: list, reader: Worker) -> Iterator[reading.Reading]:
    """Return what each package holds, in their order; they are being read on return."""
    coming = [_ask(package, reader) for package in packages]
    return map(_take, packages, coming)


def _ask(package: intake.Package, reader: Worker) -> Future | None:
    if package.problem:
        return None
    asked = wire.question(package.file, "unit", UNIT_SHEETS)
    return reader.submit(READ, asked, package.kept or b"")  # an empty file is kept nowhere


def _take(package: intake.Package, answer: Future | None) -> reading.Reading:
    """Return the reading of a package, once it is there."""
    if answer is None:
        return reading.unreadable(package.file, package.problem)
    try:
        return wire.from_plain(answer.result()[0])
    except (FenceError, WorkerError) as error:
        return reading.unreadable(package.file, _ended(package.file, error))
