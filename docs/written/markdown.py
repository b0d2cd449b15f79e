"""How the generated pages are written in Markdown."""

from collections.abc import Iterable, Sequence

MADE = "<!-- Trang này do docs/generate.py viết từ schemas/; đừng sửa tay. -->"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def slug(title: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    kept = "".join(ch for ch in title.lower() if ch.isalnum() or ch in " -_")
    return kept.strip().replace(" ", "-")
