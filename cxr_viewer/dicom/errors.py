"""The one error of this package, and the exceptions that libraries raise on damaged content."""

import struct
import zlib


class DicomReadError(Exception):
    """A file that should be an image and cannot be read; the message is a phrase that names what is wrong."""


CONTENT_ERRORS: tuple[type[Exception], ...] = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    OverflowError,
    ZeroDivisionError,
    AssertionError,
    EOFError,
    MemoryError,
    RecursionError,
    RuntimeError,
    OSError,
    Warning,
    SyntaxError,
    struct.error,
    zlib.error,
)
"""What pydicom, Pillow and imagecodecs raise on damaged or hostile content.

They promise no exception of their own: pydicom lets struct, decimal and numpy errors through, Pillow raises SyntaxError
on a broken PNG, imagecodecs derives from RuntimeError, and a warning is an exception wherever warnings are errors.
"""
