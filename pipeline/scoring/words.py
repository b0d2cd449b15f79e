"""The sentence «Cách tính» of a line: made once, from its figures, never computed again."""

from decimal import Decimal
from functools import lru_cache

from pipeline.model.tables import SILENT, YES
from pipeline.model.text import show_decimal
from pipeline.scoring.clock import BULK, PENDING, UNCLEAR
from pipeline.scoring.columns import Columns, apply
from pipeline.scoring.score import NO_REPORT, Quantity
from pipeline.scoring.sources import PLANNED
from pipeline.scoring.verdicts import GRANTED

# The same few figures stand in most sentences.
shown = lru_cache(maxsize=65536)(show_decimal)


def write_sentences(scored: Columns) -> Columns:
    """Return the scored lines with their sentence: «2,7 × 3 = 8,1; tiến độ −25 % × 1 → 6,075»."""
    return apply((uncounted, volume, quality, progress, travels, over, arithmetic), scored)


def product(coefficient: Quantity, share: Decimal, quantity: Quantity, result: Decimal) -> str:
    """Return «2,7 × 0,5 × 3 = 4,05»."""
    return f"{factors(coefficient, share, quantity)} = {shown(result)}"


def factors(coefficient: Quantity, share: Decimal, quantity: Quantity, sign: str = " × ") -> str:
    """Return «2,7 × 0,5 × 3»; a share of 1 is left out."""
    kept = (coefficient, quantity) if share == 1 else (coefficient, share, quantity)
    return sign.join(shown(factor or 0) for factor in kept)


def uncounted(
    standing: str,
    unclear: str,
    lacking: tuple[str, ...],
    coefficient: Quantity,
    share: Decimal,
    base: Decimal,
    A: Decimal,
    heard: Quantity,
    D_reported: Decimal,
) -> str:
    """Return why a line is not counted and what it keeps, "" where it is."""
    if standing == PENDING:
        why = f"{PENDING}, còn thiếu {', '.join(lacking)}" if lacking else PENDING
        accepted = product(coefficient, share, heard, D_reported) if D_reported else ""
        return f"{why}; nếu được xác nhận: {accepted}" if accepted else why
    if standing not in (SILENT, UNCLEAR):
        return ""
    why = SILENT if standing == SILENT else unclear
    why = why if why in (SILENT, NO_REPORT) else f"chưa tính ({why})"
    return f"{why}; giữ A = {product(coefficient, share, base, A)}" if base else why


def volume(
    uncounted: str,
    kind: str,
    coefficient: Quantity,
    share: Decimal,
    assigned: Quantity,
    base: Decimal,
    delivered: Decimal,
    taken_away: Decimal,
    A: Decimal,
    D: Decimal,
    withdrawn: str,
    decision: str,
) -> str:
    """Return what was assigned and what was done of it."""
    if uncounted:
        return ""
    done = product(coefficient, share, delivered, D) if delivered else "chưa xong phần nào"
    if withdrawn == YES:
        part = f"chỉ tính phần đã xong: {done}" if delivered else "không tính"
        return f"thu hồi theo {decision}, {part}"
    if kind != PLANNED:
        return f"{kind}, không tính vào A: {done}"
    if base == delivered == assigned:
        return done
    if base == delivered:
        early = "xong sớm một phần, tính vào cả A và D"
        return f"{early}: {done}" if delivered else "chưa đến hạn, chưa tính"
    given = f"giao {product(coefficient, share, base, A)}"
    taken = f"; người khác nhận thay {shown(taken_away)}" if taken_away else ""
    return f"{given}{taken}; {f'xong {done}' if delivered else done}"


def quality(
    delivered: Decimal,
    deduct: str,
    rework: int,
    rework_brought: int,
    exempt_quality: str,
    Q: Decimal,
    Q_granted: Decimal,
) -> str:
    """Return the deduction for quality, "" where there is none."""
    told = deduction("chất lượng", delivered, deduct, rework, exempt_quality, Q, Q_granted)
    if not told or not rework_brought:
        return told
    part = "kể cả" if exempt_quality == GRANTED else "trong đó"
    return f"{told}, {part} {rework_brought} lần kỳ trước mang sang"


def progress(
    delivered: Decimal,
    deduct: str,
    lateness: int,
    exempt_progress: str,
    P: Decimal,
    P_granted: Decimal,
) -> str:
    """Return the deduction for progress, "" where there is none."""
    return deduction("tiến độ", delivered, deduct, lateness, exempt_progress, P, P_granted)


def deduction(
    name: str,
    delivered: Decimal,
    deduct: str,
    times: int,
    exempt: str,
    kept: Decimal,
    claimed: Decimal,
) -> str:
    """Return «tiến độ −25 % × 1 → 6,075», and what it would be with the claim granted."""
    if not delivered or (not times and exempt != GRANTED):
        return ""
    if exempt == GRANTED:
        return f"{name}: được loại trừ, không trừ"
    other = f" (nếu chấp nhận loại trừ: {shown(claimed)})" if claimed != kept else ""
    return f"{name} {cut(times, deduct)} → {shown(kept)}{other}"


def cut(times: int, deduct: str) -> str:
    """Return «−25 % × 2», «−25 % × 2 cái» where single items are deducted."""
    return f"−25 % × {times} {BULK}" if deduct == BULK else f"−25 % × {times}"


def travels(uncounted: str, rework_pending: int) -> str:
    """Return that r waits for the next delivery."""
    waiting = rework_pending and not uncounted
    return f"chưa đạt {rework_pending} lần, trừ vào lần hoàn thành sau" if waiting else ""


def over(surplus: Decimal) -> str:
    """Return what was done above what was owed."""
    return f"vượt giao {shown(surplus)}, không tính" if surplus else ""


def arithmetic(
    uncounted: str, volume: str, quality: str, progress: str, travels: str, over: str
) -> str:
    """Return the sentence of one line."""
    return "; ".join(filter(None, (uncounted, volume, quality, progress, travels, over)))
