"""Measure everything, print the table and keep it as RESULTS.md.

python -m benchmarks [ROUNDS]
"""

import os
import sys
import tempfile
from pathlib import Path

from benchmarks import steps, table
from benchmarks.measure import in_turn, run

RESULTS = Path(__file__).parent / "RESULTS.md"
ROUNDS = 5
TEXT = """# Speed and memory

One run of `python -m benchmarks`. {machine}

{rows}

Medians of {rounds} rounds after one to warm up; a ratio is the median of the rounds' own ratios.
Every process is whole, imports included, and timed from outside, except those in rows from «all but
printing» to «peak memory, 1,000 workbooks», which are timed from inside (`inside.py`), imports not
counted; the steps run in turn, so that what disturbs one round disturbs all its steps. *Cold* means
that the output is not there yet; the operating system's file cache is warm.

- *WeasyPrint alone*: `python -m weasyprint` on the HTML the cycle prints, default settings (no
  tags, no PDF/A), the same fonts.
- *Naively*: the same HTML and kind of file (tagged PDF/A), but columns left to the automatic
  layout (and words broken only at spaces), the inline charts drawn by matplotlib, Python's garbage
  collector on. *Without tags* leaves out what makes the file tagged PDF/A, so it does less.
- *An analyst's script*: `baseline.py`: pandas.read_excel with openpyxl, concat, groupby on floats,
  one template, one WeasyPrint document with the packet's tables. It checks nothing, writes no
  archive and takes the rates of earlier cycles from a CSV file.

Pages: {pages}. A cold cycle may take 250 MB and 6.5 MB a page in one process.

20,000 workbooks are twenty times what 1,000 took, once: 125 communes, each from the copy of its
data.

How cost grows with work: [linear.svg](linear.svg), drawn by `python -m benchmarks.linear`. Its
pages are those of 300, 600 and 1,200 lines: the more lines, the fuller the pages.
"""


def main(rounds: int) -> None:
    """Measure, print, keep."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="sauro-bench-") as folder:
        place = Path(folder)
        run(steps.PYTHON, "-m", "benchmarks.workspace", place)
        in_turn(steps.STEPS, place, 1)  # to warm up
        samples = in_turn(steps.STEPS, place, rounds)
        samples |= in_turn(steps.HEAVY, place, rounds)
        samples |= in_turn([steps.country, steps.few_communes, steps.archived_country], place, 1)
        pages = table.page_counts(steps.printed(place))
    most = 250 + 6.5 * pages["cycle"]
    rows, machine = "\n".join(table.lines_of(samples, most)), table.machine(load)
    print(f"{machine}\n\n{rows}")
    told = ", ".join(f"{name} {count}" for name, count in pages.items())
    text = TEXT.format(machine=machine, rows=rows, rounds=rounds, pages=told)
    RESULTS.write_text(text, "utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
