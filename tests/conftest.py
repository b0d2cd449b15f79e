"""What several tests share: one hypothesis profile and the program's parsed source."""

import ast

import hypothesis
import pytest

from pipeline import ROOT

hypothesis.settings.register_profile("tests", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("tests")


@pytest.fixture(scope="session")
def source() -> dict[str, ast.Module]:
    """Every module of the program by its dotted name, parsed."""
    files = sorted((ROOT / "pipeline").rglob("*.py"))
    return {_dotted(file.relative_to(ROOT)): ast.parse(file.read_text("utf-8")) for file in files}


def _dotted(path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
