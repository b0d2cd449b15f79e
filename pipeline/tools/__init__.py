"""Hands that know no stage: workbooks, pages, the disk."""
