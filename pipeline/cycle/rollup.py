"""Roll many communes' archives up into one province: each read by a task of its own, then added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline import VERSION, archive, packet, reply
from pipeline.cycle.crew import PRINT, Tell
from pipeline.cycle.parts import Order, ended, read_commune
from pipeline.model.findings import InputError
from pipeline.model.folders import PROVINCE_BOOK, PROVINCE_PAPERS, PROVINCE_RESULT
from pipeline.model.period import MONTH, Period, periods_before
from pipeline.model.province import Part
from pipeline.model.tables import PeriodResult, result_hash
from pipeline.model.text import sentence
from pipeline.rollup.archives import find_archives
from pipeline.rollup.settle import Asked, settle
from pipeline.scoring.province import score_province
from pipeline.tools import disk
from pipeline.tools.engine import Engine, run_tasks
from pipeline.tools.worker import Worker

COMPARED_MONTHS, COMPARED_LONGER = 3, 1  # periods before this one
MOST_REASONS = 3


@dataclass(frozen=True)
class Helpers:
    """Who reads the archives, and who prints."""

    engine: Engine
    press: Worker


def run_rollup(
    folders: Sequence[Path],
    period: Period,
    asked: Asked,
    output: Path,
    now: datetime | None,
    helpers: Helpers,
    tell: Tell,
) -> dict:
    """Make packet, workbook and result of a province; return what the terminal says.

    Raises InputError where not one commune can be rolled up.
    """
    archives = find_archives(folders, output)
    parts, deaths = _read_all(archives, period, helpers.engine, tell)
    code, parts = settle(parts, asked)
    _refuse_empty(parts, period)
    result = _make_result(parts, period, code, now)
    tell("Ghi số liệu", 0, 1)
    printing = helpers.press.submit(PRINT, None, packet.compose_province(result).encode())
    files = {
        PROVINCE_RESULT: archive.province_json(result),
        PROVINCE_BOOK: archive.province_workbook(result),
    }
    tell("Ghi số liệu", 1, 1)
    tell("In bản tổng hợp", 0, 1)
    [files[PROVINCE_PAPERS]] = printing.result()[1]
    tell("In bản tổng hợp", 1, 1)
    record = {
        "summary": reply.province_summary(result),
        "incomplete": not all(part.counts for part in parts),
    }
    read = {part.folder: part.head for part in parts}
    disk.commit(output, {**files, disk.MANIFEST: disk.manifest(read, files, record)})
    return {**record, "summary": [*record["summary"], *reply.told_of_deaths(deaths)]}


def _read_all(
    archives: Mapping[str, Path], period: Period, engine: Engine, tell: Tell
) -> tuple[list[Part], int]:
    """Return every commune's part in the order found, and how many workers ended under it."""
    count = COMPARED_MONTHS if period.length == MONTH else COMPARED_LONGER
    earlier = tuple(map(str, periods_before(period, count)))
    orders = [Order(str(path), name, str(period), earlier) for name, path in archives.items()]
    tell("Đọc kho lưu trữ", 0, len(orders))
    done = run_tasks(
        engine, read_commune, orders, lambda n: tell("Đọc kho lưu trữ", n, len(orders))
    )
    pairs = zip(orders, done.answers, strict=True)
    return [part or ended(order) for order, part in pairs], done.deaths


def _refuse_empty(parts: Sequence[Part], period: Period) -> None:
    if not any(part.counts for part in parts):
        reasons = [f"{p.called}: {p.faults[0].kind}, {p.faults[0].what}" for p in parts]
        told = "; ".join(reasons[:MOST_REASONS])
        raise InputError(f"{period.name}: không xã nào tổng hợp được. {told}.")


def _make_result(
    parts: Sequence[Part], period: Period, code: str, now: datetime | None
) -> PeriodResult:
    """Return the whole record of the province, stamped with its print code."""
    counted = [part for part in parts if part.counts]
    tables = score_province(parts, period, code)
    seal = f"{result_hash(tables)}{code}{VERSION}".encode()
    return PeriodResult(
        period=str(period),
        state=f"{len(counted)}/{len(parts)} xã, phường",
        made_at=now or max(part.made_at for part in counted),
        print_code=disk.sha256(seal)[:4].upper(),
        program=VERSION,
        rule_code=code,
        commune=_issuer(sorted({part.province for part in counted})),
        signatories={},
        options={"names": "out", "duplex": False},
        tables=tables,
    )


def _issuer(provinces: Sequence[str]) -> dict[str, str]:
    """Return who issues the papers: the province's committee, nobody for several provinces."""
    if len(provinces) > 1:
        name, body, place = f"{len(provinces)} tỉnh, thành phố", "……", "……"
    else:
        [name] = provinces
        body = f"ỦY BAN NHÂN DÂN {name.upper()}"
        place = sentence(name.removeprefix("tỉnh ").removeprefix("thành phố "))
    return {"name": name, "province": name, "body": body, "place": place, "notice": ""}
