"""How people type the same Vietnamese words: tone marks in either place, any case, any form."""

import re
import unicodedata
from collections.abc import Iterator

TONES = "[\u0300\u0301\u0303\u0309\u0323]"
PAIRS = "oa|oe|uy"


def spellings(text: str) -> Iterator[str]:
    """Yield the text with each pair of vowels toned on the first and on the second, in all forms.

    Vowels of an open syllable may be toned on either; of a closed one both are seen too.
    """
    plain = unicodedata.normalize("NFD", text)
    early = re.sub(f"({PAIRS})({TONES})", lambda m: m[1][0] + m[2] + m[1][1], plain)
    late = re.sub(f"([ou])({TONES})([aey])", _late, plain)
    for spelt in {plain, early, late}:
        for form in ("NFC", "NFD"):
            shaped = unicodedata.normalize(form, spelt)
            yield from (shaped, shaped.upper(), shaped.capitalize())


def _late(found: re.Match[str]) -> str:
    pair = found[1] + found[3]
    return pair + found[2] if pair in PAIRS.split("|") else found[0]
