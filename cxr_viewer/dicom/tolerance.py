"""Makes pydicom tolerant and quiet in this process; every module here that uses pydicom imports this one before it.

Values are not validated (readable if the image is), and pydicom's logger, whose messages quote element values and so
patients, reaches no log of ours.
"""

import logging
import sys
from importlib import import_module


def _import_without_requests(module: str) -> None:
    """Import a module while ``requests`` cannot be imported.

    pydicom imports it where it is installed, to download test files that nobody here asks for; it costs a quarter of
    a second, and its urllib3 opens a socket to try IPv6.
    """
    if "requests" in sys.modules:
        import_module(module)
        return
    sys.modules["requests"] = None  # type: ignore[assignment]  # None means: cannot be imported
    try:
        import_module(module)
    finally:
        del sys.modules["requests"]


_import_without_requests("pydicom.data.download")

from pydicom import config  # noqa: E402 - after the import above

config.settings.reading_validation_mode = config.IGNORE
logging.getLogger("pydicom").propagate = False
