"""Write the pages made from what is declared in schemas/ and docs/cach-tinh.toml.

python docs/generate.py            write docs/tu-dien-du-lieu.md, so-tay-loi.md, cach-tinh.md and
                                   templates/fonts/coverage.txt
python docs/generate.py --check    exit 1 when a page is not what the declarations say
"""

import sys
import tomllib
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont

from pipeline import ROOT
from pipeline.model.findings import Entry, catalogue
from pipeline.model.layout import Field, Layout, Sheet, layout
from pipeline.model.rules import LATE_WORDS, Rules
from pipeline.model.text import show
from pipeline.reply.codes import GROUPS, example, meaning
from pipeline.tools.blocks import letters
from pipeline.tools.page import TEMPLATES

DOCS = Path(__file__).resolve().parent
FONTS = TEMPLATES / "fonts"
EXAMPLES = DOCS / "cach-tinh.toml"
MADE = "<!-- Trang này do docs/generate.py viết từ schemas/; đừng sửa tay. -->"

# Where each declared workbook lies: schemas/<key>.toml → file.
WORKBOOKS = {
    "unit": "ky/<kỳ>/phieu/<đơn vị>.xlsx",
    "assignment": "ky/<kỳ>/giao-viec.xlsx",
    "registers": "danh-muc.xlsx",
    "catalogue": "danh mục xã đã ban hành, và output/danh-muc-nhap.xlsx",
    "verification": "ky/<kỳ>/tham-dinh.xlsx",
    "meeting": "ky/<kỳ>/ket-luan.xlsx",
    "archive": "output/<kỳ>/luu-tru.xlsx và các bảng của result.json",
    "export": "output/<kỳ>/xuat/tong-hop.xlsx và các bảng của tong-hop.json",
    "period": "output/<tháng, quý, năm>/ket-qua.xlsx và các bảng của ket-qua.json",
    "province": "output/tinh-<tháng>/tong-hop-tinh.xlsx và các bảng của tong-hop-tinh.json",
    "form": "output/<tháng>/mau-01/<công chức>.xlsx",
}
NOT_WORKBOOKS = ("findings",)
KINDS = {
    "code": "mã",
    "text": "chữ",
    "decimal": "số",
    "count": "số nguyên",
    "date": "ngày",
    "choice": "chọn trong danh sách",
}
FILLED_BY = {
    "issued": "in sẵn",
    "unit": "**đơn vị**",
    "group": "**xã**",
    "computed": "chương trình",
}
LISTS = {
    "units": "các đơn vị trong danh mục",
    "units_or_shared": "các đơn vị trong danh mục, hoặc «dùng chung»",
    "people": "những người trong danh mục",
    "people_and_units": "người, đơn vị trong danh mục",
    "products": "các sản phẩm trong danh mục",
}
COLUMNS = (
    "Ô",
    "Tiêu đề cột",
    "Khóa",
    "Kiểu",
    "Ai điền",
    "Bắt buộc",
    "Giới hạn",
    "Danh sách",
    "Lời nhắc",
    "Tên khác được nhận",
    "Công thức",
)


def dictionary() -> str:
    """Return the data dictionary: every workbook, sheet and column."""
    layouts = [layout(key) for key in _workbook_keys()]
    contents = [f"- [{_title(book)}](#{slug(_title(book))})" for book in layouts]
    parts = [DICTIONARY_HEAD, "\n".join(contents), *map(_workbook, layouts)]
    return "\n\n".join(parts) + "\n"


DICTIONARY_HEAD = f"""{MADE}

# Từ điển dữ liệu

Mọi sổ mà chương trình phát ra hoặc đọc vào: từng trang, từng cột. «Khóa» là tên cột trong mã nguồn
và trong `result.json`. «Ai điền»: **đơn vị** điền ở phiếu; **xã** là thư ký hoặc Tổ công tác;
«in sẵn» là do chương trình in khi phát, sửa cũng không có hiệu lực; «chương trình» là số tính ra.
Tiêu đề được nhận ra dù viết hoa hay thường, thừa dấu cách, «hoà» hay «hòa»; cột đổi chỗ vẫn đọc
được. Mục nào trống ở cả bảng thì bảng không có cột ấy.

Xem thêm: [hướng dẫn thư ký](thu-ky.md) · [hướng dẫn đơn vị](don-vi.md) ·
[sổ tay lỗi](so-tay-loi.md)."""


def _workbook_keys() -> list[str]:
    """Return the declared workbooks in the order of WORKBOOKS; a new one must be named there."""
    declared = {path.stem for path in (ROOT / "schemas").glob("*.toml")} - set(NOT_WORKBOOKS)
    if unnamed := declared - WORKBOOKS.keys():
        sys.exit(f"docs/generate.py: say in WORKBOOKS where {', '.join(sorted(unnamed))} lies")
    return [key for key in WORKBOOKS if key in declared]


def _title(book: Layout) -> str:
    return f"{book.title} ({book.key})"


def _workbook(book: Layout) -> str:
    return "\n\n".join(
        [
            f"## {_title(book)}",
            f"Tệp: `{WORKBOOKS[book.key]}`. Khai báo: `schemas/{book.key}.toml`.",
            *map(_sheet, book.sheet),
        ]
    )


def _sheet(sheet: Sheet) -> str:
    parts = [f"### Trang «{sheet.title}» (`{sheet.key}`)", _facts(sheet)]
    if sheet.field:
        parts.append(_fields(sheet))
    elif sheet.formula:
        rows = [(part.heading, f"`{part.formula}`") for part in sheet.formula]
        parts.append(_table(("Nội dung kiểm tra", "Công thức"), rows))
    return "\n\n".join(filter(None, parts))


def _facts(sheet: Sheet) -> str:
    """Return one line about the sheet as a whole."""
    if not sheet.heading_row:
        return "Trang chữ, không có bảng."
    spare = f"{sheet.rows} dòng để điền" if isinstance(sheet.rows, int) and sheet.rows else ""
    issued = "mỗi dòng do chương trình in sẵn" if sheet.rows == "issued" else ""
    tick = f"ô A3 để đánh dấu x: «{sheet.tick}»" if sheet.tick else ""
    facts = [f"Tiêu đề cột ở dòng {sheet.heading_row}", spare, issued, tick]
    return "; ".join(filter(None, facts)) + "."


def _fields(sheet: Sheet) -> str:
    rows = [_field(sheet, column, field) for column, field in enumerate(sheet.field)]
    kept = [n for n in range(len(COLUMNS)) if any(row[n] for row in rows)]
    return _table([COLUMNS[n] for n in kept], [[row[n] for n in kept] for row in rows])


def _field(sheet: Sheet, column: int, field: Field) -> tuple[str, ...]:
    formula = sheet.formula_of(field)
    return (
        letters(column),
        field.heading,
        f"`{field.key}`",
        KINDS[field.type],
        FILLED_BY[field.by],
        "có" if field.required else "",
        _limits(field),
        _choices(field),
        field.prompt,
        ", ".join(field.aliases),
        f"`{formula}`" if formula else "",
    )


def _limits(field: Field) -> str:
    low, high = show(field.min), show(field.max)
    if low and high:
        return f"từ {low} đến {high}"
    return f"từ {low} trở lên" if low else f"không quá {high}" if high else ""


def _choices(field: Field) -> str:
    named = isinstance(field.choices, str)
    return LISTS[field.choices] if named else " · ".join(field.choices)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def slug(title: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    kept = "".join(ch for ch in title.lower() if ch.isalnum() or ch in " -_")
    return kept.strip().replace(" ", "-")


def manual() -> str:
    """Return the findings manual: every code with an example, made by the program's own words."""
    entries = catalogue()
    groups = {key: [e for e in entries.values() if e.code.startswith(key)] for key in GROUPS}
    used = {key: found for key, found in groups.items() if found}
    contents = [
        f"- [{_group(key)}](#{slug(_group(key))}): {_count(found)}" for key, found in used.items()
    ]
    parts = [MANUAL_HEAD, "\n".join(contents)]
    for key, found in used.items():
        parts += [f"## {_group(key)}", *map(_entry, found)]
    return "\n\n".join(parts) + "\n"


MANUAL_HEAD = f"""{MADE}

# Sổ tay lỗi

Mỗi vấn đề chương trình nêu có một mã. Tra theo mã: chương trình nói gì, cần làm gì, một ví dụ.

- **lỗi**: dòng có lỗi chưa được tính cho đến khi sửa. Lỗi K1, K2 làm cả tệp không dùng được; bản
  dùng được gần nhất của đơn vị (nếu có) vẫn giữ. Lỗi K7 ở danh mục, bảng giao việc thì phải sửa
  xong mới in được hồ sơ.
- **cảnh báo**: vẫn tính, có in trong hồ sơ.
- **lưu ý**: để biết, không phải làm gì hoặc chương trình đã tự sửa.

Ô và dòng trong mỗi thông báo là ô và dòng trong chính tệp đơn vị gửi. Chữ trong «…» của ví dụ là
ví dụ."""


def _group(key: str) -> str:
    return f"{key}. {GROUPS[key]}"


def _count(found: list[Entry]) -> str:
    return f"{len(found)} mã, {found[0].code}–{found[-1].code}"


def _entry(entry: Entry) -> str:
    lines = [
        f"### {entry.code} · {entry.severity}",
        meaning(entry.message),
        f"**Cần làm.** {meaning(entry.action)}",
        f"**Ví dụ.** {example(entry)}",
    ]
    lines += [f"**Căn cứ.** {entry.basis}"] if entry.basis else []
    lines += [f"**Áp dụng từ kỳ** {entry.since}."] if entry.since else []
    return "\n\n".join([*lines, f"*{entry.english}*"])


def examples() -> str:
    """Return the worked examples: what was given, every step by hand, the result."""
    whole = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    told = whole["vi_du"]
    titles = [f"{n}. {one['ten']}" for n, one in enumerate(told, 1)]
    rows = [row for title, one in zip(titles, told, strict=True) for row in _results(title, one)]
    parts = [EXAMPLES_HEAD, _table(("Ví dụ", "Ai", "a", "b", "c", "R", "Điểm", "Mức"), rows)]
    for title, one in zip(titles, told, strict=True):
        parts += [f"## {title}", f"**Hỏi.** {one['hoi']}", f"**Đáp.** {one['dap']}"]
        parts += [_drawn(cycle, text) for cycle, text in one["ky"].items()]
        parts += [_leaders(one["lanh_dao"])] if "lanh_dao" in one else []
        parts += [_steps(part) for part in one["tinh"]]
    parts.append(RULINGS_HEAD)
    for one in whole["quyet"]:
        parts += [f"### {one['ten']}", one["lam"], f"*Vì sao.* {one['vi_sao']}"]
    return "\n\n".join(parts) + "\n"


EXAMPLES_HEAD = """<!-- Trang này do docs/generate.py viết từ docs/cach-tinh.toml; đừng sửa tay. -->

# Cách tính, qua các ví dụ tính tay

Mỗi ví dụ trả lời một câu hay được hỏi, với đủ các phép tính để kiểm lại bằng bút. Các con số ở đây
được tính tay từ Nghị định 335/2025/NĐ-CP, không lấy từ chương trình; mỗi lần kiểm thử, chương trình
phải ra đúng từng con số này. «=» là đúng bằng, «≈» là đã làm tròn để in.

ΣA là phần được giao (hệ số × tỷ lệ × số lượng), ΣD phần đã hoàn thành, ΣQ phần đạt chất lượng,
ΣP phần đúng tiến độ; a = ΣD/ΣA, b = ΣQ/ΣA, c = ΣP/ΣA, R là trung bình. Điểm là điểm tiêu chí chung
(tối đa 30) cộng R × 70, chỉ có ở tháng. Mức là mức điểm tham khảo, không phải xếp loại. Điểm in hai
số lẻ, chỗ làm tròn mà sang mức khác thì cắt bớt. Chỗ Nghị định không nói hết, chương trình làm thế
nào và vì sao: xem [cuối trang](#chỗ-quy-định-để-ngỏ)."""


RULINGS_HEAD = """## Chỗ quy định để ngỏ

Những chỗ Nghị định không nói hết, chương trình làm như sau. Mỗi điều có một bài kiểm thử giữ."""


def _results(title: str, one: dict) -> list[list[str]]:
    """Return the rows of the first table: the last step of every figure."""
    rows = []
    for part in one["tinh"]:
        last = _last_steps(part)
        figures = [last.get(name, "") for name in ("a", "b", "c", "R", "tổng điểm")]
        figures[-1] = part.get("in_ra", "")
        rows.append([title, _whose(part), *figures, part.get("muc", "")])
    return rows


def _last_steps(part: dict) -> dict[str, str]:
    steps = [step.replace("≈", "=").split(" = ") for step in part["phep_tinh"]]
    return {step[0]: step[-1] for step in steps}


def _whose(part: dict) -> str:
    rule = part.get("cach_dem_cham")
    return f"{part['ai']}, đếm chậm {LATE_WORDS[rule]}" if rule else part["ai"]


def _drawn(cycle: str, text: str) -> str:
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().split("\n"))
    return f"Kỳ {cycle}:\n\n{_table(head, rows)}"


def _leaders(leaders: dict[str, dict]) -> str:
    parts = [
        f"{who} là lãnh đạo trực tiếp của {', '.join(one['nhan_vien'])}; đ = {one['đ']} %, "
        f"e = {one['e']} %."
        for who, one in leaders.items()
    ]
    return " ".join(parts)


def _steps(part: dict) -> str:
    rule = LATE_WORDS[part.get("cach_dem_cham", Rules().late_rule)]
    general = f", điểm tiêu chí chung {part['diem_chung']}" if "diem_chung" in part else ""
    parts = [f"**{part['ai']}** (đếm chậm {rule}{general}):"]
    parts.append("\n".join(f"- {step}" for step in part["phep_tinh"]))
    parts += [part["ghi_chu"]] if "ghi_chu" in part else []
    printed = f" In ra: {part['in_ra']}." if "in_ra" in part else ""
    parts += [f"Mức tham khảo: **{part['muc']}**.{printed}"] if "muc" in part else []
    return "\n\n".join(parts)


def pages() -> dict[Path, str]:
    """Return the generated pages by their file."""
    return {
        DOCS / "tu-dien-du-lieu.md": dictionary(),
        DOCS / "so-tay-loi.md": manual(),
        DOCS / "cach-tinh.md": examples(),
        FONTS / "coverage.txt": coverage(),
    }


def coverage() -> str:
    """Return the ranges of characters that every cut of the shipped fonts can draw, one a line."""
    cuts = [TTFont(file).getBestCmap().keys() for file in FONTS.glob("LiberationSerif-*.ttf")]
    drawn = (
        set.intersection(*map(set, cuts)) | TTFont(FONTS / "SauroSymbols.ttf").getBestCmap().keys()
    )
    runs = groupby(enumerate(sorted(drawn)), key=lambda one: one[1] - one[0])
    ends = ([code for _, code in run] for _, run in runs)
    return "".join(f"{codes[0]:08x}-{codes[-1]:08x}\n" for codes in ends)


def stale() -> list[str]:
    """Return the names of the pages that are not what the declarations say."""
    return [
        path.name
        for path, text in pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with --check only say which are stale."""
    if list(arguments) == ["--check"]:
        names = stale()
        print("\n".join(f"{name}: stale, run python docs/generate.py" for name in names))
        return 1 if names else 0
    if arguments:
        print(__doc__)
        return 2
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
