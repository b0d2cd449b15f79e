"""What a competent analyst would write for one cycle: read, join, group, print. Nothing is guarded.

    python -m benchmarks.baseline CYCLE-FOLDER HISTORY.csv OUT.pdf

pandas.read_excel (openpyxl; .ods by calamine), one concat, groupby on floats, one Jinja template,
matplotlib charts, one WeasyPrint document with the packet's content. A bad cell becomes a blank.
"""

import email
import email.policy
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from weasyprint import HTML

from benchmarks import charts
from benchmarks.baseline_pages import STANDINGS, packet_parts, points

SHEETS = ("Nhiệm vụ", "Phát sinh", "Đề nghị loại trừ", "CCHC", "Vướng mắc", "Kỳ tới")
KEY = ["Mã việc", "person"]
TYPED = ["SL hoàn thành", "Ngày xong", "Số lần chưa đạt CL", "Minh chứng", "Ghi chú"]
ACCEPTED = ["SL xác nhận", "Lần chưa đạt CL xác nhận", "Lần chậm xác nhận"]
Tables = dict[str, pd.DataFrame]


def read_office(folder: Path) -> Tables:
    """Return the tables the office keeps: registers, assignments, the group's verdicts."""
    kept = pd.read_excel(folder.parent.parent / "danh-muc.xlsx", sheet_name=None, header=2)
    given = pd.read_excel(folder / "giao-viec.xlsx", sheet_name=None, header=2)
    judged = pd.read_excel(folder / "tham-dinh.xlsx", sheet_name=None, header=4)
    tables = {
        "units": kept["Đơn vị"],
        "people": kept["Nhân sự"],
        "indicators": kept["Chỉ số"],
        "assigned": given["Giao việc"],
        "calendar": given["Kỳ"],
        "verdicts": judged["Thẩm định"],
        "agenda": judged["Việc trình Chủ tịch"],
        "measures": judged["Kiến nghị của Tổ"],
    }
    return {key: table[table.iloc[:, 0].notna()].copy() for key, table in tables.items()}


def workbooks(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield (file, when it was received, workbook), earliest first; letters are opened."""
    receipts = pd.read_csv(folder / "so-nhan.csv", sep=";", encoding="utf-8-sig")
    typed = receipts["nhận lúc"].str.replace(r"^(\S+) ngày (\S+)$", r"\2 \1", regex=True)
    when = pd.to_datetime(typed, dayfirst=True, format="mixed")
    for _, row in receipts.assign(when=when).sort_values("when").iterrows():
        path = folder / "hop-thu" / row["tệp"]
        if path.suffix == ".eml":
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for part in letter.iter_attachments():
                yield part.get_filename(), row["nhận lúc"], part.get_content()
        else:
            yield path.name, row["nhận lúc"], path.read_bytes()


def read_reports(folder: Path) -> Tables:
    """Return one table a sheet over all units, from the last workbook of each, and the files."""
    latest, files = {}, []
    for name, when, data in workbooks(folder):
        engine = "calamine" if name.endswith(".ods") else "openpyxl"
        book = pd.ExcelFile(BytesIO(data), engine=engine)
        sheets = {
            title: book.parse(title, header=None) for title in SHEETS if title in book.sheet_names
        }
        stamp = str(sheets["Nhiệm vụ"].iloc[3, 0]).removeprefix("Mã phiếu: ")
        unit, cycle = stamp.split("|")[:2]
        files.append({"unit": unit, "file": name, "received": when, "cycle": cycle})
        if cycle == folder.name:
            latest[unit] = {title: _table(sheet, unit) for title, sheet in sheets.items()}
    found = {
        title: pd.concat([sheets[title] for sheets in latest.values() if title in sheets])
        for title in SHEETS
    }
    return {**found, "files": pd.DataFrame(files)}


def _table(sheet: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return the rows below the headings that say more than a pre-printed number."""
    table = sheet.iloc[5:].set_axis(sheet.iloc[4], axis=1).rename_axis(None, axis=1)
    return table[table.iloc[:, 1].notna()].assign(unit=unit)


def number(column: pd.Series) -> pd.Series:
    """Return a column of numbers; what is none is missing."""
    return pd.to_numeric(column, errors="coerce")


def code(column: pd.Series) -> pd.Series:
    """Return the code of «CB012 – Nguyễn Văn An»."""
    return column.astype("string").str.split(" – ").str[0].fillna("")


def name(column: pd.Series) -> pd.Series:
    """Return the name of «CB012 – Nguyễn Văn An»."""
    return column.astype("string").str.split(" – ").str[1].fillna("")


def join_lines(office: Tables, reports: Tables) -> pd.DataFrame:
    """Return every assigned line beside what was reported and accepted of it."""
    given, done, judged = office["assigned"], reports["Nhiệm vụ"], office["verdicts"]
    lines = given.assign(
        person=code(given["Người thực hiện"]),
        name=name(given["Người thực hiện"]),
        unit=code(given["Đơn vị"]),
    )
    done = done.assign(person=code(done["Người thực hiện"]))
    judged = judged.assign(person=judged["Mã người"].fillna(""))
    return lines.merge(done[KEY + TYPED], on=KEY, how="left").merge(
        judged[KEY + ACCEPTED], on=KEY, how="left"
    )


def score(lines: pd.DataFrame, reporting: pd.Series, last_day: pd.Timestamp) -> pd.DataFrame:
    """Return the lines with A, D, Q, P and where each stands."""
    finished = pd.to_datetime(lines["Ngày xong"], errors="coerce", dayfirst=True)
    due = pd.to_datetime(lines["Hạn"]).fillna(last_day)
    accepted, rework, late = (number(lines[column]) for column in ACCEPTED)
    quantity = accepted.fillna(number(lines["SL hoàn thành"])).fillna(0.0)
    rework = rework.fillna(number(lines["Số lần chưa đạt CL"])).fillna(0.0)
    late = late.fillna((finished > due).astype(float))
    weight = number(lines["Hệ số"]) * number(lines["Tỷ lệ tham gia"]).fillna(1.0)
    delivered = np.minimum(quantity, lines["Số lượng"])
    whole, due_now = quantity >= lines["Số lượng"], due <= last_day
    standing = np.select(
        [~lines["unit"].isin(reporting), whole & (late > 0), whole, due_now],
        ["chưa nộp", "xong chậm", "đúng hạn", "quá hạn"],
        "chưa đến hạn",
    )
    return lines.assign(
        A=weight * np.where(due_now, lines["Số lượng"], delivered),
        D=weight * delivered,
        Q=weight * delivered * np.clip(1 - rework / 4, 0, 1),
        P=weight * delivered * np.clip(1 - late / 4, 0, 1),
        **{"standing": standing, "done": quantity, "left": lines["Số lượng"] - delivered},
        **{"days": (last_day - due).dt.days.where(standing == "quá hạn")},
        **{"due": due, "finished": finished},
    )


def rates(lines: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return sums, rates and counts of the lines by unit or person."""
    sums = lines.groupby(by)[["A", "D", "Q", "P"]].sum()
    for rate, part in (("a", "D"), ("b", "Q"), ("c", "P")):
        sums[rate] = (sums[part] / sums["A"]).clip(upper=1) * 100
    sums["R"] = sums[["a", "b", "c"]].mean(axis=1)
    counts = pd.crosstab(lines[by], lines["standing"]).reindex(columns=STANDINGS, fill_value=0)
    return sums.join(counts).assign(lines=counts.sum(axis=1))


def rated_indicators(office: Tables, reports: Tables) -> pd.DataFrame:
    """Return the indicators with value, target and a drawn gauge."""
    wanted = office["indicators"].set_index("Mã chỉ số")[["Chỉ tiêu"]]
    table = reports["CCHC"].join(wanted, on="Mã chỉ số")
    value = number(table["Giá trị"]).fillna(number(table["Tử số"]) / number(table["Mẫu số"]) * 100)
    drawn = [
        Markup(charts.gauge(at, goal)) if at <= 100 and 0 < goal <= 100 else ""
        for at, goal in zip(value, table["Chỉ tiêu"], strict=True)
    ]
    return table.assign(value=value, gauge=drawn)


def six_cycles(history: pd.DataFrame, units: pd.DataFrame, cycle: str) -> dict[str, Markup]:
    """Return a drawn line of R over the cycles by unit."""
    now = units["R"].reset_index().assign(cycle=cycle)
    series = pd.concat([history, now]).pivot_table(index="unit", columns="cycle", values="R")
    points = {
        str(unit): [(20.0 * at, rate) for at, rate in enumerate(row) if rate == rate]
        for unit, row in zip(series.index, series.to_numpy(), strict=True)
    }
    return {unit: Markup(charts.spark([run])) for unit, run in points.items()}


def shown(value: object) -> object:
    """Return a cell as it is printed: 2,5 · 05/11/2026 · text as it is."""
    if isinstance(value, Markup):
        return value
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    return value.strftime("%d/%m/%Y") if hasattr(value, "strftime") else value


def main(folder: Path, history: Path, out: Path) -> None:
    """Make the packet of one cycle."""
    month = pd.Timestamp(folder.name[:7])
    first_half = folder.name.endswith("K1")
    last_day = month + (pd.Timedelta(days=14) if first_half else pd.offsets.MonthEnd())
    office, reports = read_office(folder), read_reports(folder)
    lines = score(join_lines(office, reports), reports["Nhiệm vụ"]["unit"], last_day)
    past, units = pd.read_csv(history), rates(lines, "unit")
    sparks = six_cycles(past, units, folder.name)
    counts = [(word, int(units[word].sum())) for word in STANDINGS if units[word].sum()]
    content = {
        "cycle": folder.name,
        "points": points(lines, office),
        "bar": Markup(charts.stacked_bar(counts)),
        "parts": packet_parts(
            office | {"indicators": rated_indicators(office, reports)},
            reports, lines, units, rates(lines, "person"), past, sparks,
        ),
    }  # fmt: skip
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, finalize=shown)
    HTML(string=environment.get_template("baseline.html.j2").render(content)).write_pdf(out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
