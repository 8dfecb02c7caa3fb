"""Builds what people install: a frozen program of one folder, a Debian package and an archive; no part of the wheel."""
