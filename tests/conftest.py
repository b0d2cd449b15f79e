"""What several tests share: one hypothesis profile, the program's parsed source, a run sample."""

import ast
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from click.testing import CliRunner, Result

from pipeline import ROOT
from pipeline.cli import main
from pipeline.cycle.start import start_cycle
from pipeline.model.calendar import parse_cycle
from pipeline.model.folders import CycleFolder
from tests.helpers import unprinting

os.environ.pop("CI", None)  # where a machine watches, the program shows no progress

NEWEST = "2026-11-K1"
Run = Callable[..., Result]

hypothesis.settings.register_profile("tests", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("tests")


@pytest.fixture(scope="session")
def source() -> dict[str, ast.Module]:
    """Every module of the program by its dotted name, parsed."""
    files = sorted((ROOT / "pipeline").rglob("*.py"))
    return {_dotted(file.relative_to(ROOT)): ast.parse(file.read_text("utf-8")) for file in files}


def _dotted(path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


@dataclass(frozen=True)
class Commune:
    """A commune's data folder and the output folder beside it."""

    place: Path

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def output(self) -> Path:
        return self.place / "output"

    @property
    def newest(self) -> CycleFolder:
        return self.cycle(NEWEST)

    @property
    def options(self) -> list[str]:
        return ["--data", str(self.data), "--output", str(self.output)]

    def cycle(self, name: str) -> CycleFolder:
        """Return the files of one cycle in the data folder."""
        return CycleFolder(self.data, parse_cycle(name))

    def copy(self, place: Path, *, output: bool = True) -> "Commune":
        """Return a copy, files with their times, with what was made or without."""
        left_out = None if output else shutil.ignore_patterns("output")
        shutil.copytree(self.place, place, ignore=left_out, dirs_exist_ok=True)
        return Commune(place)

    def run(self) -> dict:
        """Run the newest cycle in this process."""
        return start_cycle(self.newest, self.output, None, lambda *_: None, unprinting())


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder all processes of one test run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(place: Path, make: Callable[[Path], None]) -> Path:
    """Return a folder that the first process to come makes; the others wait for it."""
    with open(place.with_suffix(".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            half_made = place.with_suffix(".half")
            shutil.rmtree(half_made, ignore_errors=True)
            make(half_made)
            half_made.rename(place)
    return place


@pytest.fixture(scope="session")
def fresh(shared: Path) -> Commune:
    """The sample's data folder, nothing made yet; only to be read or copied."""

    def make(place: Path) -> None:
        left_out = shutil.ignore_patterns(
            "make.py", "making", "nguon", "*.md", "*.docx", "__pycache__"
        )
        shutil.copytree(ROOT / "sample_data", place / "data", ignore=left_out)

    return Commune(made_once(shared / "fresh", make))


@pytest.fixture(scope="session")
def sample(shared: Path, fresh: Commune) -> Commune:
    """The sample after a run of its newest cycle, HTML in place of the PDF; only to be read."""

    def make(place: Path) -> None:
        fresh.copy(place).run()

    return Commune(made_once(shared / "sample", make))


@pytest.fixture(scope="session")
def printed(shared: Path, sample: Commune) -> Commune:
    """The sample after a real run by a process of its own, PDF and all; only to be read."""

    def make(place: Path) -> None:
        commune = sample.copy(place)
        shutil.rmtree(commune.output / NEWEST)
        done = sauro_process(commune, "cycle")
        assert done.returncode == 0, done.stderr

    return Commune(made_once(shared / "printed", make))


def sauro_process(
    commune: Commune,
    *args: str,
    before: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess:
    """Run the command line in a process of its own, after some Python of the test's."""
    code = f"{before}\nfrom pipeline.cli import main\nmain(prog_name='sauro')"
    return subprocess.run(
        [sys.executable, "-c", code, *commune.options, *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        cwd=cwd or ROOT,
        timeout=300,
    )


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands have helpers in this process: files are read unfenced, nothing is laid out."""
    for module in ("pipeline.cli", "pipeline.cli.closing"):
        monkeypatch.setattr(f"{module}.crew", lambda **_: nullcontext(unprinting()))


@pytest.fixture
def commune(sample: Commune, tmp_path: Path, unprinted: None) -> Commune:
    """A copy of the run sample to be changed; running it again prints nothing."""
    return sample.copy(tmp_path / "commune")


@pytest.fixture
def sauro(commune: Commune) -> Run:
    """The command line on the copied sample, in this process."""

    def run(*args: str) -> Result:
        return CliRunner().invoke(main, [*commune.options, *args], prog_name="sauro")

    return run
