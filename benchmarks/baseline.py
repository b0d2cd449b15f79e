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

SHEETS = ("Nhiệm vụ", "Phát sinh", "Đề nghị loại trừ", "CCHC", "Vướng mắc", "Kỳ tới")
RATES = ["a", "b", "c", "R"]
STANDINGS = ("đúng hạn", "xong chậm", "quá hạn", "chưa đến hạn", "chưa nộp")
CYCLES = 6
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
        "measures": judged["Kiến nghị của Tổ"],
    }
    return {key: table[table.iloc[:, 0].notna()].copy() for key, table in tables.items()}


def workbooks(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield (file, when it was received, workbook), earliest first; letters are opened."""
    receipts = pd.read_csv(folder / "so-nhan.csv", sep=";", encoding="utf-8-sig")
    when = pd.to_datetime(receipts["nhận lúc"], dayfirst=True)
    for _, row in receipts.assign(when=when).sort_values("when").iterrows():
        path = folder / "hop-thu" / row["tệp"]
        if path.suffix == ".eml":
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for part in letter.iter_attachments():
                yield part.get_filename(), row["nhận lúc"], part.get_content()
        else:
            yield path.name, row["nhận lúc"], path.read_bytes()


def read_reports(folder: Path) -> Tables:
    """Return one table a sheet over all units, the last workbook of each, and the files."""
    latest, files = {}, []
    for name, when, data in workbooks(folder):
        engine = "calamine" if name.endswith(".ods") else "openpyxl"
        book = pd.ExcelFile(BytesIO(data), engine=engine)
        sheets = {title: book.parse(title, header=None) for title in SHEETS if title in book.sheet_names}
        unit, cycle = str(sheets["Nhiệm vụ"].iloc[3, 0]).removeprefix("Mã phiếu: ").split("|")[:2]
        files.append({"Đơn vị": unit, "Tệp": name, "Nhận lúc": when, "Kỳ": cycle})
        if cycle == folder.name:
            latest[unit] = {title: _table(sheet, unit) for title, sheet in sheets.items()}
    found = {
        title: pd.concat([sheets[title] for sheets in latest.values() if title in sheets])
        for title in SHEETS
    }
    return {**found, "files": pd.DataFrame(files)}


def _table(sheet: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return the rows below the headings that say anything beside a pre-printed number."""
    table = sheet.iloc[5:].set_axis(sheet.iloc[4], axis=1)
    return table[table.iloc[:, 1].notna()].assign(**{"Đơn vị": unit})


def code(column: pd.Series) -> pd.Series:
    """Return the code of «CB012 – Nguyễn Văn An»."""
    return column.astype("string").str.split(" – ").str[0].fillna("")


def build_lines(office: Tables, reports: Tables, last_day: pd.Timestamp) -> pd.DataFrame:
    """Return every assigned line with what was done of it and its A, D, Q, P."""
    lines, done, verdicts = office["assigned"], reports["Nhiệm vụ"], office["verdicts"]
    lines = lines.assign(person=code(lines["Người thực hiện"]), unit=code(lines["Đơn vị"]))
    done = done.assign(person=code(done["Người thực hiện"]))
    own = ["Mã việc", "person", "SL hoàn thành", "Ngày xong", "Số lần chưa đạt CL", "Minh chứng", "Ghi chú"]
    lines = lines.merge(done[own], on=["Mã việc", "person"], how="left")
    verdicts = verdicts.assign(person=verdicts["Mã người"].fillna(""))
    own = ["Mã việc", "person", "SL xác nhận", "Lần chưa đạt CL xác nhận", "Lần chậm xác nhận"]
    lines = lines.merge(verdicts[own], on=["Mã việc", "person"], how="left")
    number = {name: pd.to_numeric(lines[name], errors="coerce") for name in ("SL hoàn thành", *own[2:])}
    finished = pd.to_datetime(lines["Ngày xong"], errors="coerce", dayfirst=True)
    reported = lines["unit"].isin(reports["Nhiệm vụ"]["Đơn vị"])
    quantity = number["SL xác nhận"].fillna(number["SL hoàn thành"]).fillna(0.0)
    due = pd.to_datetime(lines["Hạn"]).fillna(last_day)
    late = number["Lần chậm xác nhận"].fillna((finished > due).astype(float))
    rework = pd.to_numeric(lines["Số lần chưa đạt CL"], errors="coerce")
    rework = number["Lần chưa đạt CL xác nhận"].fillna(rework).fillna(0.0)
    weight = lines["Hệ số"] * lines["Tỷ lệ tham gia"].fillna(1.0)
    delivered = np.minimum(quantity, lines["Số lượng"])
    base = np.where(due <= last_day, lines["Số lượng"], delivered)
    whole = quantity >= lines["Số lượng"]
    standing = np.select(
        [~reported, whole & (late > 0), whole, due <= last_day],
        ["chưa nộp", "xong chậm", "đúng hạn", "quá hạn"],
        "chưa đến hạn",
    )
    return lines.assign(
        A=weight * base,
        D=weight * delivered,
        Q=weight * delivered * np.clip(1 - rework / 4, 0, 1),
        P=weight * delivered * np.clip(1 - late / 4, 0, 1),
        standing=standing,
        done=quantity,
        left=lines["Số lượng"] - delivered,
        days=(last_day - due).dt.days.where(standing == "quá hạn"),
        due=due,
        finished=finished,
    )


def rates(lines: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return sums, rates and counts of the lines by unit or person."""
    sums = lines.groupby(by)[["A", "D", "Q", "P"]].sum()
    for name, part in zip(RATES, ("D", "Q", "P"), strict=False):
        sums[name] = (sums[part] / sums["A"]).clip(upper=1) * 100
    sums["R"] = sums[["a", "b", "c"]].mean(axis=1)
    counts = pd.crosstab(lines[by], lines["standing"]).reindex(columns=STANDINGS, fill_value=0)
    return sums.join(counts).assign(lines=counts.sum(axis=1))


def indicators(office: Tables, reports: Tables) -> pd.DataFrame:
    """Return the indicators with value, target and a drawn gauge."""
    wanted = office["indicators"].set_index("Mã chỉ số")
    table = reports["CCHC"].set_index("Mã chỉ số").join(wanted[["Chỉ tiêu", "Tốt hơn khi"]])
    ratio = pd.to_numeric(table["Tử số"], errors="coerce") / pd.to_numeric(table["Mẫu số"], errors="coerce")
    value = pd.to_numeric(table["Giá trị"], errors="coerce").fillna(ratio * 100)
    drawn = [
        Markup(charts.gauge(v, t)) if 0 <= v <= 100 and t <= 100 else ""
        for v, t in zip(value, table["Chỉ tiêu"], strict=True)
    ]
    return table.assign(value=value, gauge=drawn).reset_index()


def six_cycles(history: pd.DataFrame, now: pd.DataFrame, cycle: str) -> dict[str, Markup]:
    """Return a drawn line of R over six cycles by unit."""
    newest = now["R"].rename("R").reset_index().assign(cycle=cycle)
    series = pd.concat([history, newest]).pivot_table(index="unit", columns="cycle", values="R")
    drawn = {}
    for unit, row in series.iterrows():
        points = [(100 - 20 * n, rate) for n, rate in enumerate(reversed(row.tolist())) if rate == rate]
        drawn[str(unit)] = Markup(charts.spark([points[::-1]]))
    return drawn


def shown(value: object) -> object:
    """Return a cell as it is printed: 2,50 · 05/11 · text as it is."""
    if isinstance(value, Markup):
        return value
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    return value.strftime("%d/%m") if hasattr(value, "strftime") else value


def print_packet(content: dict[str, object], out: Path) -> None:
    """Fill the one template and print it."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, finalize=shown
    )
    html = environment.get_template("baseline.html.j2").render(content)
    HTML(string=html).write_pdf(out)


def main(folder: Path, history: Path, out: Path) -> None:
    """Make the packet of one cycle."""
    month, half = pd.Timestamp(folder.name[:7]), folder.name[-1]
    last_day = month + pd.Timedelta(days=14) if half == "1" else month + pd.offsets.MonthEnd()
    office, reports = read_office(folder), read_reports(folder)
    lines = build_lines(office, reports, last_day)
    past = pd.read_csv(history)
    units = rates(lines, "unit")
    counts = [(word, int(units[word].sum())) for word in STANDINGS]
    print_packet(
        {
            "cycle": folder.name,
            "office": office,
            "reports": reports,
            "lines": lines,
            "units": units,
            "names": office["units"].set_index("Mã đơn vị")["Tên đơn vị"].to_dict(),
            "people": office["people"].set_index("Mã người").join(rates(lines, "person")).reset_index(),
            "indicators": indicators(office, reports),
            "sparks": six_cycles(past, units, folder.name),
            "bar": Markup(charts.stacked_bar([part for part in counts if part[1]])),
            "statuses": past.pivot_table(index="unit", columns="cycle", values="status", aggfunc="first"),
            "last_day": last_day,
        },
        out,
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
