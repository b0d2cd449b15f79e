"""Hide in what communes wrote the people they know: their names, typed any way, and their codes."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

SOMEBODY = "[tên]"
# Before a given name alone; «cô», «chú» begin common words.
CALLED = "ông|bà|anh|chị|đồng chí|đ/c|đc"
APOSTROPHE = "['’‘ʼ`]"  # «H'Lan», as every keyboard writes it


def hider(names: Iterable[str], codes: Iterable[str]) -> Sequence[re.Pattern[str]]:
    """Return what finds these people in a text for `hide`.

    A whole name counts in any case, with or without its marks. A part of one at its end, and a name
    of one word, only behind «ông», «bà», «anh», «chị», «đồng chí» and with a capital. A code as it
    is, if it has letters and digits both.
    """
    known = [words for name in names if (words := name.split())]
    whole = {_plain(" ".join(words)) for words in known if len(words) > 1}
    given = {" ".join(words[-n:]) for words in known for n in range(1, max(len(words), 2))}
    given |= {name.upper() for name in given}
    marked = {code for code in codes if re.search(r"[^\W\d]", code) and re.search(r"\d", code)}
    return (
        re.compile(_any(whole)),
        re.compile(rf"(?i:(?<!\w)(?:{CALLED}))[.:]?\s+({_any(given)})"),
        re.compile(_any(marked)),
    )


def hide(text: str, people: Sequence[re.Pattern[str]]) -> str:
    """Return a text with «[tên]» in place of the people."""
    whole, given, codes = people
    text = unicodedata.normalize("NFC", text)
    for at, end in reversed([found.span() for found in whole.finditer(_plain(text))]):
        text = f"{text[:at]}{SOMEBODY}{text[end:]}"
    text = given.sub(lambda found: found[0].removesuffix(found[1]) + SOMEBODY, text)
    return codes.sub(SOMEBODY, text)


def _any(texts: Collection[str]) -> str:
    """Return a pattern of whole words, the longest first; of no texts one that finds nothing."""
    ordered = sorted(texts, key=lambda text: (-len(text), text))
    known = "|".join(r"\s+".join(map(re.escape, text.split())) for text in ordered)
    known = re.sub(APOSTROPHE, APOSTROPHE, known)
    return rf"(?<!\w)(?:{known})(?!\w)" if known else r"(?!)"


def _plain(text: str) -> str:
    """Return a text without case and marks, letter for letter in its place."""
    whole = unicodedata.normalize("NFC", text).replace("đ", "d").replace("Đ", "d")
    return "".join(unicodedata.normalize("NFD", sign)[0].lower()[0] for sign in whole)
