"""What makes the sample commune: content files → registers, assignments, reports, verdicts."""
