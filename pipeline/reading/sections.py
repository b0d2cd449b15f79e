"""The section rows a row stands under: «A. Dùng chung», in it «I. Soạn thảo», and so on."""

import re

from pipeline.model.text import fold

STYLES = (
    ("roman", re.compile(r"[ivx]{1,5}(?:\s*[.)/:–-]\s*|\s+|$)")),
    ("letter", re.compile(r"[a-h](?:\s*[.)/:–-]\s*|\s+|$)")),
    ("number", re.compile(r"\d{1,2}\s*[.)/:–-](?!\d)")),
    ("second number", re.compile(r"\d{1,2}\.\d{1,2}\b")),
    ("part", re.compile(r"phần\b")),
    ("annex", re.compile(r"phụ lục\b")),
    ("chapter", re.compile(r"(?:chương|mục)\b")),
)


def add_section(sections: list[tuple[str, str]], text: str) -> list[tuple[str, str]]:
    """Return the open sections after one more, by style and text.

    A section ends the last one numbered in the same style, and all that stand within that.
    """
    style = _style(text)
    styles = [other for other, _ in sections]
    kept = sections[: styles.index(style)] if style in styles else sections
    return [*kept, (style, text)]


def _style(text: str) -> str:
    """Return how a section is numbered, «plain» when it is not."""
    folded = fold(text)
    return next((style for style, mark in STYLES if mark.match(folded)), "plain")
