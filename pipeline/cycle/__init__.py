"""Conductor: the stages of a cycle in order. The only place that imports verbs."""
