"""Tests of the detectors of other libraries."""
