"""Which characters the shipped fonts can draw."""

from itertools import groupby

from fontTools.ttLib import TTFont

from pipeline.tools.page import TEMPLATES

FONTS = TEMPLATES / "fonts"


def coverage() -> str:
    """Return the ranges of characters that every cut of the shipped fonts can draw, one a line."""
    cuts = [TTFont(file).getBestCmap().keys() for file in FONTS.glob("LiberationSerif-*.ttf")]
    drawn = (
        set.intersection(*map(set, cuts)) | TTFont(FONTS / "SauroSymbols.ttf").getBestCmap().keys()
    )
    runs = groupby(enumerate(sorted(drawn)), key=lambda one: one[1] - one[0])
    ends = ([code for _, code in run] for _, run in runs)
    return "".join(f"{codes[0]:08x}-{codes[-1]:08x}\n" for codes in ends)
