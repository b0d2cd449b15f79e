"""The packet's small charts as an ordinary script draws them, with matplotlib."""

import base64
from collections.abc import Sequence
from io import BytesIO

from matplotlib import pyplot as plt

MM = 1 / 25.4
Point = tuple[float, float]
HATCHES = ("", "", "//", "--", "..", "", "")
GREYS = ("#d9d9d9", "white", "white", "white", "white", "#8c8c8c", "black")


def spark(runs: Sequence[Sequence[Point]], width: float = 24, height: float = 7.2) -> str:
    """Return a line of points 0..100, broken between the runs, as an image."""
    figure, axes = plt.subplots(figsize=(width * MM, height * MM))
    for level in (0, 50, 100):
        axes.axhline(level, color="#aaa", linewidth=0.4)
    for run in runs:
        axes.plot(*zip(*run, strict=True), color="black", linewidth=1, marker="o", markersize=1.5)
    axes.set_ylim(-5, 105)
    axes.axis("off")
    return _image(figure, width)


def gauge(value: float, target: float, width: float = 24, height: float = 3) -> str:
    """Return a bar from 0 to 100 with a tick at the target, as an image."""
    figure, axes = plt.subplots(figsize=(width * MM, height * MM))
    axes.barh([0], [100], color="white", edgecolor="#888", linewidth=0.5)
    axes.barh([0], [value], color="#8c8c8c")
    axes.axvline(target, color="black", linewidth=1)
    axes.axis("off")
    return _image(figure, width)


def stacked_bar(parts: Sequence[tuple[str, float]], width: float = 165, height: float = 14) -> str:
    """Return one bar of named parts with its legend, as an image."""
    figure, axes = plt.subplots(figsize=(width * MM, height * MM))
    left = 0.0
    for (word, length), grey, hatch in zip(parts, GREYS, HATCHES, strict=False):
        axes.barh([0], [length], left=left, label=word, color=grey, hatch=hatch, edgecolor="black")
        left += length
    axes.axis("off")
    axes.legend(ncol=len(parts), loc="upper center", bbox_to_anchor=(0.5, 0), fontsize=6)
    return _image(figure, width)


def _image(figure: plt.Figure, width: float) -> str:
    drawn = BytesIO()
    figure.savefig(drawn, format="svg", bbox_inches="tight")
    plt.close(figure)
    source = base64.b64encode(drawn.getvalue()).decode()
    return f'<img style="width:{width}mm" src="data:image/svg+xml;base64,{source}">'
