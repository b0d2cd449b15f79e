"""The pages say what the program is: fresh, linked, and with nothing left out."""

import importlib
import json
import re
import sys
from dataclasses import fields

import pytest

from pipeline import ROOT, VERSION, cli
from pipeline.archive import result_json
from pipeline.cli.speech import BUG, BUSY, CRASHED_FILE, DISK, INCOMPLETE, USAGE
from pipeline.model.findings import catalogue
from pipeline.model.layout import layout
from pipeline.model.settings import SECTIONS
from pipeline.model.tables import PERIOD_VERSION, RESULT_VERSION, PeriodResult
from tests.factory import make_result

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
README, SECRETARY, UNITS, MAINTAINERS = (
    TEXTS[name] for name in ("README.md", "docs/thu-ky.md", "docs/don-vi.md", "docs/maintainers.md")
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"K[1-9]\d\d")
CODE_SPAN = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
# A page is read on other machines: it names no place of the one it was written on.
OWN_PLACES = re.compile(
    r"(?<![\w.:/<>-])/(?:bin|etc|home|mnt|opt|root|tmp|usr|var|work)\b|[A-Z]:\\"
)


sys.path.append(str(ROOT / "docs"))  # as for a script that lies there
generate = importlib.import_module("generate")
markdown = importlib.import_module("written.markdown")


def targets():
    found = re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    return sorted(set(found))


def anchors(text):
    """Return the anchors of a page's headings, as GitHub makes them."""
    bare = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return {markdown.slug(title) for title in re.findall(r"^#{1,6} (.+)$", bare, re.MULTILINE)}


def links():
    """Return (page, link) of every link that stays within the project."""
    return [
        pytest.param(page, link, id=f"{page}: {link}")
        for page, text in TEXTS.items()
        for link in LINK.findall(CODE_SPAN.sub("", text))
        if "://" not in link
    ]


@pytest.mark.parametrize("page", ["cach-tinh.md", "so-tay-loi.md", "tu-dien-du-lieu.md"])
def test_generated_pages_are_fresh(page):
    assert page not in generate.stale(), "run: .venv/bin/python docs/generate.py"


def test_a_stale_page_is_told_and_mended(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    assert generate.main(["--check"]) == 1
    assert "so-tay-loi.md: stale" in capsys.readouterr().out
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cach-tinh.md",
        "so-tay-loi.md",
        "tu-dien-du-lieu.md",
    ]


@pytest.mark.parametrize(("page", "link"), links())
def test_links_lead_somewhere(page, link):
    name, _, anchor = link.partition("#")
    target = (ROOT / page).parent / name if name else ROOT / page
    assert target.resolve().is_relative_to(ROOT)
    assert target.exists()
    if anchor:
        assert anchor in anchors(target.read_text(encoding="utf-8"))


def test_every_picture_of_a_page_is_shown_and_all_are_small():
    pictures = {f"gallery/{path.name}": path for path in (ROOT / "docs" / "gallery").iterdir()}
    assert pictures.keys() == set(LINK.findall(TEXTS["docs/trang-in-mau.md"]))
    assert sum(path.stat().st_size for path in pictures.values()) < 2_000_000


@pytest.mark.parametrize("target", targets())
def test_every_make_target_is_in_the_readme(target):
    assert f"`make {target}" in README


@pytest.mark.parametrize("command", sorted(cli.main.commands))
def test_every_command_is_in_the_readme(command):
    assert f"`sauro {command}" in README


def test_every_option_is_in_the_readme():
    commands = [cli.main, *cli.main.commands.values()]
    options = {
        name for one in commands for part in one.params for name in part.opts if name[:2] == "--"
    }
    assert {name for name in options - {"--help", "--version"} if f"`{name}" not in README} <= {
        "--strict"
    }
    assert "--strict" in README


@pytest.mark.parametrize("page", TEXTS)
def test_no_page_names_a_command_that_is_not_there(page):
    said = "\n".join(span.strip("`") for span in CODE_SPAN.findall(TEXTS[page]))
    assert set(re.findall(r"^make ([a-z-]+)", said, re.MULTILINE)) <= set(targets())
    assert set(re.findall(r"^sauro ([a-z-]+)", said, re.MULTILINE)) <= cli.main.commands.keys()


@pytest.mark.parametrize("page", TEXTS)
def test_no_page_names_a_file_that_is_not_there(page):
    named = re.findall(
        r"`((?:pipeline|schemas|templates|tests|docs|sample_data)/[\w./-]+)`", TEXTS[page]
    )
    assert [path for path in named if not (ROOT / path).exists()] == []


def exit_codes():
    return {0, BUG, USAGE, CRASHED_FILE, INCOMPLETE, DISK, BUSY}


@pytest.mark.parametrize("text", [README, SECRETARY], ids=["README", "thu-ky"])
def test_every_exit_code_is_explained(text):
    table = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert exit_codes() <= table


@pytest.mark.parametrize("page", TEXTS)
def test_no_page_names_a_finding_that_is_not_there(page):
    assert set(CODE.findall(TEXTS[page])) <= catalogue().keys()


def test_the_manual_has_every_finding_once():
    headings = re.findall(r"^### (K\d{3}) · (.+)$", TEXTS["docs/so-tay-loi.md"], re.MULTILINE)
    assert headings == [(entry.code, entry.severity) for entry in catalogue().values()]


def test_the_manual_leaves_no_place_unfilled():
    assert not re.search(r"\{\w+\}|«»", TEXTS["docs/so-tay-loi.md"])


@pytest.mark.parametrize(
    ("section", "key"), [(name, f.name) for name, kind in SECTIONS.items() for f in fields(kind)]
)
def test_every_setting_is_in_the_secretary_guide(section, key):
    assert f"`[{section}]`" in SECRETARY
    assert f"`{key}`" in SECRETARY


def test_every_key_of_the_result_is_in_the_maintainers_page():
    result = json.loads(result_json(make_result()))
    keys = set(result) | set(result["tables"])
    keys |= {
        key for part in ("commune", "signatories", "meeting", "options") for key in result[part]
    }
    assert {key for key in keys if f"`{key}`" not in MAINTAINERS} == set()
    assert f"## result.json, version {RESULT_VERSION}\n" in MAINTAINERS


def test_every_key_of_a_periods_result_is_in_the_maintainers_page():
    section = MAINTAINERS.split(f"## ket-qua.json, version {PERIOD_VERSION}\n")[1].split("\n## ")[0]
    head = {field.name for field in fields(PeriodResult)} | {"version"}
    keys = head | {sheet.key for sheet in layout("period").tables}
    assert {key for key in keys if f"`{key}`" not in section} == set()


def test_the_changelog_names_this_version():
    assert f"## [{VERSION}] - " in TEXTS["CHANGELOG.md"]


def test_the_readme_opens_in_vietnamese_with_both_guides():
    opening = README.split("\n\n")[1]
    assert {"docs/thu-ky.md", "docs/don-vi.md"} <= set(LINK.findall(opening))


def test_the_units_page_is_one_page_with_ten_faults():
    assert len(UNITS.splitlines()) <= 80
    faults = re.findall(r"^\| (\d+) \|", UNITS, re.MULTILINE)
    assert faults == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("page", TEXTS)
def test_no_page_names_a_place_of_one_machine(page):
    assert OWN_PLACES.findall(TEXTS[page]) == []
