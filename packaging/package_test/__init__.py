"""Tests what `make package` built, in a clean Debian: ``python -m package_test``, called by `make package-test`."""
