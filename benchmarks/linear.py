"""Cost against work: points of one run, drawn as linear.svg.

    python -m benchmarks.linear

Processor time is drawn, which other work on the machine disturbs least; of three runs the least.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path

from benchmarks.measure import Sample, run
from benchmarks.steps import BENCH, PYTHON, inside
from benchmarks.table import page_counts

PLOT = Path(__file__).parent / "linear.svg"
UNITS, LINES, RUNS = 6, 100, 3


@dataclass(frozen=True)
class Series:
    """One kind of work in growing amounts, and what each amount cost."""

    name: str
    amounts: Sequence[int]
    samples: Sequence[Sample]

    @property
    def slope(self) -> float:
        """What the last step cost for each piece, as a multiple of what the first did."""
        costs = [sample.cpu for sample in self.samples]
        steps = [
            (costs[at + 1] - costs[at]) / (self.amounts[at + 1] - self.amounts[at])
            for at in (0, len(costs) - 2)
        ]
        return steps[1] / steps[0]


def measure(place: Path) -> Iterator[Series]:
    """Yield all series, measured in a folder."""
    lines, units, long = (100, 500, 2_000), (6, 24, 48), (5_000, 10_000, 20_000)
    yield Series("lines in each of 6 units", lines, [_cycle(place, UNITS, n) for n in lines])
    yield Series("units of 100 lines", units, [_cycle(place, n, LINES) for n in units])
    books = [_least(partial(inside, "workbook", _made(place, 1, n))) for n in long]
    yield Series("lines in one workbook, read and checked", long, books)
    made, communes = _made(place, UNITS, LINES), (2, 6, 12)
    runs = [_least(partial(inside, "communes", made, n, 1)) for n in communes]
    yield Series("workbooks, a commune at a time", [UNITS * n for n in communes], runs)
    pages = [_made(place, UNITS, n) for n in (50, 100, 200)]
    printing = (PYTHON, "-m", "benchmarks.printing", "packet")
    printed = [_least(partial(run, *printing, made)) for made in pages]
    yield Series("pages", [_page_count(made) for made in pages], printed)


def _cycle(place: Path, units: int, lines: int) -> Sample:
    return _least(partial(inside, "cycle", _made(place, units, lines)))


def _least(measured: Callable[[], Sample]) -> Sample:
    return min((measured() for _ in range(RUNS)), key=attrgetter("cpu"))


def _made(place: Path, units: int, lines: int) -> Path:
    """Return a folder with a made-up commune that has been run."""
    made = place / f"{units}x{lines}"
    if not made.exists():
        print(f"{units} units of {lines} lines", file=sys.stderr, flush=True)
        run(PYTHON, "-m", "benchmarks.workspace", made, str(units), str(lines))
    return made


def _page_count(made: Path) -> int:
    [count] = page_counts({"packet": made / "packet.pdf"}).values()
    return count


def draw(series: Sequence[Series]) -> None:
    """Draw processor time and peak memory of every series."""
    sys.path.append(str(BENCH))
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "sauro"
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(2, len(series), figsize=(4 * len(series), 6), squeeze=False)
    for column, one in enumerate(series):
        for panel, part, unit in zip(
            panels[:, column], ("cpu", "memory"), ("seconds of processor time", "MB"), strict=True
        ):
            costs = [getattr(sample, part) for sample in one.samples]
            panel.plot(one.amounts, costs, "ko-")
            top = 1.1 * max(costs)  # what is flat is seen, not hidden behind the frame
            panel.set(xlabel=one.name, ylabel=unit, xlim=(0, None), ylim=(0, top))
            panel.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(PLOT, metadata={"Date": None})


def main() -> None:
    """Measure, draw and print how straight each line is."""
    with tempfile.TemporaryDirectory(prefix="sauro-linear-") as folder:
        series = list(measure(Path(folder)))
    draw(series)
    for one in series:
        print(one.name, [*one.amounts], [round(sample.cpu, 2) for sample in one.samples], one.slope)


if __name__ == "__main__":
    main()
