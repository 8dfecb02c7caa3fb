"""Reads whole archives without a window: decoding, detection and the five result files."""
