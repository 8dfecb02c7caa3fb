"""Tests of the simulated radiographs."""
