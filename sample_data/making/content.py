"""The content files of nguon/, read once: who, what, and the story of the four cycles."""

import csv
import random
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from pipeline.model.calendar import Cycle, DaysOff, parse_cycle

Row = dict[str, str]
STANDING = "Nhiệm vụ thường xuyên"


@dataclass(frozen=True)
class Template:
    """One kind of task a unit is given: in which cycles, to whom, how much, due when."""

    unit: str
    cycles: str
    product: str
    people: tuple[tuple[str, Decimal | None], ...]
    quantity: str
    due: str
    source: str
    tasks: tuple[str, ...]
    sure: bool

    @property
    def regular(self) -> bool:
        """Whether this is standing work, given out before the meeting."""
        return self.source == STANDING


@dataclass(frozen=True)
class Posting:
    """One file that comes back: from whom, its name, when, saved by what, with which faults."""

    unit: str
    name: str
    received: datetime
    form: str
    attachment: str = ""
    copy_of: str = ""
    text_dates: int = 0
    text_numbers: int = 0
    no_tick: bool = False
    faults: tuple[dict, ...] = field(default=(), hash=False)
    emptied: tuple[str, ...] = ()
    emptied_tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """One cycle of the story."""

    number: int
    cycle: Cycle
    assigned_at: date
    attendees: str
    verified: int
    corrected: int
    postings: tuple[Posting, ...]


@dataclass(frozen=True)
class Content:
    """Everything the sample is made from."""

    folder: Path
    units: dict[str, Row]
    people: dict[str, Row]
    products: dict[str, Row]
    indicators: dict[str, Row]
    days: list[Row]
    days_off: DaysOff
    templates: list[Template]
    scenes: list[Scene]
    script: dict
    tables: dict[str, list[Row]] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)  # numbers used in evidence, by task

    def rows(self, name: str, scene: Scene, unit: str = "") -> list[Row]:
        """Return the rows of a content table that belong to a cycle, and to a unit if given."""
        wanted = (row for row in self.tables[name] if str(scene.number) in row["kỳ"])
        return [row for row in wanted if not unit or row["đơn vị"] == unit]

    def rate(self, name: str, unit: str, scene: Scene) -> object:
        """Return a unit's rate of a cycle from the script, or the common one."""
        rates = self.script[name]
        return rates.get(unit, rates.get("chung"))[scene.number - 1]

    def chance(self, *key: object) -> random.Random:
        """Return the dice of one thing: equal keys throw equal numbers, whatever else changed."""
        return random.Random("|".join(map(str, (self.script["hat_giong"], *key))))


TABLES = (
    "chuyen-den",
    "su-kien",
    "loai-tru",
    "phat-sinh",
    "vuong-mac",
    "ky-toi",
    "ket-luan",
    "kien-nghi",
    "ghi-chu",
    "tham-dinh",
    "cchc",
    "trinh",
    "nhap-thay",
    "kiem-tra",
    "ky-luat",
    "khen-thuong",
    "diem-chung",
    "lanh-dao",
)


def read_content(folder: Path) -> Content:
    """Return the content of nguon/."""
    script = tomllib.loads((folder / "kich-ban.toml").read_text(encoding="utf-8"))
    units = _by_code(folder / "don-vi.csv")
    days = read_rows(folder / "ngay-nghi.csv")
    return Content(
        folder=folder,
        units=units,
        people=_by_code(folder / "nhan-su.csv"),
        products=_by_code(folder / "san-pham.csv"),
        indicators=_by_code(folder / "chi-so.csv"),
        days=days,
        days_off=_days_off(days),
        templates=[template for unit in units for template in _templates(folder, unit)],
        scenes=[_scene(number, told) for number, told in enumerate(script["ky"], 1)],
        script=script,
        tables={name: read_rows(folder / f"{name}.csv") for name in TABLES},
    )


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a semicolon-separated content file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def day_of(text: str) -> date | None:
    """Return the day of dd/mm/yyyy, None when blank."""
    return datetime.strptime(text, "%d/%m/%Y").date() if text else None


def number_of(text: str) -> Decimal | None:
    """Return the figure of a content file, with decimal comma; None when blank."""
    return Decimal(text.replace(",", ".")) if text else None


def _by_code(path: Path) -> dict[str, Row]:
    return {row["mã"]: row for row in read_rows(path)}


def _days_off(days: list[Row]) -> DaysOff:
    by_kind = {
        kind: frozenset(day_of(row["ngày"]) for row in days if row["loại"] == kind)
        for kind in ("nghỉ", "làm bù")
    }
    return DaysOff(off=by_kind["nghỉ"], worked=by_kind["làm bù"])


def _templates(folder: Path, unit: str) -> list[Template]:
    return [
        Template(
            unit=unit,
            cycles=row["kỳ"],
            product=row["sản phẩm"],
            people=_people(row["người"]),
            quantity=row["số lượng"],
            due=row["hạn"],
            source=row["nguồn"],
            tasks=tuple(row["việc"].split("|")),
            sure=row["chắc"] == "x" or row["nguồn"] == STANDING,
        )
        for row in read_rows(folder / "viec" / f"{unit}.csv")
    ]


def _people(text: str) -> tuple[tuple[str, Decimal | None], ...]:
    """Return (code, share) of «CB018:0,5 CB019:0,5»; a task of the whole unit has no code."""
    parts = [part.partition(":") for part in text.split()] or [("", "", "")]
    return tuple((code, number_of(share)) for code, _, share in parts)


def _scene(number: int, told: dict) -> Scene:
    return Scene(
        number=number,
        cycle=parse_cycle(told["ma"]),
        assigned_at=told["giao_tai_hop"],
        attendees=told["du_hop"],
        verified=told["tham_dinh"],
        corrected=told["sua"],
        postings=tuple(map(_posting, told["phieu"])),
    )


def _posting(told: dict) -> Posting:
    return Posting(
        unit=told["don_vi"],
        name=told["tep"],
        received=told["nhan"],
        form=told["dang"],
        attachment=told.get("dinh_kem", ""),
        copy_of=told.get("chep_tu", ""),
        text_dates=told.get("ngay_go_chu", 0),
        text_numbers=told.get("so_go_chu", 0),
        no_tick=told.get("bo_danh_dau", False),
        faults=tuple(told.get("loi", ())),
        emptied=tuple(told.get("bo_trong", ())),
        emptied_tasks=tuple(told.get("bo_trong_viec", ())),
    )
