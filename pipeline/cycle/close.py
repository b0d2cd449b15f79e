"""Close a cycle after its meeting: freeze what it was made of, draft the next one's work."""

from datetime import datetime
from pathlib import Path

import pandas as pd

from pipeline.checking.meeting import undecided
from pipeline.cycle.coming import draft_next
from pipeline.cycle.crew import Crew, Tell
from pipeline.cycle.mail import unpacking
from pipeline.cycle.meeting import DAYS_TO_ANSWER
from pipeline.cycle.plan import Plan, read_plan
from pipeline.cycle.start import start_cycle
from pipeline.cycle.stored import stored_result
from pipeline.history import read_history
from pipeline.intake import collect, read_receipts, receipts_text
from pipeline.model.calendar import earlier_cycles
from pipeline.model.findings import NOTE, ConfigError, InputError, describe
from pipeline.model.folders import ARCHIVE, INPUTS, PACKET, PEOPLE, RESULT, CycleFolder
from pipeline.model.layout import Layout, layout
from pipeline.model.tables import CycleResult, records
from pipeline.model.text import fold, show_date
from pipeline.tools import chain, disk, vault
from pipeline.tools.workbook import write_workbook
from pipeline.tools.worker import Worker

ORIGINALS, EARLIER = "goc", f"{INPUTS}/truoc"
COMING, RESTATED = "giao-viec-ky-sau.xlsx", "so-da-in-nay-khac.xlsx"
WANTED = (RESULT, ARCHIVE, PACKET)
UNKNOWN = "K761"  # a decision of which no conclusion tells
NAMED = 5  # of what is still undecided


def close_cycle(
    folder: CycleFolder, output: Path, at: datetime, tell: Tell, crew: Crew
) -> list[str]:
    """Freeze a cycle and draft the next one's assignment table; return what to tell.

    Raises InputError or ConfigError, and changes nothing, where the run is stale or ket-luan.xlsx
    is not whole.
    """
    stored = _settled(folder, output, tell, crew)
    result = stored_result(folder.data, output, folder.cycle)
    past = read_history(output, folder.cycle, chain.official(folder.data))
    before = read_plan(folder, past.before)
    _refuse_unready(result, before)
    last = chain.newest_revision(folder.data, folder.cycle)
    drafts = draft_next(folder, result, before, (last or folder.closed) / COMING)
    files, told = _frozen(folder, output, stored)
    if last:
        files[RESTATED] = _restated(result)
    following = CycleFolder(folder.data, folder.cycle.next)
    files[COMING] = drafts[following.assignments]
    disk.require_room(folder.data, sum(map(len, [*files.values(), *drafts.values()])))
    for path, data in drafts.items():
        disk.write_file(path, data)
    why = f"họp {show_date(result.meeting['meeting_on'])}"
    when = at.isoformat(timespec="minutes")
    place = vault.close(folder, files, when, result.meeting["secretary"], why, told)
    tell("Khóa kỳ", 1, 1)
    revised = result.tables["revised"] if last else None
    return _said(folder, before, place, following, revised)


def _settled(folder: CycleFolder, output: Path, tell: Tell, crew: Crew) -> dict:
    """Return the manifest of a run that is not stale and would, run again, give the same bytes."""
    stored = _fresh(folder, output)
    if not stored["record"]["settled"]:  # it brought its drafts up to date: one more reads them
        start_cycle(folder, output, _now(stored), tell, crew)
        stored = _fresh(folder, output)
    return stored


def _fresh(folder: CycleFolder, output: Path) -> dict:
    place, again = output / str(folder.cycle), f"chạy: make cycle CYCLE={folder.cycle}"
    stored = disk.read_manifest(place)
    if stored is None or "settled" not in stored["record"]:
        raise InputError(f"kỳ {folder.cycle} chưa tổng hợp; {again}")
    if stored["inputs"].get("draft"):
        raise InputError(f"lần chạy cuối là in thử (NHÁP); {again} rồi mới khóa.")
    inputs = disk.run_inputs(folder, output, earlier_cycles(folder.cycle), _now(stored))
    if disk.unchanged(place, inputs, WANTED) is None:
        names = [n for n in stored["inputs"] | inputs if stored["inputs"].get(n) != inputs.get(n)]
        said = ", ".join(names) or "chương trình hoặc tệp kết quả"
        raise InputError(f"từ lần chạy cuối đã đổi: {said}; {again} rồi mới khóa.")
    if inputs["changed"]:
        before = folder.cycle.previous
        raise InputError(f"kỳ trước {before} đã đổi sau lần chạy cuối; chạy lại kỳ ấy rồi kỳ này.")
    if folder.strays:
        raise InputError(f"hop-thu có thứ không phải tệp: {', '.join(folder.strays)}; dời ra.")
    return stored


def _now(stored: dict) -> datetime | None:
    moment = stored["inputs"]["now"]
    return datetime.fromisoformat(moment) if moment else None


def _refuse_unready(result: CycleResult, before: Plan) -> None:
    """Raise ConfigError where something in ket-luan.xlsx is wrong, or not said."""
    name = "ket-luan.xlsx"
    told = records(result.tables["findings"])
    wrong = [row for row in told if row["file"] == name and row["severity"] != NOTE]
    lines = [f"{row['message']} {row['action']}" for row in wrong]
    concluded = {fold(row["point"]) for row in records(before.meeting.concluded) if row["what"]}
    agenda = records(result.tables["agenda"])
    silent = [
        r["matter"] for r in agenda if r["chosen"] == "có" and fold(r["point"]) not in concluded
    ]
    open_work = [row["task"] for row in undecided(before.meeting.new_work)]
    lines += _lacking("Việc trình chưa có kết luận (trang «Kết luận»)", silent)
    lines += _lacking("Đề xuất chưa ghi «có» hoặc «không» (trang «Giao kỳ tới»)", open_work)
    if lines:
        raise ConfigError("\n".join([f"{name} chưa xong, chưa khóa được.", *lines]))


def _lacking(said: str, items: list[str]) -> list[str]:
    shown = "; ".join(f"«{item}»" for item in items[:NAMED])
    more = f"; và {len(items) - NAMED} nữa" if len(items) > NAMED else ""
    return [f"{said}: {shown}{more}."] if items else []


def _frozen(folder: CycleFolder, output: Path, stored: dict) -> tuple[dict[str, bytes], dict]:
    """Return every file that goes into the archive by its name there, and what its record tells."""
    outputs = [name for name in (*WANTED, PEOPLE) if name in stored["outputs"]]
    files = {name: (output / str(folder.cycle) / name).read_bytes() for name in outputs}
    files |= {path.name: path.read_bytes() for path in folder.documents}
    inputs, originals = stored["inputs"], {}
    for path in folder.inputs:
        data = path.read_bytes()
        if disk.sha256(data) != inputs[path.relative_to(folder.data).as_posix()]:
            raise InputError(f"{path} vừa đổi; chạy: make cycle CYCLE={folder.cycle}")
        if path.parent == folder.inbox:
            originals[path.name] = disk.sha256(data)
            files[original(path.name, originals[path.name])] = data
        else:
            files[f"{INPUTS}/{path.name}"] = data
    for path in sorted(folder.issued.glob("*.xlsx")):
        files[f"{INPUTS}/phieu/{path.name}"] = path.read_bytes()
    for cycle, path in _earlier(folder, output).items():
        files[f"{EARLIER}/{cycle}.json"] = path.read_bytes()
    kept = {name: stored[name] for name in ("program", "libraries", "inputs")}
    return files, {**kept, "print_code": stored["record"]["print_code"], "originals": originals}


def original(name: str, digest: str) -> str:
    """Return where a file that came in lies in the archive: under its hash, still to be opened."""
    return f"{ORIGINALS}/{digest}{Path(name).suffix.lower()}"


def _earlier(folder: CycleFolder, output: Path) -> dict:
    paths = chain.result_paths(folder.data, output, earlier_cycles(folder.cycle))
    return {cycle: path for cycle, path in paths.items() if path.is_file()}


def _restated(result: CycleResult) -> bytes:
    """Return the list of what was printed and is other now, as a workbook of its own."""
    sheet = layout("archive")["revised"]
    book = Layout("revision", sheet.title, (sheet,))
    return write_workbook(book, result.tables, created=result.made_at)


def _said(
    folder: CycleFolder,
    before: Plan,
    place: Path,
    following: CycleFolder,
    revised: pd.DataFrame | None,
) -> list[str]:
    head = chain.read_acts(folder.data)[-1].digest
    lines = [f"Đã khóa kỳ {folder.cycle}: {place}. Đầu chuỗi: {head[:12]}."]
    if revised is not None:
        lines.append(f"Số đã in nay khác: {len(revised)} số ({place / RESTATED}).")
    cited = [row for row in describe(before.meeting.findings, {}) if row["code"] == UNKNOWN]
    lines += [row["message"] for row in cited]
    waiting = [row for row in records(before.meeting.petitions) if not row["answer"]]
    lines += [_waiting(row, before) for row in waiting]
    return [*lines, *_next_steps(following)]


def _next_steps(following: CycleFolder) -> list[str]:
    """Return what to do with the table drafted for the next cycle, wherever that one stands."""
    drafted, cycle = f"Đã soạn {following.assignments}", following.cycle
    if cycle in chain.closed(following.data):
        again = f"sauro reopen {cycle}, make cycle, rồi make close"
        return [f"{drafted}. Kỳ {cycle} đã khóa theo số cũ của kỳ này; cần tính lại thì {again}."]
    lines = [f"{drafted}: soát lại, rồi make open CYCLE={cycle}."]
    if any(following.issued.glob("*.xlsx")):
        lines.append(f"Kỳ {cycle} đã phát phiếu: bảng giao việc đổi thì phát lại.")
    return lines


def _waiting(row: dict, before: Plan) -> str:
    day = before.registers.days_off.working_day(row["received_on"], after=DAYS_TO_ANSWER)
    said = f"«{row['figure']}», hạn {show_date(day)}; có sẵn ở ket-luan.xlsx kỳ sau"
    return f"Kiến nghị của {row['person']} chưa trả lời: {said}."


def receive_late(folder: CycleFolder, reader: Worker) -> None:
    """Note in so-nhan.csv what came in after a cycle was closed; nothing of it is read."""
    receipts = read_receipts(folder.receipts)
    packages, _ = collect(folder.inbox, receipts, unpacking(reader))
    disk.write_file(folder.receipts, receipts_text(packages, receipts).encode())
