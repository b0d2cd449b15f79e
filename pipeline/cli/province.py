"""The command of a province: roll up what its communes closed."""

import sys
from datetime import datetime
from pathlib import Path

import click

from pipeline.cli.options import options
from pipeline.cli.speech import INCOMPLETE, Command, say_summary, teller
from pipeline.cycle.crew import press
from pipeline.model.findings import InputError
from pipeline.model.folders import PROVINCE, named_period
from pipeline.tools import disk
from pipeline.tools.engine import LOCAL, start_engine, usual_workers


@click.command(cls=Command)
@click.argument(
    "folders", nargs=-1, required=True, metavar="THƯ-MỤC", type=click.Path(path_type=Path)
)
@click.option("--period", required=True, metavar="KỲ", help="2026-11, 2026-Q4, 2026-H2 hoặc 2026.")
@click.option("--rules", default="", metavar="MÃ", help="Chỉ cộng các xã tính theo bộ quy tắc này.")
@click.option(
    "--list",
    "expected",
    metavar="TỆP",
    type=click.Path(path_type=Path),
    help="Danh sách xã phải có, mỗi dòng một tên: xã không gửi được gọi tên.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 512),
    metavar="SỐ",
    help="Số tiến trình đọc (mặc định: số lõi của máy).",
)
@click.option(
    "--scheduler",
    metavar="ĐỊA-CHỈ",
    help=f"Bộ điều phối Dask, ví dụ tcp://10.0.0.5:8786; «{LOCAL}»: dựng cụm ngay trên máy này.",
)
@click.option("--strict", is_flag=True, help="Còn xã chưa vào tổng hợp thì kết thúc với mã 4.")
@options(defaults=False)
def rollup(
    folders: tuple[Path, ...],
    period: str,
    rules: str,
    expected: Path | None,
    workers: int | None,
    scheduler: str | None,
    strict: bool,
    data: Path,
    output: Path,
    now: datetime | None,
) -> None:
    """Tổng hợp cấp tỉnh từ kho lưu trữ (luu-tru) của nhiều xã, không có người nào."""
    found, names = named_period(period), _names(expected)
    place = output / PROVINCE.format(period=found)
    with (
        disk.locked(output),
        press() as printer,
        start_engine(workers or usual_workers(), scheduler) as engine,
    ):
        from pipeline.cycle.rollup import Asked, Helpers, run_rollup

        asked, helpers = Asked(rules.strip().upper(), names), Helpers(engine, printer)
        record = run_rollup(folders, found, asked, place, now, helpers, teller())
    say_summary(record, place)
    if strict and record["incomplete"]:
        sys.exit(INCOMPLETE)


def _names(path: Path | None) -> tuple[str, ...]:
    """Return the lines of a list of communes; raises InputError."""
    if path is None:
        return ()
    if not path.is_file():
        raise InputError(f"không thấy tệp {path}.")
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"không đọc được {path}: cần tệp chữ UTF-8, mỗi dòng một xã.") from error
    return tuple(line.strip() for line in lines if line.strip())
