"""Every fault of commune.toml is one Vietnamese sentence that names the setting."""

import re
from datetime import time

import pytest

from pipeline.model.findings import ConfigError, OperatorError
from pipeline.model.rules import LATE_RULES, Rules
from pipeline.model.settings import SECTIONS, load_settings, parse_settings

GOOD = """
[commune]
name = "xã Bình Khê"
province = "tỉnh Gia Lai"
body = "Ủy ban nhân dân xã Bình Khê"
place = "Bình Khê"

[signatories]
preparer = "Lê Thị Hạnh"

[calendar]
cutoff_hour = "16:30"

[meeting]
minutes = 45

[rules]
late_rule = "working_day"
quota = 25
scored = ["công chức", "hợp đồng"]

[packet]
names = "apart"
duplex = false
"""
ONLY_COMMUNE = GOOD.split("[signatories]")[0]


def fault_of(text):
    """Return the words of the one error a commune.toml ends in."""
    with pytest.raises(ConfigError) as raised:
        parse_settings(text)
    return str(raised.value)


def test_a_good_file_gives_every_setting():
    settings = parse_settings(GOOD)
    assert settings.commune.name == "xã Bình Khê"
    assert settings.signatories.preparer == "Lê Thị Hạnh"
    assert settings.calendar.cutoff_time == time(16, 30)
    assert settings.meeting.minutes == 45
    assert settings.rules == Rules("working_day", 25, ("công chức", "hợp đồng"))
    assert (settings.packet.names, settings.packet.duplex) == ("apart", False)


def test_only_the_commune_must_be_said():
    settings = parse_settings(ONLY_COMMUNE)
    assert settings.rules == Rules()
    assert settings.calendar.cutoff_time == time(17)
    assert settings.meeting.minutes == 60
    assert settings.packet.names == "in"
    assert settings.signatories.chairman == ""


@pytest.mark.parametrize("section", SECTIONS)
def test_an_unknown_setting_is_named_with_its_section(section):
    text = GOOD.replace(f"[{section}]", f"[{section}]\ncolour = 1")
    assert fault_of(text) == f"commune.toml, [{section}]: không có thiết lập colour."


def test_an_unknown_section_is_named():
    assert fault_of(GOOD + "[in]\n") == "commune.toml: không có mục [in]."
    assert fault_of("x = 1\n" + GOOD) == "commune.toml: không có mục [x]."


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_is_no_table_is_named(section):
    rest = "" if section == "commune" else ONLY_COMMUNE
    fault = fault_of(f"{section} = 5\n{rest}")
    assert fault == f"commune.toml, {section}: phải là một mục, ghi [{section}] ở đầu mục."


WRONG_TYPES = [
    ('name = "xã Bình Khê"', "name = 5", "[commune] name"),
    ('place = "Bình Khê"', "place = true", "[commune] place"),
    ('preparer = "Lê Thị Hạnh"', 'preparer = ["Lê Thị Hạnh"]', "[signatories] preparer"),
    ('cutoff_hour = "16:30"', "cutoff_hour = 17", "[calendar] cutoff_hour"),
    ('cutoff_hour = "16:30"', "cutoff_hour = 16:30:00", "[calendar] cutoff_hour"),
    ("minutes = 45", 'minutes = "45"', "[meeting] minutes"),
    ("minutes = 45", "minutes = 45.0", "[meeting] minutes"),
    ("minutes = 45", "minutes = true", "[meeting] minutes"),
    ('late_rule = "working_day"', "late_rule = 1", "[rules] late_rule"),
    ("quota = 25", "quota = 25.0", "[rules] quota"),
    ("quota = 25", 'quota = "25"', "[rules] quota"),
    ('scored = ["công chức", "hợp đồng"]', 'scored = "công chức"', "[rules] scored"),
    ('scored = ["công chức", "hợp đồng"]', "scored = 5", "[rules] scored"),
    ('scored = ["công chức", "hợp đồng"]', 'scored = ["công chức", 1]', "[rules] scored"),
    ('scored = ["công chức", "hợp đồng"]', 'scored = ["công chức", ["x"]]', "[rules] scored"),
    ('scored = ["công chức", "hợp đồng"]', 'scored = { "công chức" = 1 }', "[rules] scored"),
    ('names = "apart"', "names = false", "[packet] names"),
    ("duplex = false", "duplex = 0", "[packet] duplex"),
    ("duplex = false", 'duplex = "không"', "[packet] duplex"),
]


@pytest.mark.parametrize(("good", "wrong", "named"), WRONG_TYPES)
def test_a_value_of_the_wrong_type_is_named(good, wrong, named):
    assert fault_of(GOOD.replace(good, wrong)) == f"commune.toml, {named}: giá trị sai kiểu."


WRONG_VALUES = [
    (
        'cutoff_hour = "16:30"',
        'cutoff_hour = "25:00"',
        "[calendar] cutoff_hour: ghi giờ dạng «17:00»",
    ),
    (
        'cutoff_hour = "16:30"',
        'cutoff_hour = "17 giờ"',
        "[calendar] cutoff_hour: ghi giờ dạng «17:00»",
    ),
    ('cutoff_hour = "16:30"', 'cutoff_hour = ""', "[calendar] cutoff_hour: ghi giờ dạng «17:00»"),
    ("minutes = 45", "minutes = 14", "[meeting] minutes: ghi số phút từ 15 đến 480"),
    ("minutes = 45", "minutes = 481", "[meeting] minutes: ghi số phút từ 15 đến 480"),
    ("minutes = 45", "minutes = -1", "[meeting] minutes: ghi số phút từ 15 đến 480"),
    (
        'late_rule = "working_day"',
        'late_rule = "ngày"',
        "[rules] late_rule: chọn một trong occurrence",
    ),
    ("quota = 25", "quota = 30", "[rules] quota: chỉ nhận 20 hoặc 25"),
    ('scored = ["công chức", "hợp đồng"]', "scored = []", "[rules] scored: có «công chức»"),
    (
        'scored = ["công chức", "hợp đồng"]',
        'scored = ["hợp đồng"]',
        "[rules] scored: có «công chức»",
    ),
    ('"hợp đồng"]', '"viên chức"]', "[rules] scored: có «công chức»"),
    ('names = "apart"', 'names = "yes"', "[packet] names: chọn in, apart hoặc out"),
]


@pytest.mark.parametrize(("good", "wrong", "words"), WRONG_VALUES)
def test_a_value_out_of_its_range_is_named_with_what_is_allowed(good, wrong, words):
    fault = fault_of(GOOD.replace(good, wrong))
    assert fault.startswith(f"commune.toml, {words}")
    assert "\n" not in fault


@pytest.mark.parametrize("minutes", [15, 480])
def test_the_limits_of_the_meeting_are_allowed(minutes):
    assert parse_settings(GOOD.replace("45", str(minutes))).meeting.minutes == minutes


@pytest.mark.parametrize("missing", ["name", "province", "body", "place"])
def test_a_missing_or_blank_setting_is_named_alone(missing):
    for instead in ("", f'{missing} = ""'):
        text = re.sub(rf"(?m)^{missing} = .*$", instead, ONLY_COMMUNE)
        assert fault_of(text) == f"commune.toml, [commune] còn thiếu: {missing}."


def test_an_empty_file_says_what_the_commune_needs():
    assert fault_of("") == "commune.toml, [commune] còn thiếu: name, province, body, place."


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[commune]\nname = xã Bình Khê\n", "dòng 2"),
        ("[commune\n", "dòng 1"),
        (ONLY_COMMUNE + "[commune]\n", "dòng 8"),
        (ONLY_COMMUNE + 'name = "x"\nname = "y"\n', "dòng"),
        ('[commune]\nname = "xã', "cuối tệp"),
    ],
)
def test_a_syntax_error_is_one_vietnamese_sentence_with_its_line(text, where):
    fault = fault_of(text)
    assert fault.startswith(f"commune.toml sai cú pháp ở {where}")
    assert re.fullmatch(r"commune\.toml sai cú pháp ở (dòng \d+|cuối tệp)\.", fault)


def test_the_file_is_read_with_or_without_a_byte_order_mark(tmp_path):
    for number, lead in enumerate((b"", b"\xef\xbb\xbf")):
        file = tmp_path / f"{number}.toml"
        file.write_bytes(lead + GOOD.encode())
        assert load_settings(file) == parse_settings(GOOD)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"^không thấy .*commune\.toml\. Thư mục dữ liệu"):
        load_settings(tmp_path / "commune.toml")


def test_a_file_in_another_encoding_is_told_in_one_sentence(tmp_path):
    file = tmp_path / "commune.toml"
    file.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load_settings(file)


def test_a_configuration_fault_is_the_operators():
    assert issubclass(ConfigError, OperatorError)


def test_equal_rules_have_one_code_and_different_rules_another():
    codes = {Rules(late, quota).code for late in LATE_RULES for quota in (20, 25)}
    codes.add(Rules(scored=("công chức", "hợp đồng")).code)
    assert len(codes) == 7
    assert Rules().code == Rules("occurrence", 20, ("công chức",)).code
    assert re.fullmatch(r"QT-[0-9A-F]{4}", Rules().code)


def test_every_setting_of_the_rules_is_printed():
    printed = " ".join(row["key"] + row["value"] for row in Rules("calendar_day", 25).meanings())
    for word in ("Cách tính chậm", "theo ngày", "25 %", "Diện được chấm", "công chức"):
        assert word in printed
