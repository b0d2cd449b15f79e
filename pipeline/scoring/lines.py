"""Every line of a cycle: issued, reported and accepted figures, A, D, Q, P, standing, sentence."""

from collections.abc import Collection, Mapping

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.registers import Registers
from pipeline.model.rules import Rules
from pipeline.model.tables import result_sheet
from pipeline.scoring.clock import Clock
from pipeline.scoring.exact import exact
from pipeline.scoring.score import score
from pipeline.scoring.sources import Key, gather
from pipeline.scoring.verdicts import verified
from pipeline.scoring.words import write_sentences


def build_lines(
    assignments: pd.DataFrame,
    reported: pd.DataFrame,
    unplanned: pd.DataFrame,
    claims: pd.DataFrame,
    verdicts: pd.DataFrame,
    exemptions: pd.DataFrame,
    substitutes: pd.DataFrame,
    registers: Registers,
    cycle: Cycle,
    missing: Collection[str],
    previous: Mapping[Key, int],
    rules: Rules,
    unread: Collection[Key] = (),
) -> pd.DataFrame:
    """Return the table «lines» of the result: issued lines first, then those of «Phát sinh».

    Điều 14.2 and 18.1. `missing` are the units that did not report; `substitutes` may hold the
    group's figures for them; `previous` gives for every line of the cycle before, also where it is
    0, the r still to be deducted; of the `unread` among them nobody could read the quantity, they
    begin now.
    """
    clock = Clock(cycle.first_day, cycle.last_day, rules.late_rule, registers.days_off)
    with exact():
        known = gather(
            assignments, reported, unplanned, substitutes, registers, missing, previous, unread
        )
        known |= verified(known, claims, verdicts, exemptions)
        lines = write_sentences(score(known, clock))
    # Every field is filled: the defaults of result_table for tens of thousands of rows would cost
    # more than the scoring.
    columns = {name: lines[name] for name in result_sheet("lines").keys}
    return pd.DataFrame(columns, dtype=object)
