"""The command line: parse, call, echo, exit code. Nothing heavy is imported before it is needed."""

import atexit
import gc
import sys
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import click

from pipeline import VERSION
from pipeline.cli.closing import close, reopen, verify
from pipeline.cli.options import options, to_check
from pipeline.cli.province import rollup
from pipeline.cli.speech import CRASHED_FILE, INCOMPLETE, Group, Points, say, say_summary, teller
from pipeline.cycle.crew import crew, press
from pipeline.cycle.state import after_lock, going_by, require, tell_state
from pipeline.model.calendar import VIETNAM, earlier_cycles
from pipeline.model.findings import InputError
from pipeline.model.folders import (
    ARCHIVE,
    PACKET,
    RESULT,
    CycleFolder,
    find_cycle,
    find_period,
    find_span,
)
from pipeline.model.period import HALF_YEAR, MONTH, QUARTER, YEAR, Period
from pipeline.tools import disk

COLLECT_AFTER = 100_000  # new objects


@click.group(cls=Group)
@click.version_option(VERSION, prog_name="sauro", help="In phiên bản của chương trình.")
@click.help_option("-h", "--help", help="In hướng dẫn này.")
@options(defaults=True)
def main(data: Path, output: Path, now: datetime | None) -> None:
    """Sáu rõ: nhận phiếu của các đơn vị, tính kết quả kỳ 15 ngày, in hồ sơ họp."""


@main.command()
@click.argument("cycle", required=False)
@click.option(
    "--strict", is_flag=True, help="Còn đơn vị chưa nộp hoặc cần sửa thì kết thúc với mã 4."
)
@click.option(
    "--draft", is_flag=True, help="In thử: mọi trang có chữ NHÁP, mã bản in khác bản chính."
)
@options(defaults=False)
def cycle(
    cycle: str | None, strict: bool, draft: bool, data: Path, output: Path, now: datetime | None
) -> None:
    """Tổng hợp một kỳ: đọc phiếu, kiểm tra, tính, in hồ sơ họp."""
    folder = CycleFolder(data, find_cycle(data, cycle))
    with disk.locked(output):
        if after_lock(folder):
            with crew() as helpers:
                from pipeline.cycle.close import receive_late

                receive_late(folder, helpers.reader)
        require("cycle", folder, output)
        inputs = disk.run_inputs(folder, output, earlier_cycles(folder.cycle), now, draft=draft)
        record = disk.unchanged(output / str(folder.cycle), inputs, {RESULT, ARCHIVE, PACKET})
        if record is None:
            with crew(printing=True) as helpers:
                from pipeline.cycle.start import start_cycle

                record = start_cycle(folder, output, now, teller(), helpers, draft=draft)
        else:
            from pipeline.cycle.documents import lay_out

            say(["Không có gì thay đổi từ lần chạy trước."])
            if not draft:
                lay_out(folder, output)
    _echo_cycle(record, folder, output)
    if own := going_by(folder):
        say(own)
    if record["crashed"]:
        sys.exit(CRASHED_FILE)
    if strict and record["incomplete"]:
        sys.exit(INCOMPLETE)


@main.command("open")
@click.argument("cycle", required=False)
@options(defaults=False)
def open_(cycle: str | None, data: Path, output: Path, now: datetime | None) -> None:
    """Phát phiếu báo cáo của một kỳ cho các đơn vị, từ bảng giao việc."""
    from pipeline.cycle.open import open_cycle

    folder = CycleFolder(data, find_cycle(data, cycle))
    with disk.locked(output):
        require("open", folder, output)
        say(open_cycle(folder, output, teller()))


@main.command()
@click.argument("cycle", required=False)
@options(defaults=False)
def urge(cycle: str | None, data: Path, output: Path, now: datetime | None) -> None:
    """Đôn đốc trong kỳ: việc quá hạn, sắp đến hạn, kết luận còn mở của từng đơn vị."""
    folder = CycleFolder(data, find_cycle(data, cycle))
    with disk.locked(output), press() as printer:
        from pipeline.cycle.urge import urge_units

        say(urge_units(folder, output, now or datetime.now(VIETNAM), printer, teller()))


for _command in (close, reopen, verify):
    main.add_command(_command)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="TỆP", type=click.Path(path_type=Path))
@options(defaults=False)
def check(files: tuple[Path, ...], data: Path, output: Path, now: datetime | None) -> None:
    """Kiểm tra phiếu trước khi gửi: cùng những lời như khi tổng hợp."""
    there, lost = to_check(files)
    verdicts, tell = [], teller()
    with crew() as helpers:
        from pipeline.cycle.check import check_file

        for done, file in enumerate(there):
            tell("Kiểm tra phiếu", done, len(there))
            verdicts += check_file(data, output, file, now or datetime.now(VIETNAM), helpers)
    if there:
        tell("Kiểm tra phiếu", len(there), len(there))
        say(line for verdict in verdicts for line in verdict.lines)
    if any(verdict.crashed for verdict in verdicts):
        sys.exit(CRASHED_FILE)
    if lost:
        raise InputError(f"{'; '.join(lost)}.")
    if not all(verdict.fit for verdict in verdicts):
        sys.exit(INCOMPLETE)


@main.command("import-catalogue")
@click.argument("file", metavar="TỆP", type=click.Path(path_type=Path))
@click.option(
    "--standard",
    type=Points(),
    metavar="ĐIỂM",
    help="Điểm ứng với hệ số 1 (mặc định: theo tệp; tệp không cho biết thì 5).",
)
@options(defaults=False)
def import_catalogue(
    file: Path, standard: Decimal | None, data: Path, output: Path, now: datetime | None
) -> None:
    """Lấy sản phẩm, công việc từ danh mục đã ban hành, để dán vào danh-muc.xlsx."""
    _require([file])
    if not data.is_dir():
        raise InputError(f"không thấy thư mục dữ liệu {data}.")
    with disk.locked(output), crew() as helpers:
        from pipeline.cycle.catalogue import import_catalogue

        when = now or datetime.now(VIETNAM)
        lines = import_catalogue(data, output, file, when, helpers, standard)
    say(lines)


@main.command()
@click.argument("cycle", required=False)
@options(defaults=False)
def status(cycle: str | None, data: Path, output: Path, now: datetime | None) -> None:
    """Xem kỳ đang ở đâu, và tình trạng của lần tổng hợp gần nhất."""
    folder = CycleFolder(data, find_cycle(data, cycle))
    say(tell_state(folder, output))
    if record := disk.read_record(output / str(folder.cycle)):
        _echo_cycle(record, folder, output)


@main.command()
@click.argument("cycle", required=False)
@options(defaults=False)
def sheets(cycle: str | None, data: Path, output: Path, now: datetime | None) -> None:
    """In phiếu cá nhân khổ A5 của một kỳ đã tổng hợp, kèm phiếu kiến nghị."""
    found = find_cycle(data, cycle)
    with disk.locked(output), press() as worker:
        from pipeline.cycle.sheets import print_sheets

        click.echo("\n".join(print_sheets(data, output, found, worker, teller())))


@main.command()
@click.argument("words", nargs=-1, metavar="[KỲ] MÃ")
@click.option("--person", metavar="MÃ", help="Mã người: các dòng của người ấy, cộng ra a, b, c, R.")
@options(defaults=False)
def explain(
    words: tuple[str, ...], person: str | None, data: Path, output: Path, now: datetime | None
) -> None:
    """Vì sao ra số này: một việc (KT-07), một người (--person), một mã vấn đề (K301)."""
    from pipeline.cycle.explain import explain

    click.echo("\n".join(explain(data, output, words, person)))


@main.command()
@click.argument("month", required=False)
@options(defaults=False)
def month(month: str | None, data: Path, output: Path, now: datetime | None) -> None:
    """Tổng hợp một tháng: điểm từng người, mức tham khảo, kết quả đơn vị."""
    _make_period(find_period(data, month, MONTH), data, output, now)


@main.command()
@click.argument("quarter", required=False)
@options(defaults=False)
def quarter(quarter: str | None, data: Path, output: Path, now: datetime | None) -> None:
    """Tổng hợp một quý: bình quân các tháng có điểm."""
    _make_period(find_period(data, quarter, QUARTER), data, output, now)


@main.command("half-year")
@click.argument("half", required=False)
@options(defaults=False)
def half_year(half: str | None, data: Path, output: Path, now: datetime | None) -> None:
    """Tổng hợp 6 tháng đầu năm (2026-H1) hoặc cuối năm (2026-H2)."""
    _make_period(find_period(data, half, HALF_YEAR), data, output, now)


@main.command()
@click.argument("year", required=False)
@options(defaults=False)
def year(year: str | None, data: Path, output: Path, now: datetime | None) -> None:
    """Tổng hợp một năm: bình quân các tháng có điểm."""
    _make_period(find_period(data, year, YEAR), data, output, now)


@main.command()
@click.argument("month", required=False)
@options(defaults=False)
def forms(month: str | None, data: Path, output: Path, now: datetime | None) -> None:
    """In Mẫu 01 của từng công chức cho một tháng đã tổng hợp."""
    found = find_period(data, month, MONTH)
    with disk.locked(output), press() as printer:
        from pipeline.cycle.forms import print_forms

        click.echo("\n".join(print_forms(found, data, output, printer, teller())))


@main.command()
@click.argument("cycles", nargs=-1, metavar="[KỲ]...")
@options(defaults=False)
def review(cycles: tuple[str, ...], data: Path, output: Path, now: datetime | None) -> None:
    """In bản sơ kết bốn trang qua nhiều kỳ (không ghi kỳ: sáu kỳ gần nhất)."""
    span = find_span(data, output, cycles)
    with disk.locked(output), press() as printer:
        from pipeline.cycle.review import run_review

        record = run_review(span, data, output, now, printer, teller())
    say_summary(record, output / str(span))


def _make_period(period: Period, data: Path, output: Path, now: datetime | None) -> None:
    """Make the papers of a period and say what they hold."""
    with disk.locked(output), press() as printer:
        from pipeline.cycle.period import run_period

        record = run_period(period, data, output, now, printer, teller())
    say_summary(record, output / str(period))


main.add_command(rollup)


@main.command()
@options(defaults=False)
def doctor(data: Path, output: Path, now: datetime | None) -> None:
    """Xem máy này có chạy được chương trình không."""
    from pipeline import doctor

    sys.exit(doctor.main(output, data))


def _require(files: Iterable[Path]) -> None:
    if lost := [file for file in files if not file.is_file()]:
        raise InputError(f"không thấy tệp {', '.join(map(str, lost))}.")


def start() -> None:
    """Run as a process of its own, which spares the collector what lives as long as it does."""
    gc.set_threshold(COLLECT_AFTER)
    atexit.register(gc.freeze)  # walking it all once more at the end takes a tenth of `check`
    main()


def _echo_cycle(record: dict, folder: CycleFolder, output: Path) -> None:
    """Print what a cycle's last run said, and where its drafts for Word lie."""
    from pipeline.cycle.documents import tell

    say_summary(record, output / str(folder.cycle))
    if lines := tell(folder, output):
        say(lines)
