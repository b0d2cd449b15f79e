"""One task of a rollup: a commune's archive verified, then what of it the province may know."""

import logging
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.history import read_result
from pipeline.model.calendar import Cycle
from pipeline.model.findings import InputError, OperatorError
from pipeline.model.folders import CLOSED
from pipeline.model.period import Period, parse_period
from pipeline.model.province import (
    DAMAGED,
    GAP,
    MISSING,
    NO_ARCHIVE,
    NO_BEFORE,
    UNLIKE,
    Fault,
    Part,
    Row,
)
from pipeline.model.tables import CycleResult, records
from pipeline.rollup.archives import PACKED, damages
from pipeline.scoring.periods import sum_period
from pipeline.scoring.province.parts import commune_part
from pipeline.tools import chain

MOST_NAMED = 4  # cycles, damages
MEND = (
    "Xã lấy lại tệp từ bản sao lưu, chạy sauro verify đến khi nguyên vẹn, rồi gửi lại cả thư mục"
    f" {CLOSED}."
)
LOG = logging.getLogger(__name__)
Results = Mapping[Cycle, CycleResult]


@dataclass(frozen=True)
class Order:
    """Where a commune's archive lies, what it is called, its period and those to compare with."""

    data: str
    called: str
    period: str
    earlier: tuple[str, ...]


class DamageError(Exception):
    """What an archive holds is not what its record says."""


def read_commune(order: Order) -> Part:
    """Return a commune's part: its archive verified first, then its rows without a person.

    Raises InputError where the folder is not to be seen from here.
    """
    data = Path(order.data)
    if not os.path.lexists(data):
        raise InputError(f"máy làm việc không thấy {data}; để các kho lưu trữ ở ổ đĩa chung.")
    part = Part(order.called)
    if data.is_symlink() or not (data / CLOSED).is_dir():
        return part.with_fault(*_no_archive(data))
    try:
        return _read(part, data, parse_period(order.period), map(parse_period, order.earlier))
    except (DamageError, OperatorError) as error:
        return part.with_fault(DAMAGED, _relative(error, data), MEND)
    except Exception as error:  # whatever one archive does, the others are rolled up
        LOG.exception("reading %s", data)
        return part.with_fault(DAMAGED, f"không đọc được ({type(error).__name__})", MEND)


def ended(order: Order) -> Part:
    """Return the part of a commune whose archive ends every process that reads it."""
    what = "đọc kho lưu trữ này thì tiến trình đọc dừng giữa chừng, đã thử lại"
    return Part(order.called).with_fault(DAMAGED, what, MEND)


def _no_archive(data: Path) -> tuple[str, str, str]:
    if data.suffix.lower() in PACKED:
        return NO_ARCHIVE, "còn là tệp nén", "Giải nén thành một thư mục mang tên xã."
    if data.is_symlink() or not data.is_dir():
        what = "đường dẫn tắt" if data.is_symlink() else "tệp"
        return NO_ARCHIVE, f"là {what}, không phải thư mục", "Chép cả thư mục của xã vào chỗ này."
    action = f"Xã gửi cả thư mục {CLOSED}, đặt trong một thư mục mang tên xã."
    return NO_ARCHIVE, f"không có thư mục {CLOSED}", action


def _relative(error: Exception, data: Path) -> str:
    """Return what an error says of an archive, without what to run at the commune's."""
    return str(error).replace(f"{data}/", "").partition("; ")[0]


def _read(part: Part, data: Path, period: Period, earlier: Iterator[Period]) -> Part:
    results = _results(data, period.cycles)
    acts = chain.read_acts(data)
    lost = [cycle for cycle in period.cycles if cycle not in results]
    reopened = [cycle for cycle in lost if any(act.cycle == cycle for act in acts)]
    part = replace(part, head=acts[-1].digest[:12] if acts else "", **_marks(results))
    if period.cycles[-1] in lost:
        return part.with_fault(MISSING, _named(lost, period), _closing(reopened))
    try:
        part = replace(part, tables=commune_part([*results.values()], period))
    except InputError as error:
        action = "Xã trả thiết lập về như kỳ đầu tháng, tổng hợp và khóa lại kỳ, rồi gửi lại."
        return part.with_fault(UNLIKE, _relative(error, data).partition(". ")[0], action)
    if lost:
        part = part.with_fault(GAP, _named(lost, period), _closing(reopened))
    known, faults = _earlier(data, earlier)
    return replace(part, earlier=known, faults=(*part.faults, *faults))


def _marks(results: Results) -> Row:
    """Return what a commune is called, and the marks of its results."""
    if not results:
        return {}
    newest = results[max(results)]
    return {
        **{name: newest.commune[name] for name in ("name", "province")},
        "rule_code": " · ".join(dict.fromkeys(result.rule_code for result in results.values())),
        "print_codes": ", ".join(result.print_code for result in results.values()),
        "made_at": newest.made_at,
    }


def _results(data: Path, cycles: Collection[Cycle]) -> Results:
    """Return the closed results of these cycles; raises DamageError, InputError."""
    if found := damages(data, cycles):
        more = f" và {len(found) - MOST_NAMED} chỗ nữa" if len(found) > MOST_NAMED else ""
        raise DamageError(" ".join(found[:MOST_NAMED]).rstrip(".") + more)
    official = chain.official(data)
    results = {c: read_result(data, c, official) for c in cycles if c in official}
    for cycle, result in results.items():
        if result is None or result.cycle != str(cycle):
            raise DamageError(f"{CLOSED}/{cycle}: kết quả không phải của kỳ này")
    return results


def _named(cycles: Sequence[Cycle], period: Period) -> str:
    """Return «kỳ 2», of many cycles the first and how many more."""
    shown = ", ".join(map(period.said, cycles[:MOST_NAMED]))
    more = len(cycles) - MOST_NAMED
    return f"{shown} và {more} kỳ nữa" if more > 0 else shown


def _closing(reopened: Sequence[Cycle]) -> str:
    again = ", ".join(map(str, reopened))
    opened = f"Kỳ {again} đang mở lại: xã khóa lại" if again else "Xã họp, khóa kỳ (sauro close)"
    return f"{opened}, rồi gửi lại cả thư mục {CLOSED}."


def _earlier(data: Path, periods: Iterator[Period]) -> tuple[dict[str, Row], list[Fault]]:
    """Return the commune's one row of each earlier period that has its last cycle."""
    rows, faults = {}, []
    for period in periods:
        try:
            results = _results(data, period.cycles)
            if period.cycles[-1] in results:
                rows[str(period)] = _row(results, period)
        except (DamageError, OperatorError) as error:
            faults.append(Fault(NO_BEFORE, f"{period.name}: {_relative(error, data)}", MEND))
    return rows, faults


def _row(results: Results, period: Period) -> Row:
    [row] = records(sum_period([*results.values()], period)["commune"])
    kept = {name: value for name, value in row.items() if name != "arithmetic"}
    return kept | {"rule_code": _marks(results)["rule_code"]}
