"""The words for a file that came in, as schemas/archive.toml declares them."""

from pipeline.model.layout import layout

STATUS = layout("archive")["submissions"]["status"]
IN_USE, REPLACED, SAME, REFUSED, WAITING, SET_ASIDE = STATUS.choices
