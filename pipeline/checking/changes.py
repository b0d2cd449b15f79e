"""What is other than in the cycle before: registers, coefficients, rules. Told, never judged."""

from collections.abc import Iterable, Mapping

from pipeline.model.findings import finding
from pipeline.model.folders import REGISTERS, SETTINGS
from pipeline.model.registers import Registers
from pipeline.model.text import show

Row = Mapping[str, object]


def check_changes(
    units: Mapping[str, str],
    people: Mapping[str, str],
    lines: Iterable[Row],
    registers: Registers,
) -> list[dict]:
    """Return K623 for units, people and products that are other than in the cycle before.

    `units` are that cycle's by code with their names, none where it has no result; `people` are
    by code with their units.
    """
    if not units:
        return []
    told = _units(units, registers) + _people(people, registers) + _products(lines, registers)
    return [finding("K623", file=REGISTERS, value=value) for value in told]


def check_rules(code: str, before: str) -> list[dict]:
    """Return K623 where the cycle before was scored by other rules."""
    if before in ("", code):
        return []
    value = f"bộ quy tắc {code}, trước là {before}; không so với kỳ trước"
    return [finding("K623", file=SETTINGS, value=value)]


def _units(before: Mapping[str, str], registers: Registers) -> list[str]:
    now = {code: registers.unit_name(code) for code in registers.units}
    both = [code for code in before if code in now and before[code] != now[code]]
    renamed = [f"đơn vị {code} đổi tên, trước là «{before[code]}»" for code in both]
    gone = [f"không còn đơn vị {code} «{name}»" for code, name in before.items() if code not in now]
    new = [f"thêm đơn vị {code} «{name}»" for code, name in now.items() if code not in before]
    return renamed + gone + new


def _people(before: Mapping[str, str], registers: Registers) -> list[str]:
    people = registers.people
    gone = [
        f"không còn người {code} ({unit})" for code, unit in before.items() if code not in people
    ]
    return gone + [
        f"người {code} chuyển từ {unit} sang {people[code]['unit']}"
        for code, unit in before.items()
        if code in people and people[code]["unit"] != unit
    ]


def _products(lines: Iterable[Row], registers: Registers) -> list[str]:
    """Tell of coefficients that no line of the cycle before was issued with."""
    used: dict[str, set] = {}
    for line in lines:
        if line["coefficient"] is not None:
            used.setdefault(str(line["product"]), set()).add(line["coefficient"])
    found = []
    for code, before in used.items():
        now = registers.products.get(code, {}).get("coefficient")
        if now is not None and now not in before:
            was = ", ".join(show(figure) for figure in sorted(before))
            found.append(f"sản phẩm {code} có hệ số {show(now)}, việc kỳ trước theo {was}")
    return found
