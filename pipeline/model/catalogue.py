"""A published catalogue row by row: what each row of its sheets is, and what stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

ITEM = "item"
# Every other sort of row is left out, for this reason.
LEFT_OUT = {
    "no_table": "trang không có bảng sản phẩm",
    "title": "dòng chữ trên bảng",
    "headings": "dòng tiêu đề cột",
    "numbers": "dòng đánh số cột",
    "blank": "dòng trống",
    "section": "dòng đề mục",
    "total": "dòng tổng cộng",
    "below": "dòng chữ dưới bảng",
}
TAKEN, LEFT, LOOK = "lấy", "để ngoài", "có"
LEADER, COMMON, OWN = KINDS = ("lãnh đạo, quản lý", "dùng chung", "của đơn vị")
ORDERED, FOLLOWED, USUAL = "ordered", "followed", "usual"  # where the standard is from


@dataclass(frozen=True)
class Standard:
    """The points of coefficient 1; `agreed` of the `both` rows with both figures say the like."""

    points: Decimal
    agreed: int
    both: int
    origin: str


@dataclass(frozen=True)
class SourceRow:
    """One row of one sheet, as it stands; every field's value is raw."""

    sheet: str
    row: int
    sort: str
    shown: str  # all its cells from the left
    hidden: bool = False
    titles: tuple[str, ...] = ()  # what stands above the table, and the sheet's own title last
    sections: tuple[str, ...] = ()  # the section rows it stands under, the innermost last
    values: Mapping[str, object] | None = None
    faults: Mapping[str, tuple[str, str]] | None = None  # field → finding code and its fact
    carried: Mapping[str, int] | None = None  # field → the row where its merged cell begins
    computed: frozenset[str] = frozenset()  # fields that show what a formula gave
    columns: Mapping[str, str] | None = None  # field → column letter
