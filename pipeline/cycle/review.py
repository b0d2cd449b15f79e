"""Print the review of chosen cycles from their results."""

from datetime import datetime
from pathlib import Path

from pipeline import packet, reply
from pipeline.cycle.crew import PRINT, Tell
from pipeline.cycle.period import make_period
from pipeline.cycle.stored import digests, stored_results
from pipeline.model.folders import REVIEW
from pipeline.model.span import Span
from pipeline.scoring.review import score_review
from pipeline.tools import disk
from pipeline.tools.worker import Worker


def run_review(
    span: Span, data: Path, output: Path, now: datetime | None, press: Worker, tell: Tell
) -> dict:
    """Write so-ket.pdf; return what the terminal says. Raises InputError as a month does."""
    tell("Tính tỷ lệ", 0, 1)
    results = stored_results(span.cycles, "các kỳ đã chọn", data, output)
    result = make_period(span, results, score_review(results, span), now)
    tell("Tính tỷ lệ", 1, 1)
    tell("In bản sơ kết", 0, 1)
    _, [paper] = press.submit(PRINT, None, packet.compose_review(result, span).encode()).result()
    tell("In bản sơ kết", 1, 1)
    files = {REVIEW: paper}
    record = {"summary": reply.review_summary(result, span)}
    manifest = disk.manifest(digests(results, data, output), files, record)
    disk.commit(output / str(span), {**files, disk.MANIFEST: manifest})
    return record
