"""The only place that knows where things lie in the data folder and the output folder."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.model.calendar import CYCLES_SHOWN, Cycle, parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.period import HALF_YEAR, MONTH, QUARTER, YEAR, Period, parse_period, period_of
from pipeline.model.span import MOST_CYCLES, Span, make_span

RESULT, PACKET, ARCHIVE = "result.json", "ho-so-hop.pdf", "luu-tru.xlsx"
SCREEN = "ho-so-hop.html"  # the packet to be read on a screen
SETTINGS, REGISTERS = "commune.toml", "danh-muc.xlsx"
IMPORTED = "danh-muc-nhap.xlsx"  # products of a published catalogue, to be pasted into the register
# Drafts for Word: as the program makes them, in this folder of the output, and in the cycle's own
# folder, where they are written on.
DRAFTS, DOCUMENTS = "du-thao", ("bien-ban.docx", "thong-bao-ket-luan.docx")
PERIOD_RESULT, PERIOD_BOOK = "ket-qua.json", "ket-qua.xlsx"  # of a month, quarter, year
PERIOD_PAPERS = {  # by the number of months
    MONTH: "tong-hop-thang.pdf",
    QUARTER: "tong-hop-quy.pdf",
    HALF_YEAR: "tong-hop-6-thang.pdf",
    YEAR: "tong-hop-nam.pdf",
}
REVIEW = "so-ket.pdf"  # over chosen cycles
PROVINCE = "tinh-{period}"  # of the output folder: a province's period
PROVINCE_RESULT, PROVINCE_BOOK = "tong-hop-tinh.json", "tong-hop-tinh.xlsx"
PROVINCE_PAPERS = "tong-hop-tinh.pdf"
PERIOD_IDS = {
    MONTH: ("tháng", "2026-11"),
    QUARTER: ("quý", "2026-Q4"),
    HALF_YEAR: ("6 tháng", "2026-H2"),
    YEAR: ("năm", "2026"),
}
CLOSED, LEDGER = "luu-tru", "so-khoa.csv"  # of the data folder: what is closed, and when
CLOSING = "manifest.json"  # the record of a closed revision
INPUTS = "dau-vao"  # of a closed revision: what people and program had filled
SYSTEM_FILES = ("thumbs.db", "desktop.ini", ".ds_store")  # left by computers that show a folder
PEOPLE = "ket-qua-tung-nguoi.pdf"  # the sheet of persons, where they stand apart from the packet


@dataclass(frozen=True)
class CycleFolder:
    """The files of one cycle in the data folder."""

    data: Path
    cycle: Cycle

    @property
    def place(self) -> Path:
        return self.data / "ky" / str(self.cycle)

    @property
    def settings(self) -> Path:
        return self._own_or_common(SETTINGS)

    @property
    def registers(self) -> Path:
        return self._own_or_common(REGISTERS)

    def _own_or_common(self, name: str) -> Path:
        """Return a cycle's own file, which it has once it was reopened, else the commune's."""
        own = self.place / name
        return own if own.is_file() else self.data / name

    @property
    def assignments(self) -> Path:
        return self.place / "giao-viec.xlsx"

    @property
    def issued(self) -> Path:
        return self.place / "phieu"

    @property
    def inbox(self) -> Path:
        return self.place / "hop-thu"

    @property
    def receipts(self) -> Path:
        return self.place / "so-nhan.csv"

    @property
    def verification(self) -> Path:
        return self.place / "tham-dinh.xlsx"

    @property
    def meeting(self) -> Path:
        return self.place / "ket-luan.xlsx"

    @property
    def documents(self) -> list[Path]:
        """The Word drafts as people have written on them; no run reads them."""
        return [path for name in DOCUMENTS if (path := self.place / name).is_file()]

    @property
    def closed(self) -> Path:
        return self.data / CLOSED / str(self.cycle)

    @property
    def drafts(self) -> list[Path]:
        """The files a run itself brings up to date; what people typed there is kept."""
        named = (self.receipts, self.verification, self.meeting)
        return [path for path in named if path.is_file()]

    @property
    def inputs(self) -> list[Path]:
        """Every file a run of this cycle reads."""
        named = (self.settings, self.registers, self.assignments)
        inbox = [path for path in inside(self.inbox) if _is_regular(path)]
        return [path for path in named if path.is_file()] + self.drafts + inbox

    @property
    def strays(self) -> list[str]:
        """The names in hop-thu that are no regular files: never opened, but seen."""
        return [path.name for path in inside(self.inbox) if not _is_regular(path)]


def inside(folder: Path) -> list[Path]:
    """Return what lies in a folder, nothing where there is none; raises OSError where it is shut.

    A glob takes a folder nobody may read for an empty one.
    """
    return sorted(folder.iterdir()) if folder.is_dir() else []


def is_left_over(path: Path) -> bool:
    """Say whether a file is what a computer that showed or copied a folder left behind in it."""
    name = path.name.lower()
    return _is_regular(path) and (name in SYSTEM_FILES or name.startswith("._"))


def _is_regular(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def find_cycle(data: Path, text: str | None) -> Cycle:
    """Return the cycle of an id, by default the newest of the data folder; raises InputError."""
    if not data.is_dir():
        raise InputError(f"không thấy thư mục dữ liệu {data}.")
    if text is None:
        if not (known := list_cycles(data)):
            raise InputError(f"trong {data}/ky chưa có kỳ nào.")
        return known[-1]
    cycle = _named(text)
    if not CycleFolder(data, cycle).place.is_dir():
        raise InputError(f"không thấy thư mục {CycleFolder(data, cycle).place}.")
    return cycle


def _named(text: str) -> Cycle:
    try:
        return parse_cycle(text)
    except ValueError as error:
        raise InputError(f"«{text}» không phải mã kỳ; ghi như 2026-11-K1.") from error


def find_span(data: Path, output: Path, texts: Sequence[str]) -> Span:
    """Return the cycles of these ids, whether there is anything of them or not; raises InputError.

    By default the newest cycle that was made and the five before it, from the first there ever was.
    """
    if not data.is_dir():
        raise InputError(f"không thấy thư mục dữ liệu {data}.")
    cycles = [*map(_named, texts)] or _last_made(data, output)
    span = make_span(cycles)
    if len(span.cycles) > MOST_CYCLES:
        raise InputError(
            f"một bản sơ kết nhiều nhất {MOST_CYCLES} kỳ, ở đây {len(span.cycles)} kỳ;"
            " dài hơn thì dùng sauro half-year, sauro year."
        )
    return span


def _last_made(data: Path, output: Path) -> list[Cycle]:
    known = list_cycles(data)
    made = [cycle for cycle in known if (output / str(cycle) / RESULT).is_file()]
    if not made:
        raise InputError("chưa có kết quả kỳ nào; chạy make cycle cho từng kỳ trước.")
    cycles = [made[-1]]
    while len(cycles) < CYCLES_SHOWN and cycles[-1] > known[0]:
        cycles.append(cycles[-1].previous)
    return cycles


def find_period(data: Path, text: str | None, length: int) -> Period:
    """Return the period of an id of that many months; raises InputError.

    By default the one of the newest cycle; of months the newest whose second cycle is there.
    """
    if text is None or not data.is_dir():
        newest = find_cycle(data, None)
        ended = [cycle for cycle in list_cycles(data) if cycle.ends_month]
        return period_of(ended[-1] if ended and length == MONTH else newest, length)
    name, example = PERIOD_IDS[length]
    with suppress(ValueError):
        if (period := parse_period(text)).length == length:
            return period
    raise InputError(f"«{text}» không phải mã {name}; ghi như {example}.")


def named_period(text: str) -> Period:
    """Return the month, quarter, half-year or year of an id; raises InputError."""
    try:
        return parse_period(text)
    except ValueError as error:
        ids = ", ".join(f"{example} ({name})" for name, example in PERIOD_IDS.values())
        raise InputError(f"«{text}» không phải mã kỳ tổng hợp; ghi như {ids}.") from error


def list_cycles(data: Path) -> list[Cycle]:
    """Return the cycles of a data folder, oldest first."""
    return sorted(
        cycle for path in inside(data / "ky") if path.is_dir() and (cycle := _cycle(path.name))
    )


def list_closings(data: Path) -> list[Path]:
    """Return the records of every closing and reopening of a data folder."""
    cycles = [path for path in inside(data / CLOSED) if path.is_dir()]
    lying = [path for cycle in cycles for path in inside(cycle)]
    closings = [path / CLOSING for path in lying if path.name.startswith("r") and path.is_dir()]
    return sorted(
        [path for path in closings if path.exists() or path.is_symlink()]
        + [path for path in lying if path.match("mo-lai-r*.json")]
    )


def _cycle(name: str) -> Cycle | None:
    try:
        return parse_cycle(name)
    except ValueError:
        return None
