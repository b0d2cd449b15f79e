"""Can this machine run sauro? Standard library only: also runs where nothing is installed yet."""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FONT_FOLDER = ROOT / "templates" / "fonts"
FONTS = (
    "LiberationSerif-Regular.ttf",
    "LiberationSerif-Bold.ttf",
    "LiberationSerif-Italic.ttf",
    "LiberationSerif-BoldItalic.ttf",
    "SauroSymbols.ttf",
)
NATIVE = {  # library that WeasyPrint opens -> Debian package
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "fontconfig",
}
MIN_PYTHON = (3, 11)
MIN_PIP = (22, 3)  # has --python
MIN_FREE_MB = 500
# First releases with the repairs of zipfile (CVE-2024-0450) and email (CVE-2024-6923, -2026-1299).
PATCHED = {(3, 11): 15, (3, 12): 13, (3, 13): 12, (3, 14): 3}
APT = "sudo apt-get install -y --no-install-recommends"


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: "3.1.0rc1" -> (3, 1, 0)."""
    return tuple(int(part) for part in re.match(r"[\d.]*\d", version)[0].split("."))


def installed(name: str) -> str | None:
    """The version of an installed distribution."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def can_open(library: str) -> bool:
    """Whether the dynamic linker finds a native library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def can_make_venv() -> bool:
    """Whether set-up can fill a virtual environment, or is running in one already."""
    if sys.prefix != sys.base_prefix or importlib.util.find_spec("ensurepip"):
        return True
    pip = installed("pip")
    return pip is not None and numbers(pip) >= MIN_PIP


def missing_packages() -> list[str]:
    """Debian packages that this machine lacks."""
    venv = [] if can_make_venv() else ["python3-venv"]
    return venv + [package for library, package in NATIVE.items() if not can_open(library)]


def minimums(pyproject: Path = ROOT / "pyproject.toml") -> dict[str, str]:
    """Least version of each library, as pyproject.toml declares it."""
    import tomllib  # not in a Python that is too old

    declared = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    return dict(re.match(r"([\w-]+)(?:\[\w+\])?>=([\d.]+)", line).groups() for line in declared)


def locked(lock: Path = ROOT / "requirements.lock") -> list[str]:
    """Every library that is needed, also those that others need."""
    return re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)


def damaged(name: str) -> list[str]:
    """The files of an installed distribution that are gone or of another size; none if absent."""
    try:
        files = importlib.metadata.files(name)
    except importlib.metadata.PackageNotFoundError:
        return []
    return [str(file) for file in files or () if file.size and not is_whole(file)]


def is_whole(file: importlib.metadata.PackagePath) -> bool:
    """Whether a file is there with as many bytes as were installed."""
    path = Path(file.locate())
    return path.is_file() and path.stat().st_size == file.size


def check_python() -> list[str]:
    """Python new enough."""
    if sys.version_info >= MIN_PYTHON:
        return []
    return [
        f"Cần Python 3.11 trở lên, đây là Python {sys.version.split()[0]}: hãy dùng Debian 12, "
        "Ubuntu 24.04 hoặc mới hơn, hay chỉ ra một bản khác: make cycle PYTHON=python3.12"
    ]


def check_libraries() -> list[str]:
    """Python libraries present and new enough."""
    have = {name: installed(name) for name in minimums()}
    absent = [name for name, version in have.items() if version is None]
    if absent:
        return [f"Thiếu thư viện Python {', '.join(absent)}: hãy chạy make clean setup"]
    return [
        f"Thư viện {name} {have[name]} quá cũ, cần {least} trở lên: hãy chạy make clean setup"
        for name, least in minimums().items()
        if numbers(have[name]) < numbers(least)
    ] + [
        f"Thư viện {name} hỏng ({hurt[0]} mất hoặc không còn nguyên): hãy chạy make clean setup"
        for name in locked()
        if (hurt := damaged(name))
    ]


def check_packages() -> list[str]:
    """Native libraries, and what set-up needs."""
    missing = missing_packages()
    return [f"Máy thiếu gói hệ thống: hãy chạy {APT} {' '.join(missing)}"] if missing else []


def check_fonts(folder: Path = FONT_FOLDER) -> list[str]:
    """The five fonts that every page is printed with, and the file that names them."""
    missing = [name for name in (*FONTS, "fonts.conf") if not (folder / name).is_file()]
    if not missing:
        return []
    return [
        f"Thiếu {', '.join(missing)} trong {folder}: hãy chạy git checkout -- templates/fonts "
        "hoặc chép lại chương trình"
    ]


def check_folder(wanted: Path) -> list[str]:
    """A folder for results or data can be written to and has room."""
    folder = next(path for path in (wanted, *wanted.parents) if path.exists())
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return [f'Không ghi được vào {folder}: hãy chạy sudo chown -R "$USER" "{folder}"']
    free = shutil.disk_usage(folder).free // 2**20
    if free >= MIN_FREE_MB:
        return []
    return [
        f"Đĩa chứa {folder} chỉ còn trống {free} MB, cần {MIN_FREE_MB} MB: "
        "hãy xóa bớt tệp không dùng"
    ]


def check_time_zone() -> list[str]:
    """Vietnamese time is known."""
    import zoneinfo  # not in a Python that is too old

    try:
        zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")
    except zoneinfo.ZoneInfoNotFoundError:
        return [f"Thiếu dữ liệu múi giờ Asia/Ho_Chi_Minh: hãy chạy {APT} tzdata"]
    return []


def check_clock(output: Path, data: Path) -> list[str]:
    """The clock is not earlier than the newest result, or the newest closed cycle."""
    made = [*output.glob("*/manifest.json"), *data.glob("luu-tru/*/r*/manifest.json")]
    newest = max((path.stat().st_mtime for path in made), default=0)
    now = time.time()
    if newest <= now + 60:
        return []
    clock, last = (time.strftime("%d/%m/%Y %H:%M", time.localtime(at)) for at in (now, newest))
    return [
        f"Đồng hồ máy chỉ {clock}, sớm hơn lần chạy gần nhất ({last}): "
        "hãy chạy sudo timedatectl set-ntp true"
    ]


def python_note() -> str | None:
    """A Python that lacks security repairs still works, but should be replaced."""
    minor, patch = sys.version_info[:2], sys.version_info[2]
    safe = PATCHED.get(minor, 0)
    if patch >= safe:
        return None
    return (
        f"Python {minor[0]}.{minor[1]}.{patch} có thể thiếu bản vá bảo mật (đủ từ "
        f"{minor[0]}.{minor[1]}.{safe}; Debian và Ubuntu tự vá mà giữ số cũ): "
        "nên chạy sudo apt-get update && sudo apt-get upgrade"
    )


def problems(output: Path, data: Path) -> list[tuple[str, list[str]]]:
    """Each thing checked, with a sentence for everything wrong in it."""
    python = check_python()
    if python:
        return [("Python", python)]
    return [
        (f"Python {sys.version.split()[0]}", python),
        ("Thư viện Python", check_libraries()),
        ("Gói hệ thống", check_packages()),
        ("Phông chữ", check_fonts()),
        (f"Thư mục kết quả {output}", check_folder(output)),
        (f"Thư mục dữ liệu {data}", check_folder(data)),
        ("Múi giờ", check_time_zone()),
        ("Đồng hồ", check_clock(output, data)),
    ]


def main(output: Path = ROOT / "output", data: Path = ROOT / "sample_data") -> int:
    """Print what is right and what is wrong; 0 if the machine can be used, else 2."""
    found = problems(output.resolve(), data.resolve())
    for thing, wrong in found:
        print("\n".join(f"✗ {sentence}" for sentence in wrong) or f"✓ {thing}")
    note = python_note()
    if note:
        print(f"! {note}")
    if any(wrong for _, wrong in found):
        print("Máy chưa dùng được: hãy sửa các dòng có dấu ✗.")
        return 2
    print("Máy dùng được.")
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--missing"]:  # for set-up
        print(*missing_packages())
    else:
        sys.exit(main(*map(Path, sys.argv[1:])))
