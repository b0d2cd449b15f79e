"""The only arithmetic that is printed: lines, rates and what comes next, each figure made once."""
