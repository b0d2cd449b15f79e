"""commune.toml → Settings: who the commune is, who signs, its calendar and its rules."""

import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from datetime import time
from pathlib import Path

from pipeline.model.findings import ConfigError
from pipeline.model.rules import Rules


@dataclass(frozen=True)
class Commune:
    name: str
    province: str
    body: str
    place: str
    notice: str = ""


@dataclass(frozen=True)
class Signatories:
    preparer: str = ""
    group_head: str = ""
    chairman: str = ""


@dataclass(frozen=True)
class Calendar:
    cutoff_hour: str = "17:00"

    @property
    def cutoff_time(self) -> time:
        return time.fromisoformat(self.cutoff_hour)


@dataclass(frozen=True)
class Meeting:
    minutes: int = 60
    hour: str = ""
    place: str = ""
    secretary: str = ""


@dataclass(frozen=True)
class Packet:
    names: str = "in"
    duplex: bool = True


@dataclass(frozen=True)
class Settings:
    """Everything of commune.toml, validated."""

    commune: Commune
    signatories: Signatories
    calendar: Calendar
    meeting: Meeting
    rules: Rules
    packet: Packet


SECTIONS = {
    "commune": Commune,
    "signatories": Signatories,
    "calendar": Calendar,
    "meeting": Meeting,
    "rules": Rules,
    "packet": Packet,
}


def parse_settings(text: str) -> Settings:
    """Return the settings of a commune.toml; raises ConfigError with one Vietnamese line."""
    try:
        declared = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"dòng {line[1]}" if line else "cuối tệp"
        raise ConfigError(f"commune.toml sai cú pháp ở {where}.") from error
    if unknown := declared.keys() - SECTIONS.keys():
        raise ConfigError(f"commune.toml: không có mục [{', '.join(sorted(unknown))}].")
    sections = {
        name: _section(name, kind, declared.get(name, {})) for name, kind in SECTIONS.items()
    }
    settings = Settings(**sections)
    _check(settings)
    return settings


def _section(name: str, kind: type, values: object) -> object:
    if not isinstance(values, dict):
        raise ConfigError(f"commune.toml, {name}: phải là một mục, ghi [{name}] ở đầu mục.")
    known = {field.name: field for field in fields(kind)}
    if unknown := values.keys() - known.keys():
        raise ConfigError(
            f"commune.toml, [{name}]: không có thiết lập {', '.join(sorted(unknown))}."
        )
    for key, value in values.items():
        if not _is_of_type(value, known[key].type):
            raise ConfigError(f"commune.toml, [{name}] {key}: giá trị sai kiểu.")
    missing = [key for key in known if known[key].default is MISSING and not values.get(key)]
    if missing:
        raise ConfigError(f"commune.toml, [{name}] còn thiếu: {', '.join(missing)}.")
    frozen = {
        key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
    }
    return kind(**frozen)


def _is_of_type(value: object, kind: object) -> bool:
    """Say whether a value is of its setting's kind: text, whole number, yes or no, texts."""
    if kind in (str, int, bool):
        return type(value) is kind
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _check(settings: Settings) -> None:
    try:
        _ = settings.calendar.cutoff_time
    except ValueError as error:
        raise ConfigError("commune.toml, [calendar] cutoff_hour: ghi giờ dạng «17:00».") from error
    if settings.packet.names not in ("in", "apart", "out"):
        raise ConfigError("commune.toml, [packet] names: chọn in, apart hoặc out.")
    if not 15 <= settings.meeting.minutes <= 480:
        raise ConfigError("commune.toml, [meeting] minutes: ghi số phút từ 15 đến 480.")


def load_settings(path: Path) -> Settings:
    """Return the settings of a data folder's commune.toml."""
    try:
        return parse_settings(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"không thấy {path}. Thư mục dữ liệu phải có tệp commune.toml."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            "commune.toml không lưu bằng mã UTF-8; mở ra rồi lưu lại bằng UTF-8."
        ) from error
