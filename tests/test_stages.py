"""What the conductor itself notices about a workbook in use."""

from types import SimpleNamespace

from pipeline.cycle.books import lost_scores
from pipeline.cycle.stages import _odd
from pipeline.model.findings import finding
from pipeline.reading import Reading

UNIT = {"code": "KT", "reports_cchc": "có"}
REGISTERS = SimpleNamespace(
    units={"KT": UNIT},
    indicators_of=lambda unit: [
        {"code": "CS01", "name": "Đúng hạn", "numerator": "a", "denominator": "b", "measure": "%"}
    ],
)


def found(*tallies):
    raw = Reading("phieu.xlsx", None, {}, {}, {}, list(tallies), [])
    return [
        (row["code"], row["fact"]) for row in _odd("KT", raw, SimpleNamespace(registers=REGISTERS))
    ]


def tally(sheet, merged="", hidden=""):
    return {"sheet": sheet, "merged": merged, "hidden": hidden}


def test_merged_cells_and_hidden_rows_over_data_have_their_own_findings():
    assert found(tally("CCHC"), tally("Nhiệm vụ", "J9:J11", "12, 13")) == [
        ("K206", "J9:J11"),
        ("K207", "12, 13"),
    ]


def test_a_lost_sheet_of_indicators_is_named():
    assert found(tally("Nhiệm vụ")) == [("K208", "")]


def test_a_lost_or_emptied_sheet_of_self_scores_is_an_error():
    def told(entries, *found, asked=2):
        raw = Reading("phieu.xlsx", None, entries, {}, {}, [], list(found))
        return [(row["code"], row["value"], row["fact"]) for row in lost_scores("KT", raw, asked)]

    assert told({}) == told({"general": []}) == [("K533", "Tự chấm", "2")]
    assert told({}, asked=0) == []
    assert told({"general": [{"row": 6}]}) == []
    headless = finding("K202", file="phieu.xlsx", sheet="Tự chấm")
    assert told({"general": []}, headless) == []  # the root cause alone
