"""Conductor: the stages of a cycle in order. The only place that imports verbs."""

from pipeline.cycle.catalogue import import_catalogue
from pipeline.cycle.run import check_file, open_cycle, run_cycle

__all__ = ["check_file", "import_catalogue", "open_cycle", "run_cycle"]
