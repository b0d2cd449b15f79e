"""Explain a figure or a code from what is stored; nothing is read or computed again."""

from collections.abc import Callable
from pathlib import Path

from pipeline import reply
from pipeline.cycle.stored import stored_result
from pipeline.model.calendar import parse_cycle
from pipeline.model.findings import InputError, catalogue
from pipeline.model.folders import find_cycle
from pipeline.model.period import parse_period
from pipeline.model.text import fold_code


def explain(data: Path, output: Path, words: tuple[str, ...], person: str | None) -> list[str]:
    """Return lines for the terminal about a task, a person or a code; a cycle may stand first.

    Raises InputError, in one sentence, where the cycle is not made or has nothing of that name.
    """
    cycle, wanted = _sorted_out(words)
    if len(words) == len(wanted) == 2:
        find_cycle(data, wanted[0])  # says why it is none
    if person and len(words) == len(wanted) == 1 and _is(parse_period, wanted[0]):
        raise InputError(
            f"«{wanted[0]}» không phải một kỳ; ghi như 2026-11-K1. "
            "Cách tính điểm tháng của từng người in ở Mẫu 01."
        )
    if len(wanted) + bool(person) != 1:
        raise InputError("ghi một mã việc, một mã vấn đề hoặc --person; ví dụ: sauro explain KT-07")
    code = fold_code(wanted[0]) if wanted else ""
    if code in catalogue():
        told = reply.explain_code(code)
        stored = stored_result(data, output, find_cycle(data, cycle)) if cycle else None
        return [*told, *reply.explain_occurrences(stored, code)] if stored else told
    if reply.is_code(code):
        raise InputError(f"không có mã vấn đề «{wanted[0]}».{reply.near_codes(code)}")
    result = stored_result(data, output, find_cycle(data, cycle))
    return reply.explain_person(result, person) if person else reply.explain_task(result, wanted[0])


def _sorted_out(words: tuple[str, ...]) -> tuple[str | None, list[str]]:
    """Return the cycle, if one was named, and the rest."""
    cycles = [word for word in words if _is(parse_cycle, word)]
    return next(iter(cycles), None), [word for word in words if word not in cycles]


def _is(parse: Callable[[str], object], word: str) -> bool:
    try:
        parse(word)
    except ValueError:
        return False
    return True
