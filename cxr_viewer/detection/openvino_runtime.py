"""Imports OpenVINO without its telemetry client, which would open a socket."""

import sys
from importlib import import_module
from types import ModuleType


def import_openvino() -> ModuleType:
    """Return the openvino module; its telemetry client is made unimportable first, so it falls back to its stub.

    A ``None`` in ``sys.modules`` makes ``import openvino_telemetry`` raise ImportError, the case that
    ``openvino.tools.ovc`` provides a silent stub for.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None means: cannot be imported
    return import_module("openvino")
