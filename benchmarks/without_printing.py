"""A cycle up to the finished pages, timed from inside once everything is imported.

    python -m benchmarks.without_printing FOLDER

Prints the seconds on the clock and of processor time.
"""

import sys
import time
from pathlib import Path

import jinja2  # noqa: F401 - what the cycle itself imports when it first needs it
import pandera.pandas  # noqa: F401

from benchmarks.workspace import html_of
from pipeline.model.folders import CycleFolder, find_cycle


def main(place: Path) -> None:
    """Run the cycle and print what it took."""
    folder = CycleFolder(place / "data", find_cycle(place / "data", None))
    start, used = time.perf_counter(), time.process_time()
    html_of(folder, place / "output")
    print(time.perf_counter() - start, time.process_time() - used)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
