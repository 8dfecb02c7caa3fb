"""What stands between the imports before and after the first paint."""

MARK = "== the window is painted =="
"""Printed to stderr, among the lines of ``-X importtime``."""
