"""Keeps Shiboken from reading the source of every module that is imported after Qt.

It looks for the word PySide6 there, to know where ``from __feature__ import snake_case`` would count. Nobody here asks
for that, and what it costs is a tenth of the start and 15 MB: the text of all sources stays in ``linecache``.
"""

import linecache

from PySide6 import QtCore  # noqa: F401 - brings Shiboken's own modules with it


def never_used() -> None:
    """Say that no module uses them; does nothing where Shiboken is made otherwise."""
    try:
        from shibokensupport import feature  # type: ignore[import-not-found]
    except ImportError:
        return
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda _module: False
        linecache.clearcache()
