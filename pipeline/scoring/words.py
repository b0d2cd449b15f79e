"""The sentences «Cách tính»: made once, from the stored figures, never computed again."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from pipeline.model.tables import SILENT, YES
from pipeline.model.text import show_decimal, show_percent
from pipeline.scoring.clock import BULK, PENDING, UNCLEAR
from pipeline.scoring.columns import Columns, apply
from pipeline.scoring.score import NO_REPORT, Quantity
from pipeline.scoring.sources import PLANNED
from pipeline.scoring.verdicts import GRANTED

NO_DATA = "chưa đủ dữ liệu"
RATES = (("a", "D"), ("b", "Q"), ("c", "P"))

# The same few figures stand in most sentences.
_shown = lru_cache(maxsize=65536)(show_decimal)


def write_sentences(scored: Columns) -> Columns:
    """Return the scored lines with their sentence: «2,7 × 3 = 8,1; tiến độ −25 % × 1 → 6,075»."""
    return apply((uncounted, volume, quality, progress, travels, over, arithmetic), scored)


def product(coefficient: Quantity, share: Decimal, quantity: Quantity, result: Decimal) -> str:
    """Return «2,7 × 0,5 × 3 = 4,05»; a share of 1 is left out."""
    factors = (coefficient, quantity) if share == 1 else (coefficient, share, quantity)
    return f"{' × '.join(_shown(factor or 0) for factor in factors)} = {_shown(result)}"


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
    taken = f"; người khác nhận thay {_shown(taken_away)}" if taken_away else ""
    return f"{given}{taken}; {f'xong {done}' if delivered else done}"


def quality(
    delivered: Decimal,
    deduct: str,
    rework: int,
    exempt_quality: str,
    Q: Decimal,
    Q_granted: Decimal,
) -> str:
    """Return the deduction for quality, "" where there is none."""
    return deduction("chất lượng", delivered, deduct, rework, exempt_quality, Q, Q_granted)


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
    items = f"{times} {BULK}" if deduct == BULK else str(times)
    other = f" (nếu chấp nhận loại trừ: {_shown(claimed)})" if claimed != kept else ""
    return f"{name} −25 % × {items} → {_shown(kept)}{other}"


def travels(uncounted: str, rework_pending: int) -> str:
    """Return that r waits for the next delivery."""
    waiting = rework_pending and not uncounted
    return f"chưa đạt {rework_pending} lần, trừ vào lần hoàn thành sau" if waiting else ""


def over(surplus: Decimal) -> str:
    """Return what was done above what was owed."""
    return f"vượt giao {_shown(surplus)}, không tính" if surplus else ""


def arithmetic(
    uncounted: str, volume: str, quality: str, progress: str, travels: str, over: str
) -> str:
    """Return the sentence of one line."""
    return "; ".join(filter(None, (uncounted, volume, quality, progress, travels, over)))


def rates_sentence(figures: Mapping[str, object], instead: str = "") -> str:
    """Return «a = ΣD/ΣA = 15,06/16,8 = 89,6 %; …; R = (a + b + c)/3 = 66,7 %», or `instead`."""
    if instead:
        return instead
    if figures["R"] is None:
        parts = [f"ΣA = 0: {NO_DATA}"]
    else:
        parts = [rate_sentence(figures, *pair) for pair in RATES]
        parts.append(f"R = (a + b + c)/3 = {show_percent(figures['R'])}")
    if figures["unclear"]:
        parts.append(f"tạm tính, còn {figures['unclear']} dòng chưa rõ")
    if figures["substituted"]:
        parts.append(f"{figures['substituted']} dòng do Tổ công tác nhập thay")
    return "; ".join(parts)


def rate_sentence(figures: Mapping[str, object], rate: str, total: str) -> str:
    """Return «a = ΣD/ΣA = 15,06/16,8 = 89,6 %»."""
    quotient = f"{_shown(figures[total])}/{_shown(figures['A'])}"
    whole = figures[f"{rate}_uncapped"]
    capped = f", tính {show_percent(figures[rate])}" if whole != figures[rate] else ""
    return f"{rate} = Σ{total}/ΣA = {quotient} = {show_percent(whole)}{capped}"
