"""Write the pages made from what is declared in schemas/ and docs/cach-tinh.toml.

python docs/generate.py            write docs/tu-dien-du-lieu.md, so-tay-loi.md, cach-tinh.md and
                                   templates/fonts/coverage.txt
python docs/generate.py --check    exit 1 when a page is not what the declarations say
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from written.coverage import FONTS, coverage
from written.dictionary import dictionary
from written.examples import examples
from written.manual import manual

DOCS = Path(__file__).resolve().parent


def pages() -> dict[Path, str]:
    """Return the generated pages by their file."""
    return {
        DOCS / "tu-dien-du-lieu.md": dictionary(),
        DOCS / "so-tay-loi.md": manual(),
        DOCS / "cach-tinh.md": examples(),
        FONTS / "coverage.txt": coverage(),
    }


def stale() -> list[str]:
    """Return the names of the pages that are not what the declarations say."""
    return [
        path.name
        for path, text in pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with --check only say which are stale."""
    if list(arguments) == ["--check"]:
        names = stale()
        print("\n".join(f"{name}: stale, run python docs/generate.py" for name in names))
        return 1 if names else 0
    if arguments:
        print(__doc__)
        return 2
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
