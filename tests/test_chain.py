"""The chain of closed cycles: any damage is found and named, a closing is there whole or not at all."""

import os
import random
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from interrupting import interrupted

from pipeline import ROOT
from pipeline.model.calendar import parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.folders import CycleFolder
from pipeline.tools import chain, disk, vault

CYCLES = [parse_cycle(name) for name in ("2026-09-K2", "2026-10-K1", "2026-10-K2", "2026-11-K1")]
AT = "2026-11-20T09:00+07:00"
LEDGER = "luu-tru/so-khoa.csv"


def put_away(data: Path, cycle: object, mark: str = "") -> Path:
    """Close a cycle of a few small files."""
    files = {
        "result.json": f"kết quả {cycle}{mark}".encode(),
        "goc/0a.xlsx": f"phiếu {cycle}".encode() * 40,
        "dau-vao/commune.toml": b"same",
    }
    return vault.close(CycleFolder(data, cycle), files, AT, "Thư ký", "họp", {"originals": {}})


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four closed cycles, one of them opened and closed again; only to be copied."""
    data = tmp_path_factory.mktemp("kept")
    for cycle in CYCLES:
        put_away(data, cycle)
    vault.reopen(data, CYCLES[1], AT, "Chủ tịch; xã", "=đếm\nnhầm")
    put_away(data, CYCLES[1], " sửa")
    vault.reopen(data, CYCLES[2], AT, "Chủ tịch", "thiếu phiếu")
    return data


@pytest.fixture
def data(kept: Path, tmp_path: Path) -> Path:
    return writable(shutil.copytree(kept, tmp_path / "data"))


def writable(place: Path) -> Path:
    for path in [place, *place.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    return place


# --- what stands there


def test_acts_stand_in_their_order_each_bound_to_the_one_before(kept: Path) -> None:
    acts = chain.read_acts(kept)
    assert [(a.number, a.content["act"], str(a.cycle), a.revision) for a in acts] == [
        (1, "khóa", "2026-09-K2", 1),
        (2, "khóa", "2026-10-K1", 1),
        (3, "khóa", "2026-10-K2", 1),
        (4, "khóa", "2026-11-K1", 1),
        (5, "mở lại", "2026-10-K1", 1),
        (6, "khóa", "2026-10-K1", 2),
        (7, "mở lại", "2026-10-K2", 1),
    ]
    assert [a.previous for a in acts] == ["", *(a.digest for a in acts[:-1])]
    assert [*map(str, chain.closed(kept))] == ["2026-09-K2", "2026-10-K1", "2026-11-K1"]
    assert chain.official(kept)[CYCLES[1]].name == "r2"


def test_the_ledger_is_a_table_people_can_open(kept: Path) -> None:
    text = (kept / LEDGER).read_bytes().decode("utf-8-sig")
    lines = text.split("\r\n")
    assert lines[0] == "số;việc;kỳ;bản;lúc;ai;vì sao;dấu bản ghi;dấu bản ghi trước"
    assert lines[5].startswith(f'5;mở lại;2026-10-K1;1;{AT};"Chủ tịch; xã";\'=đếm / nhầm;')
    assert len(lines) == 9


def test_a_cycle_is_printed_upon_the_last_act_of_an_earlier_one(kept: Path) -> None:
    digests = [act.digest for act in chain.read_acts(kept)]
    heads = [chain.head_before(kept, cycle) for cycle in (*CYCLES, CYCLES[-1].next)]
    assert heads == ["", digests[0], digests[5], digests[6], digests[6]]


def test_a_revision_is_never_written_over(kept: Path, data: Path) -> None:
    place = data / "luu-tru" / "2026-11-K1" / "r2"
    place.mkdir()
    with pytest.raises(InputError, match="r2 đã có; bản đã khóa không ghi đè"):
        put_away(data, CYCLES[3])
    assert {stat.S_IMODE(p.stat().st_mode) for p in kept.glob("luu-tru/*/r*/*.json")} == {0o400}


def test_without_anything_closed_there_is_nothing_to_find(tmp_path: Path) -> None:
    assert chain.damages(tmp_path) == []
    assert chain.told(tmp_path) == ["Chưa có kỳ nào khóa."]
    with pytest.raises(InputError, match="kỳ «2026-11-K1» chưa khóa lần nào"):
        chain.find_closed(tmp_path, "2026-11-K1")


# --- damages


def everything(data: Path) -> list[Path]:
    return sorted(path for path in (data / "luu-tru").rglob("*") if path.is_file())


def one_byte(data: Path, dice: random.Random) -> list[Path]:
    path = dice.choice(everything(data))
    content = bytearray(path.read_bytes())
    at = dice.randrange(len(content))
    content[at] ^= 1 << dice.randrange(8)
    path.write_bytes(content)
    return [path]


def deletion(data: Path, dice: random.Random) -> list[Path]:
    path = dice.choice(everything(data))
    path.unlink()
    return [path]


def truncation(data: Path, dice: random.Random) -> list[Path]:
    path = dice.choice(everything(data))
    os.truncate(path, dice.randrange(path.stat().st_size))
    return [path]


def swap(data: Path, dice: random.Random) -> list[Path]:
    while True:
        one, other = dice.sample(everything(data), 2)
        contents = one.read_bytes(), other.read_bytes()
        if contents[0] != contents[1]:
            one.write_bytes(contents[1])
            other.write_bytes(contents[0])
            return [one, other]


def a_whole_revision(data: Path, dice: random.Random) -> list[Path]:
    place = dice.choice(sorted((data / "luu-tru").glob("*/r*")))
    shutil.rmtree(place)
    return [place]


def one_more(data: Path, dice: random.Random) -> list[Path]:
    place = dice.choice(sorted(p for p in (data / "luu-tru").rglob("*") if p.is_dir()))
    path = place / "them.xlsx"
    path.write_bytes(b"more")
    return [path]


DAMAGES = [one_byte, deletion, truncation, swap, a_whole_revision, one_more]


def is_named(path: Path, data: Path, told: list[str]) -> bool:
    return any(path.relative_to(data).as_posix() in line for line in told)


def unnoticed(data: Path, times: int) -> list[str]:
    """Damage an archive over and over; return what was not found and named."""
    whole, missed = {path: path.read_bytes() for path in everything(data)}, []
    for n in range(times):
        damage: Callable = DAMAGES[n % len(DAMAGES)]
        hurt = damage(data, random.Random(n))
        told = chain.damages(data)
        missed += [f"{n} {damage.__name__} {p} {told}" for p in hurt if not is_named(p, data, told)]
        for path in hurt:
            mend(path, whole)
    return missed


def mend(hurt: Path, whole: dict[Path, bytes]) -> None:
    """Put a damaged file or folder back as it was."""
    hurt.unlink(missing_ok=True)
    for path, content in whole.items():
        if hurt in (path, *path.parents):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def test_an_intact_archive_has_no_damage(kept: Path) -> None:
    assert chain.damages(kept) == []
    (line,) = chain.told(kept)
    head = chain.read_acts(kept)[-1].digest[:12]
    assert line == f"Nguyên vẹn: 5 bản đã khóa. Đầu chuỗi: {head}."


def test_random_damages_are_found_and_named(data: Path) -> None:
    assert unnoticed(data, 120) == []


@pytest.mark.slow
def test_a_thousand_random_damages_are_found_and_named(data: Path) -> None:
    assert unnoticed(data, 1000) == []


@pytest.mark.parametrize("name", ["result.json", "manifest.json"])
def test_a_link_is_no_archived_file_whatever_it_leads_to(data: Path, name: str) -> None:
    path = data / "luu-tru" / "2026-10-K2" / "r1" / name
    elsewhere = path.rename(data / name)
    path.symlink_to(elsewhere)
    assert is_named(path, data, chain.damages(data))


def test_a_changed_file_is_named_once(data: Path) -> None:
    path = data / "luu-tru" / "2026-10-K2" / "r1" / "result.json"
    path.write_bytes(b"other")
    assert chain.damages(data) == ["luu-tru/2026-10-K2/r1/result.json: không còn như khi khóa."]
    assert chain.damages(data, CYCLES[:1]) == []


def test_a_record_that_is_gone_is_not_covered_up_by_the_next_act(data: Path) -> None:
    (data / "luu-tru" / "2026-10-K2" / "mo-lai-r1.json").unlink()  # the last act
    kept = (data / LEDGER).read_bytes()
    with pytest.raises(InputError, match="còn ghi việc số 7 mà bản ghi không còn; chạy: sauro ver"):
        vault.reopen(data, CYCLES[0], AT, "Chủ tịch", "sửa")
    with pytest.raises(InputError, match="còn ghi việc số 7"):
        put_away(data, CYCLES[3].next)
    assert (data / LEDGER).read_bytes() == kept


@pytest.mark.parametrize("left", [0, 1, 300])
def test_a_list_of_acts_cut_short_is_finished(data: Path, left: int) -> None:
    whole = (data / LEDGER).read_bytes()
    os.truncate(data / LEDGER, left)
    assert chain.damages(data) != []
    vault.tidy(data)
    assert (data / LEDGER).read_bytes() == whole


def test_a_broken_record_stops_other_commands(data: Path) -> None:
    path = data / "luu-tru" / "2026-10-K2" / "r1" / "manifest.json"
    path.write_bytes(b"{")
    with pytest.raises(InputError, match=r"2026-10-K2/r1/manifest\.json hỏng; chạy: sauro verify"):
        chain.closed(data)


@pytest.mark.slow
def test_a_hundred_cycles_are_verified_in_five_seconds(tmp_path: Path) -> None:
    cycle = CYCLES[0]
    for _ in range(100):
        files = {"result.json": b"x" * 500_000, "ho-so-hop.pdf": b"y" * 500_000}
        vault.close(CycleFolder(tmp_path, cycle), files, AT, "", "", {})
        cycle = cycle.next
    code = f"from pathlib import Path; from pipeline.tools import chain; print(chain.damages(Path({str(tmp_path)!r})))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=5
    )
    assert done.stdout == "[]\n"


# --- cut short at any call to the disk


@pytest.mark.parametrize("fault", ["kill", "full"])
@pytest.mark.parametrize("deed", ["close", "reopen"])
def test_a_fault_at_any_call_leaves_an_act_done_or_not_begun(
    tmp_path: Path, fault: str, deed: str
) -> None:
    for nth, data in interrupted(fault, deed, tmp_path):
        acts = chain.read_acts(data)
        assert len(acts) in (1, 2), nth
        begun = [act for act in acts[1:] if deed == "close"]
        assert all(set(act.content["files"]) == files_of(act.folder) for act in begun), nth
        assert all("so-khoa.csv" in line for line in chain.damages(data)), nth
        cycle = CYCLES[3] if deed == "close" else CYCLES[2]
        if (len(acts) == 1) == (deed == "close"):
            put_away(data, cycle)
        else:
            vault.reopen(data, cycle, AT, "who", "why")
        assert chain.damages(data) == [], nth
        assert not list((data / "luu-tru").rglob(".*")), nth


def files_of(place: Path) -> set[str]:
    return {
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def test_where_there_is_no_room_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = os.statvfs_result((4096, 4096, 10, 0, 0, 10, 10, 10, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: free)
    with pytest.raises(OSError, match="No space left") as caught:
        put_away(tmp_path, CYCLES[0])
    assert caught.value.filename.startswith(f"{tmp_path}")
    assert "byte, còn 0 byte)" in caught.value.filename
    assert everything(tmp_path) == []
    assert disk.sha256(b"") == chain.hashlib.sha256(b"").hexdigest()
