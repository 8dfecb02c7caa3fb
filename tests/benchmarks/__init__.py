"""Benchmarks: run by hand on a quiet machine, never by the test suite; results go to docs/performance.md."""
