"""Entries as typed by the sender → typed entries and findings. Opens nothing, prints nothing."""
