"""Archives of many communes, as a province gets them: closed cycles of made-up results."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from pipeline.archive import result_json
from pipeline.model.calendar import parse_cycle
from pipeline.model.folders import RESULT, CycleFolder
from pipeline.model.province import PROVINCIAL
from pipeline.tools import vault
from tests.factory import make_result

MONTH = ("2026-11-K1", "2026-11-K2")
BEFORE = ("2026-10-K1", "2026-10-K2")
AT = "2026-12-03T09:00+07:00"
KINDS = 3  # different sets of figures


@lru_cache
def result_of(cycle: str, kind: int) -> bytes:
    """Return a plausible result.json, with a matter for the province where somebody is named."""
    seed = kind * 31 + parse_cycle(cycle).half
    result = make_result(seed=seed, cycle=cycle)
    kept = json.loads(result_json(result))
    somebody = kept["tables"]["people"][0]["name"]
    kept["tables"]["obstacles"].append(
        {
            **{"unit": "KT", "task_id": "", "who": PROVINCIAL, "wanted_by": "2026-11-25"},
            "obstacle": f"Sở chưa duyệt trích đo; hồ sơ {somebody} giữ.",
            "proposal": "Đề nghị Sở Nông nghiệp và Môi trường duyệt trích đo.",
        }
    )
    return json.dumps(kept, ensure_ascii=False).encode()


def put_away(data: Path, cycle: str, content: bytes) -> Path:
    """Close a cycle of one result and an original; return the folder of the revision."""
    files = {RESULT: content, "goc/0a.xlsx": b"original"}
    data.mkdir(parents=True, exist_ok=True)
    folder = CycleFolder(data, parse_cycle(cycle))
    return vault.close(folder, files, AT, "Văn phòng", "họp", {"originals": {}})


def changed(content: bytes, **parts: object) -> bytes:
    """Return a result with parts of its head replaced; «name» is the commune's."""
    kept = json.loads(content)
    if "name" in parts:
        kept["commune"] |= {"name": parts.pop("name")}
    return json.dumps(kept | parts, ensure_ascii=False).encode()


def make_communes(
    place: Path, names: Iterable[str], cycles: Iterable[str] = MONTH, **parts: object
) -> Path:
    """Return a folder with an archive for each commune, named after it."""
    for n, name in enumerate(names):
        for cycle in cycles:
            content = changed(result_of(cycle, n % KINDS), name=f"xã {name}", **parts)
            put_away(place / name, cycle, content)
    return place
