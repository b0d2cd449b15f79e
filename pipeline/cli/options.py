"""The options every command shares, given before it or after."""

from collections.abc import Callable
from pathlib import Path

import click

from pipeline.cli.speech import When


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
