"""danh-muc.xlsx: the registers of the sample commune."""

from decimal import ROUND_HALF_UP, Decimal

from making.content import Content, Row, day_of, number_of
from making.sheets import mark_invented, without_blanks
from pipeline.model.layout import layout
from pipeline.model.registers import SHARED, STANDARD_POINTS
from pipeline.tools.workbook import write_workbook

GROUPS = ((10, "N1"), (50, "N2"), (100, "N3"), (200, "N4"))


def registers_workbook(content: Content) -> bytes:
    """Return danh-muc.xlsx."""
    tables = {
        "units": [_unit(row) for row in content.units.values()],
        "people": [_person(row) for row in content.people.values()],
        "products": [_product(row) for row in content.products.values()],
        "indicators": [_indicator(row) for row in content.indicators.values()],
        "days_off": [
            {"date": day_of(row["ngày"]), "kind": row["loại"], "name": row["tên"]}
            for row in content.days
        ],
    }
    lists = {"units": list(content.units), "units_or_shared": [SHARED, *content.units]}
    return mark_invented(write_workbook(layout("registers"), tables, lists=lists, form=True))


def coefficient(product: Row) -> Decimal:
    """Return points ÷ standard points, to one decimal."""
    return (number_of(product["điểm"]) / STANDARD_POINTS).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _unit(row: Row) -> dict:
    return {
        "code": row["mã"],
        "name": row["tên"],
        "head": row["người đứng đầu"],
        "email": row["thư điện tử"],
        "progress_only": row["chỉ theo dõi tiến độ"],
        "reports_cchc": row["báo cáo CCHC"],
    }


def _person(row: Row) -> dict:
    return without_blanks(
        code=row["mã"],
        name=row["họ và tên"],
        unit=row["đơn vị"],
        position=row["chức vụ"],
        category=row["diện"],
        supervisor=row["lãnh đạo trực tiếp"],
        leader=row["lãnh đạo"],
        group=row["nhóm"],
        active_from=day_of(row["làm việc từ"]),
        unscored_from=day_of(row["không chấm từ"]),
        unscored_to=day_of(row["không chấm đến"]),
        unscored_reason=row["lý do không chấm"],
    )


def _product(row: Row) -> dict:
    points = number_of(row["điểm"])
    return {
        "code": row["mã"],
        "unit": row["đơn vị"],
        "task": row["nhiệm vụ"],
        "detail": row["chi tiết"],
        "product": row["sản phẩm"],
        "group": next(name for most, name in GROUPS if points <= most),
        "points": points,
        "coefficient": coefficient(row),
        "deduct": row["cách trừ"],
    }


def _indicator(row: Row) -> dict:
    return without_blanks(
        code=row["mã"],
        name=row["tên"],
        measure=row["đơn vị tính"],
        numerator=row["tử số"],
        denominator=row["mẫu số"],
        better=row["tốt hơn khi"],
        target=number_of(row["chỉ tiêu"]),
        source=row["nguồn"],
        unit=row["đơn vị"],
    )
