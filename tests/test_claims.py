"""Every printed paper of the sample is the PDF/A-2a and PDF/UA-1 file that it says it is."""

import pytest

from tests import pdf_check
from tests.conftest import Commune, sauro_process

PAPERS = {
    "ho-so-hop.pdf": ["cycle"],
    "phieu-sua/KT.pdf": ["cycle"],
    "phieu-ca-nhan/CB013.pdf": ["sheets"],
    "tong-hop-thang.pdf": ["month", "2026-10"],
    "mau-01/tat-ca.pdf": ["forms", "2026-10"],
    "so-ket.pdf": ["review", "2026-10-K1", "2026-10-K2"],
    "don-doc/KT.pdf": ["urge", "--now", "2026-11-12T08:00"],
}


@pytest.mark.slow
def test_every_printed_paper_is_what_it_claims(printed: Commune, tmp_path) -> None:
    commune = printed.copy(tmp_path / "commune")
    for args in PAPERS.values():
        done = sauro_process(commune, *args)
        assert done.returncode == 0, done.stderr
    papers = sorted(commune.output.rglob("*.pdf"))
    assert {name for name in PAPERS if not any(str(p).endswith(name) for p in papers)} == set()
    assert {str(p): found for p in papers if (found := pdf_check.faults(p.read_bytes()))} == {}
