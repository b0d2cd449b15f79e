"""The commands at the end of a cycle: close it, open it again, look whether it is intact."""

import sys
from datetime import datetime
from pathlib import Path

import click

from pipeline.cli.options import options
from pipeline.cli.speech import INCOMPLETE, Command, say, teller
from pipeline.cycle.crew import crew
from pipeline.cycle.state import require, tell_state
from pipeline.model.calendar import VIETNAM
from pipeline.model.folders import CLOSED, CycleFolder, find_cycle
from pipeline.tools import chain, disk, vault


@click.command(cls=Command)
@click.argument("cycle", required=False)
@options(defaults=False)
def close(cycle: str | None, data: Path, output: Path, now: datetime | None) -> None:
    """Khóa kỳ đã họp: cất bản chính thức vào luu-tru/, soạn bảng giao việc kỳ sau."""
    folder = CycleFolder(data, find_cycle(data, cycle))
    with disk.locked(output), disk.locked(data / CLOSED):
        vault.tidy(data)
        require("close", folder, output)
        with crew(printing=True) as helpers:
            from pipeline.cycle.close import close_cycle

            lines = close_cycle(folder, output, now or datetime.now(VIETNAM), teller(), helpers)
    say(lines)


@click.command(cls=Command)
@click.argument("cycle")
@click.option("--by", required=True, metavar="AI", help="Ai cho mở lại.")
@click.option("--why", required=True, metavar="VÌ SAO", help="Vì sao mở lại.")
@options(defaults=False)
def reopen(cycle: str, by: str, why: str, data: Path, output: Path, now: datetime | None) -> None:
    """Mở lại kỳ đã khóa để sửa; ghi lại ai, lúc nào, vì sao. Bản đã khóa giữ nguyên."""
    folder = CycleFolder(data, find_cycle(data, cycle))
    with disk.locked(output), disk.locked(data / CLOSED):
        vault.tidy(data)
        require("reopen", folder, output)
        from pipeline.cycle.reopen import reopen_cycle

        told = reopen_cycle(folder, now or datetime.now(VIETNAM), by, why)
    say([*told, *tell_state(folder, output)])


@click.command(cls=Command)
@click.argument("cycle", required=False)
@click.option("--rebuild", is_flag=True, help="Làm lại hồ sơ từ bản gốc đã cất, so từng byte.")
@options(defaults=False)
def verify(
    cycle: str | None, rebuild: bool, data: Path, output: Path, now: datetime | None
) -> None:
    """Soát các kỳ đã khóa: tệp nào mất, đổi, tráo; chuỗi khóa có liền không."""
    tell = teller()
    wanted = [chain.find_closed(data, cycle)] if cycle else None
    found = chain.damages(data, wanted, lambda *far: tell("Soát bản đã khóa", *far))
    if not found and rebuild:
        with crew(printing=True) as helpers:
            from pipeline.cycle.rebuild import rebuild_cycles

            told, found = rebuild_cycles(data, cycle, helpers, tell)
            say(told)
    say(found or chain.told(data))
    if found:
        sys.exit(INCOMPLETE)
