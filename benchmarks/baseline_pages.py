"""The parts of the baseline's packet: the same pages as the program prints, as plain tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

STANDINGS = ["đúng hạn", "xong chậm", "quá hạn", "chưa đến hạn", "chưa nộp"]
COUNTS = {"lines": "Giao", **{word: word.capitalize() for word in STANDINGS[:4]}}
SUMS = {"A": "ΣA", "D": "ΣD", "a": "a, %", "b": "b, %", "c": "c, %", "R": "R, %"}
WORK = {"Mã việc": "Mã", "Việc": "Việc", "name": "Người thực hiện"}
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Block:
    """A piece of a part: a heading, a sentence, an empty box or a table."""

    rows: pd.DataFrame | None = None
    title: str = ""
    text: str = ""
    box: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the packet with its place in the contents."""

    key: str
    title: str
    blocks: list[Block]
    kind: str = "new"


def view(table: pd.DataFrame, columns: Mapping[str, str], title: str = "") -> Block:
    """Return some columns of a table under the headings they are printed with."""
    return Block(table[[*columns]].rename(columns=columns), title)


def points(lines: pd.DataFrame, office: Tables) -> list[tuple[str, str]]:
    """Return what the chairman decides: the points ticked, else what is longest overdue."""
    ticked = office["agenda"][office["agenda"]["Chọn"].notna()]
    if len(ticked):
        wanted = ticked.fillna("").head(5)
        said = wanted["Nội dung sửa"].where(wanted["Nội dung sửa"] != "", wanted["Nội dung"])
        return list(zip(said, wanted["Đề xuất quyết định"], strict=True))
    worst = lines[lines["standing"] == "quá hạn"].nlargest(5, "days")
    return [(f"{row['Mã việc']} {row['Việc']}", row["name"]) for _, row in worst.iterrows()]


def packet_parts(
    office: Tables,
    reports: Tables,
    lines: pd.DataFrame,
    units: pd.DataFrame,
    people: pd.DataFrame,
    past: pd.DataFrame,
    sparks: Mapping[str, object],
) -> list[Part]:
    """Return every part in the packet's order."""
    names = office["units"].set_index("Mã đơn vị")["Tên đơn vị"]
    lines = lines.assign(unit_name=lines["unit"].map(names))
    summary = units.assign(name=names, spark=pd.Series(sparks))
    return [
        Part("returns", "Cuộc họp, báo cáo đã nhận", _returns(office, reports, names)),
        Part("summary", "Tổng hợp theo đơn vị", [_summary(summary)], "wide new"),
        Part("overdue", "Quá hạn và sắp đến hạn", _overdue(lines)),
        Part("unplanned", "Phát sinh, nhận thay, làm vượt", _unplanned(reports, lines), ""),
        Part("obstacles", "Vướng mắc, kiến nghị", [_obstacles(reports)], ""),
        Part("indicators", "Chỉ số cải cách hành chính", _indicators(office), ""),
        *(
            part
            for unit in names.index
            for part in _unit(
                unit, reports, lines[lines["unit"] == unit], summary.loc[unit], people
            )
        ),
        Part("people", "Kết quả từng người", [_people(office, people, names)], "wide new"),
        Part("agenda", "Các việc trình Chủ tịch", [_agenda(office)]),
        Part("matrix", "Nộp báo cáo sáu kỳ", [_matrix(past, names)], ""),
        Part("findings", "Vấn đề trong phiếu báo cáo", [_findings(lines)], ""),
        Part("files", "Tệp đã nhận", [_files(reports)], ""),
    ]


def _returns(office: Tables, reports: Tables, names: pd.Series) -> list[Block]:
    calendar = office["calendar"].T.reset_index().set_axis(["", "Cuộc họp"], axis=1)
    last = reports["files"].drop_duplicates("unit", keep="last").set_index("unit")
    table = pd.DataFrame({"Đơn vị": names}).join(last[["received"]]).assign(sign="")
    return [
        Block(calendar),
        Block(table.rename(columns={"received": "Nhận lúc", "sign": "Người dự họp, ký"})),
    ]


def _summary(summary: pd.DataFrame) -> Block:
    return view(summary, {"name": "Đơn vị", **COUNTS, **SUMS, "spark": "Sáu kỳ"})


def _overdue(lines: pd.DataFrame) -> list[Block]:
    late = lines[lines["standing"] == "quá hạn"].sort_values("days", ascending=False)
    soon = lines[lines["standing"] == "chưa đến hạn"].sort_values("due")
    columns = {"unit_name": "Đơn vị", **WORK, "due": "Hạn"}
    return [
        view(late, {**columns, "days": "Chậm, ngày", "Ghi chú": "Lý do"}, "Quá hạn, chưa giao nộp"),
        view(soon, {**columns, "done": "Đã xong", "Số lượng": "Giao"}, "Sắp đến hạn"),
    ]


def _unplanned(reports: Tables, lines: pd.DataFrame) -> list[Block]:
    added = {"unit": "Đơn vị", "Mã": "Mã", "Nội dung việc": "Việc", "Người thực hiện": "Người"}
    added |= {"Loại việc": "Loại", "Văn bản giao": "Văn bản", "SL hoàn thành": "Xong"}
    surplus = lines[lines["done"] > lines["Số lượng"]]
    more = {"unit_name": "Đơn vị", **WORK, "Số lượng": "Giao", "done": "Xong"}
    return [view(reports["Phát sinh"], added), view(surplus, more, "Làm vượt số lượng giao")]


def _obstacles(reports: Tables) -> Block:
    table = reports["Vướng mắc"].sort_values("Ai gỡ được").assign(said="")
    columns = {"Ai gỡ được": "Ai gỡ", "Cần trước ngày": "Trước ngày", "unit": "Đơn vị"}
    columns |= {"Mã việc": "Mã", "Vướng mắc": "Vướng mắc", "Đề xuất tháo gỡ": "Đề xuất"}
    return view(table, {**columns, "said": "Ý kiến chỉ đạo"})


def _indicators(office: Tables) -> list[Block]:
    columns = {name: name for name in ("Chỉ số", "Tử số", "Mẫu số")}
    columns |= {"value": "Giá trị", "Chỉ tiêu": "Chỉ tiêu", "gauge": ""}
    columns |= {"Nguồn số liệu": "Nguồn", "Ngày chốt số liệu": "Ngày chốt"}
    asked = {name: name for name in ("Vấn đề", "Giải pháp", "Người chủ trì", "Thời hạn")}
    title = "Kiến nghị của Tổ công tác"
    return [view(office["indicators"], columns), view(office["measures"], asked, title)]


def _unit(
    unit: str, reports: Tables, lines: pd.DataFrame, sums: pd.Series, people: pd.DataFrame
) -> list[Part]:
    """Return a unit's two parts: the last fifteen days and the next."""
    own = {key: table[table["unit"] == unit] for key, table in reports.items() if "unit" in table}
    strip = view(pd.DataFrame([sums]), {**SUMS, **COUNTS, "spark": "R sáu kỳ"})
    how = (
        f"a = ΣD/ΣA = {sums['D']:.2f}/{sums['A']:.2f}; b = ΣQ/ΣA = {sums['Q']:.2f}/{sums['A']:.2f}"
    )
    stuck = {name: name for name in ("Vướng mắc", "Đề xuất tháo gỡ", "Ai gỡ được")}
    done = {**WORK, "due": "Hạn", "finished": "Xong", "Số lượng": "Giao", "done": "Được tính"}
    past = [
        strip,
        Block(text=how),
        view(own["Vướng mắc"], stuck),
        Block(box="Ý kiến chỉ đạo"),
        view(lines.sort_values("days"), {**done, "standing": "Tình trạng", "Ghi chú": "Ghi chú"}),
    ]
    goes_on = lines[lines["left"] > 0]
    coming = {**WORK, "Sản phẩm": "Sản phẩm", "left": "Số lượng", "due": "Hạn"}
    coming |= {"Chịu trách nhiệm": "Rõ trách nhiệm", "Thẩm quyền duyệt": "Rõ thẩm quyền"}
    asked = {name: name for name in ("Việc đề xuất", "Mã sản phẩm", "Số lượng", "Người thực hiện")}
    staff = people[people.index.isin(lines["person"])].reset_index()
    load = {"person": "Người", "đúng hạn": "Xong", "lines": "Giao", "D": "ΣD"}
    after = [
        view(goes_on, coming, "Việc chuyển kỳ"),
        view(
            own["Kỳ tới"], {**asked, "Chịu trách nhiệm": "Rõ trách nhiệm", "Hạn": "Hạn"}, "Đề xuất"
        ),
        view(staff, load, "Khối lượng từng người"),
        Block(box="NGƯỜI GIAO VIỆC, NGƯỜI NHẬN VIỆC (ký, ghi rõ họ tên)"),
    ]
    name = sums["name"]
    return [
        Part(f"unit-{unit}", name, past, "left"),
        Part(f"next-{unit}", f"{name}: 15 ngày tới", after),
    ]


def _people(office: Tables, people: pd.DataFrame, names: pd.Series) -> Block:
    table = office["people"].join(people, on="Mã người")
    table = table.assign(unit=table["Mã đơn vị"].map(names))
    columns = {"unit": "Đơn vị", "Họ và tên": "Họ và tên", "Chức vụ": "Chức vụ", **COUNTS, **SUMS}
    return view(table, columns)


def _agenda(office: Tables) -> Block:
    return view(office["agenda"], {name: name for name in ("Mã", "Đơn vị", "Nội dung", "Số phút")})


def _matrix(past: pd.DataFrame, names: pd.Series) -> Block:
    table = past.pivot(index="unit", columns="cycle", values="status").assign(unit=names)
    return Block(table[["unit", *table.columns[:-1]]].rename(columns={"unit": "Đơn vị"}))


def _findings(lines: pd.DataFrame) -> Block:
    silent = lines[lines["SL hoàn thành"].isna()].assign(said="Chưa ghi số lượng hoàn thành")
    return view(silent, {"unit_name": "Đơn vị", **WORK, "said": "Vấn đề"})


def _files(reports: Tables) -> Block:
    columns = {"unit": "Đơn vị", "file": "Tệp", "received": "Nhận lúc", "cycle": "Kỳ"}
    return view(reports["files"], columns)
