"""sauro: a commune's 15-day work cycle, from returned workbooks to the printed meeting packet."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"
