"""What is other than in the cycle before: registers, coefficients, rules. Told, never judged."""

from collections.abc import Iterable, Mapping

from pipeline.model.findings import finding
from pipeline.model.folders import REGISTERS, SETTINGS
from pipeline.model.registers import Registers
from pipeline.model.text import show

GONE, NEW = "không còn trong danh mục", "mới có trong danh mục"
Row = Mapping[str, object]
Told = list[tuple[str, str]]  # what, how it differs


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
    return [finding("K623", file=REGISTERS, value=value, fact=fact) for value, fact in told]


def check_rules(code: str, before: str) -> list[dict]:
    """Return K623 where the cycle before was scored by other rules."""
    if before in ("", code):
        return []
    fact = f"từ {before} thành {code}: hai kỳ không so được với nhau"
    return [finding("K623", file=SETTINGS, value="bộ quy tắc", fact=fact)]


def _units(before: Mapping[str, str], registers: Registers) -> Told:
    now = {code: registers.unit_name(code) for code in registers.units}
    both = [code for code in before if code in now and before[code] != now[code]]
    renamed = [(f"đơn vị {c}", f"đổi tên từ «{before[c]}» thành «{now[c]}»") for c in both]
    gone = [(f"đơn vị {code} ({name})", GONE) for code, name in before.items() if code not in now]
    new = [(f"đơn vị {code} ({name})", NEW) for code, name in now.items() if code not in before]
    return renamed + gone + new


def _people(before: Mapping[str, str], registers: Registers) -> Told:
    people = registers.people
    gone = [(f"người {code} ({unit})", GONE) for code, unit in before.items() if code not in people]
    return gone + [
        (f"người {code}", f"chuyển từ đơn vị {unit} sang {people[code]['unit']}")
        for code, unit in before.items()
        if code in people and people[code]["unit"] != unit
    ]


def _products(lines: Iterable[Row], registers: Registers) -> Told:
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
            said = f"hệ số từ {was} thành {show(now)}; việc đã giao giữ hệ số khi giao"
            found.append((f"sản phẩm {code}", said))
    return found
