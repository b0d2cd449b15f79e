"""One commune's part in a province: what was read of its archive, or why nothing of it counts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline.model.text import fold

# Why a commune is left out of the sums …
DAMAGED, MISSING, UNLIKE = "kho lưu trữ hỏng", "thiếu kỳ", "khác bộ quy tắc"
NO_ARCHIVE, TWICE, NOT_SENT = "không có kho lưu trữ", "gửi hai lần", "chưa gửi"
LEFT_OUT = (DAMAGED, MISSING, UNLIKE, NO_ARCHIVE, TWICE, NOT_SENT)
# … and what is only told of one that counts.
GAP, NO_BEFORE = "thiếu kỳ đầu", "không so được kỳ trước"
PROVINCIAL = "Sở, ngành cấp tỉnh"
Row = dict[str, object]

# The first of these whose words a unit's name holds says what it is (Nghị định 150/2025/NĐ-CP);
# offices also write them short. «Trung tâm Văn hóa» is no room of the committee.
UNIT_TYPES = {
    "Trung tâm Phục vụ hành chính công": ("hành chính công", "hcc", "pvhcc", "ttpvhcc", "một cửa"),
    "Văn phòng HĐND và UBND": ("văn phòng", "vp", "vphđnd"),
    "Phòng Kinh tế; Kinh tế, Hạ tầng và Đô thị": (
        *("phòng kinh tế", "phòng kt", "p kinh tế", "ktht", "kt ht", "phòng hạ tầng"),
        *("kinh tế hạ tầng", "kinh tế và hạ tầng", "hạ tầng và đô thị", "hạ tầng đô thị"),
    ),
    "Phòng Văn hóa – Xã hội": (
        *("phòng văn hóa", "p văn hóa", "văn hóa xã hội", "văn hóa và xã hội"),
        *("vh xh", "vhxh", "văn xã"),
    ),
    "Công an": ("công an", "cax", "ca xã", "ca phường"),
    "Ban Chỉ huy Quân sự": ("quân sự", "chqs", "bchqs"),
    "Trạm Y tế": ("y tế", "tyt", "trạm yt"),
    "Đơn vị sự nghiệp khác": (
        *("trung tâm", "tt", "ban quản lý", "bql", "bqlda", "sự nghiệp"),
        *("trường", "mầm non", "mẫu giáo", "tiểu học", "thcs", "trung học"),
    ),
}
WORD = re.compile(r"[^\W_]+")
COMMUNE_KINDS = ("xã ", "phường ", "đặc khu ")
OTHER_TYPE = "Đơn vị khác"


@dataclass(frozen=True)
class Fault:
    """What is wrong with what a commune sent, and what puts it right."""

    kind: str
    what: str
    action: str


@dataclass(frozen=True)
class Part:
    """A commune as it was read: its rows without a single person, and its faults.

    `tables` holds the rows of the period; `earlier` the commune's one row of each period before.
    """

    folder: str
    name: str = ""
    province: str = ""
    head: str = ""  # of its chain of closed cycles
    rule_code: str = ""
    print_codes: str = ""
    made_at: datetime | None = None
    faults: Sequence[Fault] = ()
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    earlier: Mapping[str, Row] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Say whether it is in the province's sums."""
        return not any(fault.kind in LEFT_OUT for fault in self.faults)

    @property
    def called(self) -> str:
        """What it is called: by its archive, else by its folder."""
        return self.name or self.folder

    def with_fault(self, kind: str, what: str, action: str) -> "Part":
        """Return the same part with one fault more."""
        return replace(self, faults=(*self.faults, Fault(kind, what, action)))


def unit_type(name: str) -> str:
    """Return which kind of unit a name tells of."""
    words = _words(name)
    kinds = (kind for kind, known in UNIT_TYPES.items() if any(_words(k) in words for k in known))
    return next(kinds, OTHER_TYPE)


def _words(name: str) -> str:
    """Return a name's words with a space before and behind each."""
    return f" {' '.join(WORD.findall(fold(name)))} "


def plain_name(name: str) -> str:
    """Return a commune's name as it is compared and sorted: folded, without «xã», «phường»."""
    folded = fold(name)
    return next((folded[len(k) :] for k in COMMUNE_KINDS if folded.startswith(k)), folded)
