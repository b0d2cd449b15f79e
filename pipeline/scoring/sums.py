"""The sentence «Cách tính» of a set of lines: the sums written out, and what was deducted."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import groupby, islice, repeat

from pipeline.model.text import show_decimal, show_percent
from pipeline.scoring.clock import BULK
from pipeline.scoring.columns import Columns
from pipeline.scoring.words import cut, factors, shown

NO_DATA = "chưa đủ dữ liệu"
FEW_TERMS = 8  # a sum of more terms is given by its result
MOST_PLACES = 4  # decimals of a, b, c where one is too few to give R
HALF = Decimal("0.15")  # half of the last printed digit, three times
PRINTING = Context(prec=100)  # exact() would refuse to round
MOST_NAMED = 10  # deducted lines named one by one, the greatest losses; the others are counted
LOSSES = (("P", "lateness", "chậm"), ("Q", "rework", "chưa đạt chất lượng"))


def rates_sentence(figures: Mapping[str, object], lines: Columns, instead: str = "") -> str:
    """Return the arithmetic of a, b, c and R over these lines, or `instead`.

    «ΣA = 1×5 + 2,7×3 = 13,1; a = ΣD/ΣA = (1×4 + 2,7×3)/13,1 = 12,1/13,1 = 92,4 %; …;
    −25 % × 1: KT-01 chậm». Call it inside exact().
    """
    if instead:
        return instead
    parts = [f"ΣA = 0: {NO_DATA}"] if figures["R"] is None else _written_out(figures, lines)
    if figures["unclear"]:
        parts.append(f"tạm tính, còn {figures['unclear']} dòng chưa rõ")
    if figures["substituted"]:
        parts.append(f"{figures['substituted']} dòng do Tổ công tác nhập thay")
    return "; ".join(parts)


def _written_out(figures: Mapping[str, object], lines: Columns) -> list[str]:
    assigned = _added(_products(lines, "base", "A"))
    done = _added(_products(lines, "delivered", "D"))
    return [
        *([f"ΣA = {assigned} = {shown(figures['A'])}"] if assigned else []),
        _rate(figures, "a", "D", done if done != assigned else ""),
        _rate(figures, "b", "Q", _less(figures, lines, "Q")),
        _rate(figures, "c", "P", _less(figures, lines, "P")),
        f"R = ({' + '.join(_hundredths(figures))})/3 = {show_percent(figures['R'])}",
        *(part for loss in LOSSES for part in _deducted(lines, *loss)),
    ]


def _hundredths(figures: Mapping[str, object]) -> list[str]:
    """Return a, b and c in percent, with the decimals that whoever adds them up needs for R."""
    thrice = 3 * _rounded(figures["R"], 1)
    for places in range(1, MOST_PLACES + 1):
        parts = [_rounded(figures[rate], places) for rate in "abc"]
        if -HALF <= sum(parts) - thrice < HALF:
            break
    return [show_decimal(part, places) for part in parts]


def _rounded(rate: Decimal, places: int) -> Decimal:
    """Return a rate in percent as it is printed: half up."""
    return (rate * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, PRINTING)


def _rate(figures: Mapping[str, object], rate: str, total: str, terms: str) -> str:
    """Return «a = ΣD/ΣA = (1×4 + 2,7×3)/13,1 = 12,1/13,1 = 92,4 %»; without terms it is shorter."""
    whole = shown(figures["A"])
    quotient = f"{shown(figures[total])}/{whole}"
    terms = f"({terms})" if " " in terms else terms
    quotient = f"{terms}/{whole} = {quotient}" if terms else quotient
    uncapped = figures[f"{rate}_uncapped"]
    capped = f", tính {show_percent(figures[rate])}" if uncapped != figures[rate] else ""
    return f"{rate} = Σ{total}/ΣA = {quotient} = {show_percent(uncapped)}{capped}"


def _products(lines: Columns, quantity: str, converted: str) -> Iterator[str]:
    """Yield «2,7×3» of every line that adds something to a sum."""
    names = ("coefficient", "share", quantity, converted)
    rows = zip(*(lines[name] for name in names), strict=True)
    return (_term(*row) for row in rows if row[-1])


def _term(k: Decimal, share: Decimal, quantity: Decimal, figure: Decimal) -> str:
    """Return one product; over cycles in which k or the share changed there is only its figure."""
    whole = (k or 0) * share * quantity == figure
    return factors(k, share, quantity, "×") if whole else shown(figure)


def _added(terms: Iterator[str]) -> str:
    """Return «1×5 + 2,7×3», "" of more terms than one reads."""
    few = list(islice(terms, FEW_TERMS + 1))
    return " + ".join(few) if len(few) <= FEW_TERMS else ""


def _less(figures: Mapping[str, object], lines: Columns, kept: str) -> str:
    """Return «15,06 − 2,025 − 1,48»: what was done less what each deduction took; "" of many."""
    pairs = zip(lines["D"], lines[kept], strict=True)
    lost = list(islice((done - left for done, left in pairs if left < done), FEW_TERMS + 1))
    if not 0 < len(lost) <= FEW_TERMS:
        return ""
    return " − ".join(map(shown, (figures["D"], *lost)))


def _deducted(lines: Columns, kept: str, times: str, why: str) -> list[str]:
    """Return «−25 % × 1: KT-01, KT-07 chậm» for every number of times, the fewest first."""
    hit = _hit(lines, kept, times)
    named = sorted(sorted(hit, reverse=True)[:MOST_NAMED], key=lambda row: row[1:4])
    parts = [
        f"{_lead(*group)}: {', '.join(dict.fromkeys(row[4] for row in rows))} {why}"
        for group, rows in groupby(named, key=lambda row: row[1:3])
    ]
    more = len(hit) - len(named)
    return [*parts, *([f"{more} dòng khác {why}"] if more else [])]


def _hit(lines: Columns, kept: str, times: str) -> list[tuple[Decimal, bool, int, int, str]]:
    """Return what each deducted line lost, whether by items, how many times, its place, its task.

    Over several cycles the times of their deliveries cannot be told as one: 0.
    """
    single = "deduct" in lines
    hows, numbers = (lines["deduct"], lines[times]) if single else (repeat(""), repeat(0))
    rows = zip(lines["D"], lines[kept], hows, numbers, lines["task_id"], strict=single)
    return [
        (done - left, how == BULK, number, n, task)
        for n, (done, left, how, number, task) in enumerate(rows)
        if left < done
    ]


def _lead(bulk: bool, number: int) -> str:
    return cut(number, BULK if bulk else "") if number else "bị trừ"
