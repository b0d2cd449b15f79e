"""Speed and memory, measured from outside: `make bench` prints one table and writes RESULTS.md."""
