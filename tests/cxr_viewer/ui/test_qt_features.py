"""Sources of modules that are imported after Qt are not read, and Qt works as before."""

import subprocess
import sys

_SCRIPT = """
import linecache, sys
from cxr_viewer.ui import qt_features
qt_features.never_used()
import cxr_viewer.ui.worklist_rows
from PySide6.QtCore import QObject
print(any("cxr_viewer" in name for name in linecache.cache), hasattr(QObject(), "objectName"))
"""


def test_no_source_is_read() -> None:
    ran = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True"]


def test_it_would_be_without() -> None:
    """When this fails PySide does it no more, and the module can go."""
    script = _SCRIPT.replace("qt_features.never_used()", "")
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True"]
