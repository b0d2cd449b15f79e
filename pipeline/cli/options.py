"""What commands are given: the options all share, before or after; files and folders."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from pipeline.cli.speech import When

HIDDEN = (".", "~$")  # names of files that programs left for themselves


def _inherited(ctx: click.Context, param: click.Parameter, value: object) -> object:
    """Return an option as given to the command, else as given before it: sauro --data X cycle."""
    return ctx.parent.params[param.name] if value is None else value


def options(defaults: bool) -> Callable:
    """Return the decorator that adds the shared options, with defaults or as given before."""
    known = {} if defaults else {"callback": _inherited}

    def decorate(command: Callable) -> Callable:
        folder = click.Path(path_type=Path)
        shared = (
            click.option(
                "--data",
                type=folder,
                default="sample_data" if defaults else None,
                **known,
                help="Thư mục dữ liệu của xã (mặc định: sample_data).",
            ),
            click.option(
                "--output",
                type=folder,
                default="output" if defaults else None,
                **known,
                help="Thư mục kết quả (mặc định: output).",
            ),
            click.option(
                "--now",
                type=When(),
                metavar="GIỜ",
                **known,
                help="Thời điểm in, ví dụ 2026-11-17T16:30.",
            ),
        )
        for option in reversed(shared):
            command = option(command)
        return command

    return decorate


def to_check(named: Iterable[Path]) -> tuple[list[Path], list[str]]:
    """Return the files named, or lying in folders named, and what is said of the rest."""
    there, lost = [], []
    for path in named:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        files = [file for file in inside if file.is_file() and not file.name.startswith(HIDDEN)]
        there += files
        if not files:
            is_empty = path.is_dir()
            lost.append(
                f"thư mục {path} không có tệp nào" if is_empty else f"không thấy tệp {path}"
            )
    return there, lost
