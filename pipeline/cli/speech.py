"""How the command line speaks: help in Vietnamese, a mistake as one sentence and an exit code."""

import errno
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event, Lock, Thread

import click

from pipeline.model.calendar import VIETNAM
from pipeline.model.findings import CrashedFileError, InputError, OperatorError
from pipeline.model.text import one_line, show_decimal
from pipeline.tools import disk

BUG, USAGE, CRASHED_FILE, INCOMPLETE, DISK, BUSY = 1, 2, 3, 4, 74, 75
DISK_ERRORS = {
    errno.ENOSPC: "đĩa đầy, hãy xóa bớt tệp",
    errno.EDQUOT: "hết phần đĩa được dùng, hãy xóa bớt tệp",
    errno.EFBIG: "tệp lớn hơn mức máy cho phép, hãy xem lại ulimit -f",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.EACCES: "không có quyền, hãy xem lại quyền của thư mục",
    errno.EPERM: "không có quyền, hãy xem lại quyền của thư mục",
    errno.EIO: "ổ đĩa báo lỗi, hãy kiểm tra ổ đĩa",
    errno.ENOTDIR: "đường dẫn đi qua một tệp, không phải thư mục",
    errno.EEXIST: "đã có một tệp trùng tên thư mục này",
    errno.EISDIR: "đây là thư mục, không phải tệp",
}
BAR, LINE = 24, 100  # signs of a progress bar, and of its whole line
BLINK, SILENCE = 0.1, 5  # seconds from one showing of progress to the next, drawn or said
PULSE = 1  # seconds after which a bar is drawn again though nothing is told
SECTIONS = {"Options": "Tùy chọn", "Commands": "Các lệnh", "Arguments": "Tham số"}
USAGE_WORDS = {
    **{"OPTIONS": "TÙY CHỌN", "COMMAND": "LỆNH", "ARGS": "THAM SỐ", "CYCLE": "KỲ"},
    **{"MONTH": "THÁNG", "QUARTER": "QUÝ", "HALF": "NỬA NĂM", "YEAR": "NĂM"},
}


class Formatter(click.HelpFormatter):
    """Help with Vietnamese headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        words = re.sub(r"[A-Z]+", lambda found: USAGE_WORDS.get(found[0], found[0]), args)
        super().write_usage(prog, words, "Cách dùng: ")

    def write_dl(self, rows: Sequence[tuple[str, str]], *widths: int, **others: int) -> None:
        said = [(name, text.replace("[required]", "[bắt buộc]")) for name, text in rows]
        super().write_dl(said, *widths, **others)

    def write_heading(self, heading: str) -> None:
        super().write_heading(SECTIONS.get(heading, heading))


class Context(click.Context):
    formatter_class = Formatter


class Command(click.Command):
    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        option.help = "In hướng dẫn này."
        return option


class Group(click.Group):
    """Commands whose operator's mistakes end in one sentence and their exit code."""

    context_class = Context
    command_class = Command

    def main(self, *args: object, **options: object) -> None:
        """Run and leave with an exit code; a command typed wrongly is said in Vietnamese."""
        try:
            code = super().main(*args, **{**options, "standalone_mode": False})
        except click.UsageError as error:
            _leave(f"{_usage(error)} Xem: sauro --help", USAGE)
        except click.Abort:
            _leave("đã dừng theo yêu cầu.", BUG)
        sys.exit(code if isinstance(code, int) else 0)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple:
        if self.get_command(ctx, args[0]) is None:
            raise InputError(f"không có lệnh «{args[0]}». Xem: sauro --help")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except disk.BusyError as error:
            return _leave(str(error), BUSY)
        except CrashedFileError as error:
            return _leave(str(error), CRASHED_FILE)
        except OperatorError as error:
            return _leave(str(error), USAGE)
        except ModuleNotFoundError as error:
            if not error.name or error.name.startswith("pipeline"):
                raise
            return _leave(f"thiếu thư viện Python {error.name}; chạy: make doctor.", USAGE)
        except OSError as error:
            if error.errno not in DISK_ERRORS:
                raise
            place = error.filename or "kết quả"
            return _leave(f"không đọc, ghi được {place}: {DISK_ERRORS[error.errno]}.", DISK)


def _usage(error: click.UsageError) -> str:
    """Return what is wrong with a command line."""
    if isinstance(error, click.NoSuchOption):
        return f"không có tùy chọn {error.option_name}."
    if isinstance(error, click.MissingParameter):
        return f"còn thiếu {_called(error.param)}."
    if isinstance(error, click.BadParameter) and error.param:
        return f"{error.param.opts[0]}: giá trị chưa đúng, {error.message}."
    return "lệnh chưa đúng."


def _called(param: click.Parameter | None) -> str:
    """Return a parameter as it is typed: an option with its dashes."""
    if isinstance(param, click.Option):
        return param.opts[0]
    return param.human_readable_name if param else "tham số"


def say(lines: Iterable[str]) -> None:
    """Print lines; nothing that stood in a file acts on the terminal or makes a line of its own."""
    click.echo("\n".join(map(one_line, lines)))


def say_summary(record: Mapping[str, object], folder: Path) -> None:
    """Print what a run said; only its first step names the folder."""
    say(
        line.replace("{folder}", str(folder)) if line.startswith("1. ") else line
        for line in record["summary"]
    )


def _leave(message: str, code: int) -> None:
    click.echo("\n".join(map(one_line, f"Dừng lại: {message}".split("\n"))), err=True)
    sys.exit(code)


class When(click.ParamType):
    """A moment, in Vietnam time when no zone is given."""

    name = "giờ"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            given = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("ghi như 2026-11-17T16:30", param, ctx)
        return given if given.tzinfo else given.replace(tzinfo=VIETNAM)


class Points(click.ParamType):
    """A number of points above 0, with a decimal comma or point."""

    name = "điểm"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        text = str(value).replace(",", ".")
        if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", text) or not Decimal(text):
            self.fail("ghi một số lớn hơn 0, như 5 hoặc 2,5", param, ctx)
        return Decimal(text)


def teller(clock: Callable[[], float] = time.monotonic) -> Callable[[str, int, int], None]:
    """Return what shows progress: a bar with rate and time left on a terminal, else lines.

    A line comes every few seconds, also while nothing is told of a stage that has begun, and at the
    end of a stage; where a machine watches, none.
    """
    if os.environ.get("CI"):
        return lambda stage, done, total: None
    show, pauses = (_draw_bar, (BLINK, PULSE)) if sys.stderr.isatty() else (_say_line, (SILENCE,))
    progress = Progress(show, pauses[0], clock)
    if command := click.get_current_context(silent=True):
        Thread(target=progress.go_on, args=(pauses[-1],), daemon=True).start()
        command.call_on_close(progress.end)
    return progress.tell


class Progress:
    """How far the stages are; what is due of it is shown."""

    def __init__(
        self, show: Callable[[str, int, int, str], None], pause: float, clock: Callable[[], float]
    ) -> None:
        self.show, self.pause, self.clock = show, pause, clock
        self.began: dict[str, tuple[float, int]] = {}
        self.shown = clock()
        self.last: tuple[str, int, int] | None = None  # of the stage that goes on
        self.turn, self.over = Lock(), Event()

    def tell(self, stage: str, done: int, total: int) -> None:
        """Hear how far a stage is; of one with nothing to do nothing is shown."""
        if not total:
            return
        with self.turn:
            now = self.clock()
            self.began.setdefault(stage, (now, done))
            self.last = None if done == total else (stage, done, total)
            if done == total or now - self.shown >= self.pause:
                self._show(stage, done, total, now)

    def go_on(self, pause: float) -> None:
        """Show again and again what goes on, though nobody tells anything new."""
        while not self.over.wait(pause):
            self.show_again(pause)

    def end(self) -> None:
        """Show nothing more; what is said next begins a line of its own."""
        self.over.set()
        if self.last and self.show is _draw_bar:
            click.echo(err=True)

    def show_again(self, pause: float) -> None:
        """Show the stage that goes on if for so long nothing was shown."""
        with self.turn:
            now = self.clock()
            if self.last and now - self.shown >= pause:
                self._show(*self.last, now)

    def _show(self, stage: str, done: int, total: int, now: float) -> None:
        self.shown = now
        start, first = self.began[stage]
        self.show(stage, done, total, _pace(done - first, total - done, now - start))


def _draw_bar(stage: str, done: int, total: int, pace: str) -> None:
    """Draw a bar over the one before; a line that wraps could not be drawn over."""
    width = min(LINE, shutil.get_terminal_size().columns - 1)
    head, tail = f"  {stage:<22} ", f" {done}/{total}{pace}"
    room = min(BAR, max(0, width - len(head + tail)))
    filled = room * done // total
    text = f"{head}{'█' * filled}{'░' * (room - filled)}{tail}"
    click.echo(f"\r{text[:width]:<{width}}", err=True, nl=done == total)


def _say_line(stage: str, done: int, total: int, pace: str) -> None:
    click.echo(f"  {stage}: {done}/{total}{pace}", err=True)


def _pace(made: int, left: int, seconds: float) -> str:
    """Return how fast a stage goes and how long it will take, or has taken where nobody knows."""
    if not (left and seconds):
        return ""
    if not made:
        return f" · đã {timedelta(seconds=round(seconds))}" if seconds >= 1 else ""
    rate, wait = made / seconds, timedelta(seconds=round(left * seconds / made))
    return f" · {show_decimal(Decimal(rate), 1)} mỗi giây, còn khoảng {wait}"
