"""Which communes count together: each once, all by the same rules, and who has sent nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.model.findings import InputError
from pipeline.model.province import NOT_SENT, TWICE, UNLIKE, Part, plain_name
from pipeline.model.text import fold


@dataclass(frozen=True)
class Asked:
    """What whoever rolls up asks for: the rules that count, the communes that should be there."""

    rule_code: str = ""
    expected: Sequence[str] = ()


def settle(parts: Sequence[Part], asked: Asked) -> tuple[str, list[Part]]:
    """Return the rule code that counts, and every commune with the faults seen only beside others.

    Raises InputError where no rules are those of more than half, and none were asked for.
    """
    single = _once(parts)
    code = asked.rule_code or _usual_code(single)
    alike = [_by_rules(part, code) for part in single]
    return code, _apart([*alike, *_not_sent(alike, asked.expected)])


def _once(parts: Sequence[Part]) -> list[Part]:
    """Return the parts; of a commune that is there twice none counts."""
    folders: dict[tuple[str, str], list[str]] = {}
    for part in parts:
        folders.setdefault((fold(part.province), fold(part.name)), []).append(part.folder)
    return [
        part.with_fault(TWICE, f"cùng là {part.name}: {', '.join(twins)}", "Giữ lại một thư mục.")
        if part.name and len(twins := folders[fold(part.province), fold(part.name)]) > 1
        else part
        for part in parts
    ]


def _usual_code(parts: Iterable[Part]) -> str:
    """Return the rule code of more than half of the communes that count."""
    codes = Counter(part.rule_code for part in parts if part.counts)
    if not codes:
        return ""
    code, most = codes.most_common(1)[0]
    if 2 * most <= codes.total():
        told = ", ".join(f"{one} ({count} xã)" for one, count in sorted(codes.items()))
        raise InputError(
            f"các xã tính theo những bộ quy tắc khác nhau: {told}; không cộng chung được."
            " Chọn một bộ: thêm --rules rồi mã bộ quy tắc."
        )
    return code


def _by_rules(part: Part, code: str) -> Part:
    if not part.counts or part.rule_code == code:
        return part
    return part.with_fault(
        UNLIKE,
        f"tính theo bộ quy tắc {part.rule_code}, tỉnh cộng theo {code}",
        f"Xã đặt [rules] trong commune.toml như bộ {code}, tổng hợp và khóa lại kỳ, rồi gửi lại.",
    )


def _not_sent(parts: Sequence[Part], expected: Iterable[str]) -> list[Part]:
    """Return the communes of the list that no archive, and no folder, is called by."""
    folders = (part.folder.rpartition("/")[2] for part in parts)
    there = {plain_name(name) for name in (*folders, *(part.name for part in parts))}
    lost = [name for name in dict.fromkeys(expected) if plain_name(name) not in there]
    what, action = "có trong danh sách, không có thư mục", "Xã gửi cả thư mục luu-tru."
    return [Part(name).with_fault(NOT_SENT, what, action) for name in lost]


def _apart(parts: Sequence[Part]) -> list[Part]:
    """Return the parts, communes of one name in several provinces called with their province."""
    provinces: dict[str, set[str]] = {}
    for part in parts:
        if part.province:
            provinces.setdefault(fold(part.called), set()).add(fold(part.province))
    return [
        replace(part, name=f"{part.called}, {part.province}")
        if part.province and len(provinces[fold(part.called)]) > 1
        else part
        for part in parts
    ]
