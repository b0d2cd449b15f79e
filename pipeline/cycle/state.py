"""Where a cycle stands in its life, in one line, and what each command refuses because of it."""

from pathlib import Path

from pipeline.model.findings import InputError
from pipeline.model.folders import PACKET, CycleFolder, inside
from pipeline.model.text import show_time
from pipeline.tools import chain, disk

UNOPENED, RECEIVING, PRINTED = "chưa mở", "đang nhận", "đã in"
MET, LOCKED = "đã họp", "đã khóa"
STATES = (UNOPENED, RECEIVING, PRINTED, MET, LOCKED)
NOT_OPEN = "chưa phát phiếu, hop-thu trống; soạn giao-viec.xlsx rồi chạy: make open CYCLE={cycle}"
UNLOCK = 'muốn sửa thì mở lại: sauro reopen {cycle} --by "ai" --why "vì sao"'
REFUSED = {
    ("cycle", UNOPENED): NOT_OPEN,
    ("cycle", LOCKED): f"hồ sơ chính thức ở {{place}}; {UNLOCK}",
    ("open", MET): "phiếu không phát lại sau họp; việc giao thêm ghi vào bảng giao việc kỳ sau",
    ("open", LOCKED): UNLOCK,
    ("close", UNOPENED): NOT_OPEN,
    ("close", RECEIVING): "chưa in hồ sơ họp; chạy: make cycle CYCLE={cycle}",
    ("close", PRINTED): "chưa có kết luận; điền ket-luan.xlsx rồi chạy: make cycle CYCLE={cycle}",
    ("close", LOCKED): f"hồ sơ chính thức ở {{place}}; {UNLOCK}",
    **{("reopen", state): "kỳ này chưa khóa, cứ sửa rồi chạy make cycle" for state in STATES[:-1]},
}
NEXT = {
    UNOPENED: "soạn giao-viec.xlsx rồi chạy make open",
    RECEIVING: "nhận phiếu vào hop-thu, chạy make cycle",
    PRINTED: "họp xong thì điền ket-luan.xlsx, chạy make cycle",
    MET: "kết luận đủ thì chạy make close",
    LOCKED: "sửa thì phải mở lại: sauro reopen",
}


def state_of(folder: CycleFolder, output: Path) -> str:
    """Return one of the five words."""
    if folder.cycle in chain.closed(folder.data):
        return LOCKED
    stored = disk.read_manifest(output / str(folder.cycle))
    if stored and PACKET in stored["outputs"]:
        return MET if stored["record"].get("met") else PRINTED
    came = inside(folder.inbox) or any(folder.issued.glob("*.xlsx"))
    return RECEIVING if came or stored else UNOPENED


def require(command: str, folder: CycleFolder, output: Path) -> None:
    """Raise InputError, with what to do instead, where a command does not fit the cycle's state."""
    state = state_of(folder, output)
    if reason := REFUSED.get((command, state)):
        act = chain.closed(folder.data).get(folder.cycle)
        said = reason.format(cycle=folder.cycle, place=act and act.folder)
        late = "".join(f"\n{line}" for line in after_lock(folder))
        raise InputError(f"kỳ {folder.cycle} {state}: {said}.{late}")


def tell_state(folder: CycleFolder, output: Path) -> list[str]:
    """Return the cycle's state in one line, then what came in after it was closed."""
    state = state_of(folder, output)
    facts = _facts(folder, output, state)
    return [f"{_capital(folder.cycle.name)}: {state}{facts}; {NEXT[state]}.", *after_lock(folder)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _facts(folder: CycleFolder, output: Path, state: str) -> str:
    if state == LOCKED:
        act = chain.closed(folder.data)[folder.cycle]
        return f" bản r{act.revision} lúc {show_time(act.at)}, {act.folder}"
    acts = [a for a in chain.read_acts(folder.data) if a.cycle == folder.cycle]
    again = [f", {a.content['who']} mở lại r{a.revision}: {a.content['why']}" for a in acts[-1:]]
    stored = disk.read_record(output / str(folder.cycle)) if state in (PRINTED, MET) else None
    changed = disk.changed_since(output, folder) if stored else []
    code = [f", mã bản in {stored['print_code']}"] if stored and "print_code" in stored else []
    since = [f", từ đó đã đổi: {', '.join(changed)}"] if changed else []
    return "".join([*code, *since, *again])


def after_lock(folder: CycleFolder) -> list[str]:
    """Return a line for every file that came in after the cycle was closed: kept, not counted."""
    act = chain.closed(folder.data).get(folder.cycle)
    if act is None:
        return []
    known = set(act.content["originals"].values())
    files = [path for path in inside(folder.inbox) if path.is_file()]
    late = [path for path in files if disk.sha256(path.read_bytes()) not in known]
    return [f"Sau khóa: «{path.name}» giữ ở hop-thu, không tính." for path in late]
