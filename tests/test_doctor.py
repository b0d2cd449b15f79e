"""The doctor finds each fault of a machine and names its remedy."""

import os
import subprocess
import sys
import time

import pytest

from pipeline import doctor


def test_this_machine_can_be_used(tmp_path, capsys):
    assert doctor.main(tmp_path / "output") == 0
    assert capsys.readouterr().out.endswith("Máy dùng được.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_fault_is_told_and_changes_the_exit_code(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "check_fonts", lambda: ["Thiếu phông chữ."])
    assert doctor.main(tmp_path) == 2
    assert "✗ Thiếu phông chữ.\n" in capsys.readouterr().out


def test_fonts_missing(tmp_path):
    for name in (*doctor.FONTS[1:], "fonts.conf"):
        (tmp_path / name).touch()
    assert doctor.check_fonts(tmp_path) == [
        f"Thiếu LiberationSerif-Regular.ttf trong {tmp_path}: "
        "hãy chạy git checkout -- templates/fonts hoặc chép lại chương trình"
    ]


def test_python_too_old_stops_everything_else(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "MIN_PYTHON", (99, 0))
    assert doctor.main(tmp_path) == 2
    first, *between, last = capsys.readouterr().out.splitlines()
    assert first.startswith("✗ Cần Python 3.11 trở lên, đây là Python ")
    assert last == "Máy chưa dùng được: hãy sửa các dòng có dấu ✗."
    assert all(line.startswith("! ") for line in between)


def test_minimums_come_from_pyproject(monkeypatch):
    least = doctor.minimums()
    assert least["weasyprint"] == "70"
    assert least["pandera"] == "0.30"
    monkeypatch.setattr(doctor, "installed", lambda name: "69.2" if name == "weasyprint" else "999")
    assert doctor.check_libraries() == [
        "Thư viện weasyprint 69.2 quá cũ, cần 70 trở lên: hãy chạy make clean setup"
    ]
    monkeypatch.setattr(doctor, "installed", lambda name: None if name == "click" else "999")
    assert doctor.check_libraries() == ["Thiếu thư viện Python click: hãy chạy make clean setup"]


def test_system_packages_missing_are_named_in_one_command(monkeypatch):
    monkeypatch.setattr(doctor, "NATIVE", {"libnowhere.so.0": "libnowhere0"})
    monkeypatch.setattr(doctor, "can_make_venv", lambda: False)
    assert doctor.check_packages() == [
        "Máy thiếu gói hệ thống: hãy chạy sudo apt-get install -y --no-install-recommends "
        "python3-venv libnowhere0"
    ]


@pytest.mark.parametrize(("pip", "enough"), [(None, False), ("20.3.4", False), ("23.0.1", True)])
def test_pip_stands_in_for_ensurepip(monkeypatch, pip, enough):
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(doctor, "installed", lambda name: pip)
    assert doctor.can_make_venv() is enough


def test_the_folders_given_are_looked_at(tmp_path, monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(doctor, "check_folder", lambda folder: seen.append(folder) or [])
    assert doctor.main(tmp_path / "output", tmp_path / "data") == 0
    assert seen == [tmp_path / "output", tmp_path / "data"]
    assert f"✓ Thư mục dữ liệu {tmp_path / 'data'}\n" in capsys.readouterr().out


def test_output_on_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "MIN_FREE_MB", 10**12)
    (sentence,) = doctor.check_folder(tmp_path / "not" / "yet" / "made")
    assert sentence.startswith(f"Đĩa chứa {tmp_path} chỉ còn trống ")


def test_output_that_cannot_be_written(tmp_path, monkeypatch):
    def refuse(dir):
        raise PermissionError(dir)

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    (sentence,) = doctor.check_folder(tmp_path)
    assert sentence == (
        f'Không ghi được vào {tmp_path}: hãy chạy sudo chown -R "$USER" "{tmp_path}"'
    )


def test_time_zone_data_missing(monkeypatch):
    import zoneinfo

    def unknown(key):
        raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", unknown)
    (sentence,) = doctor.check_time_zone()
    assert sentence.endswith("apt-get install -y --no-install-recommends tzdata")


@pytest.mark.parametrize("made", ["2026-11-K1", "data/luu-tru/2026-11-K1/r1"])
def test_clock_behind_the_newest_result_or_closed_cycle(tmp_path, made):
    manifest = tmp_path / made / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.touch()
    assert doctor.check_clock(tmp_path, tmp_path / "data") == []
    os.utime(manifest, (time.time() + 3600,) * 2)
    (sentence,) = doctor.check_clock(tmp_path, tmp_path / "data")
    assert "sớm hơn lần chạy gần nhất" in sentence


@pytest.mark.parametrize(("version", "noted"), [((3, 11, 14), True), ((3, 11, 15), False)])
def test_python_without_security_repairs_is_only_noted(monkeypatch, version, noted):
    monkeypatch.setattr(sys, "version_info", version)
    assert (doctor.python_note() is not None) is noted


def test_runs_without_any_library():
    command = [sys.executable, "-I", "-S", doctor.__file__, "--missing"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) <= {"python3-venv"}  # -S also hides that this is a venv


@pytest.mark.parametrize("hurt", ["gone", "cut", "whole"])
def test_a_library_with_a_file_gone_or_cut_short_is_named(tmp_path, monkeypatch, hurt):
    info, module = tmp_path / "lxml-9.0.dist-info", tmp_path / "lxml" / "etree.so"
    info.mkdir()
    module.parent.mkdir()
    module.write_bytes(b"machine code")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lxml\nVersion: 9.0\n")
    (info / "RECORD").write_text(
        "lxml/etree.so,sha256=x,12\nlxml/etree.pyc,,\nlxml-9.0.dist-info/RECORD,,\n"
    )
    if hurt == "gone":
        module.unlink()
    elif hurt == "cut":
        module.write_bytes(b"machine")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    told = [line for line in doctor.check_libraries() if "lxml" in line]
    assert told == (
        []
        if hurt == "whole"
        else [
            "Thư viện lxml hỏng (lxml/etree.so mất hoặc không còn nguyên): "
            "hãy chạy make clean setup"
        ]
    )
