"""The findings manual: every code with an example, made by the program's own words."""

from pipeline.model.findings import Entry, catalogue
from pipeline.reply.codes import GROUPS, example, meaning
from written.markdown import MADE, slug


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
