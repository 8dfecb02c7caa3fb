"""Which licences may lie in the folder, and what is known of libraries that travel inside other people's wheels."""

import re

LIBRARIES: tuple[tuple[str, str, str], ...] = (
    (r"libQt6\w+|Qt6\w+", "Qt", "LGPL-3.0-only"),
    (r"libicu\w+", "ICU", "Unicode-3.0"),
    (r"libpyside6|libshiboken6|pyside6|shiboken6", "Qt for Python", "LGPL-3.0-only"),
    (r"lib(?:scipy_)?openblas\w*", "OpenBLAS", "BSD-3-Clause"),
    (r"libgfortran", "libgfortran", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    (r"libgomp", "libgomp", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    (r"libquadmath", "libquadmath", "LGPL-2.1-or-later"),
    (r"(?:lib)?openvino\w*", "OpenVINO", "Apache-2.0"),
    (r"(?:lib)?tbb\w*", "oneTBB", "Apache-2.0"),
    (r"libhwloc", "hwloc", "BSD-3-Clause"),
    (r"libjpeg", "libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib"),
    (r"libopenjp2", "OpenJPEG", "BSD-2-Clause"),
    (r"libopenjph", "OpenJPH", "BSD-2-Clause"),
    (r"libcharls", "CharLS", "BSD-3-Clause"),
    (r"libtiff", "LibTIFF", "libtiff"),
    (r"libpng\d*", "libpng", "libpng-2.0"),
    (r"liblcms2", "Little CMS", "MIT"),
    (r"liblzma", "liblzma", "0BSD"),
    (r"libzstd", "Zstandard", "BSD-3-Clause"),
    (r"libdeflate", "libdeflate", "MIT"),
    (r"libLerc", "LERC", "Apache-2.0"),
    (r"libwebp\w*|libsharpyuv", "libwebp", "BSD-3-Clause"),
    (r"libbrotli\w+", "Brotli", "MIT"),
    (r"libxcb", "libxcb", "MIT"),
    (r"libXau", "libXau", "MIT"),
    (r"libz", "zlib", "Zlib"),
)
"""File name, project and SPDX licence of libraries inside wheels. Their texts are in the wheel's licence files."""

SYSTEM = {
    "libssl3": "Apache-2.0",
    "libssl3t64": "Apache-2.0",
    "libsqlite3-0": "blessing",
    "libffi8": "MIT",
    "zlib1g": "Zlib",
    "libbz2-1.0": "bzip2-1.0.6",
    "liblzma5": "0BSD",
    "libuuid1": "BSD-3-Clause",
    "libexpat1": "MIT",
    "libxkbcommon0": "MIT",
    "libxkbcommon-x11-0": "MIT",
}
"""Debian's packages of which a library may be handed on, and the licence of that library."""

_SYSTEM_XCB = re.compile(r"libxcb-[\w-]+$")

WHEELS = {
    "pyside6_essentials": "LGPL-3.0-only",
    "pyside6-essentials": "LGPL-3.0-only",
    "shiboken6": "LGPL-3.0-only",
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
    "pyinstaller-hooks-contrib": "Apache-2.0",
}
"""Distributions whose metadata give a choice or say it in other words, and the licence of the part that is handed on.

Of the hooks only those that run in the program are (Apache-2.0, by the headers of the files).
"""

PLAIN_WORDS = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "osi approved :: apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "mit license": "MIT",
    "osi approved :: mit license": "MIT",
    "osi approved :: bsd license": "BSD-3-Clause",
    "lgpl": "LGPL-3.0-only",
}
"""What older metadata say instead of an SPDX expression."""


def library_of(file_name: str) -> tuple[str, str] | None:
    """Return (project, licence) of a library inside a wheel, by its file name, or None when it is not known."""
    for pattern, project, licence in LIBRARIES:
        if re.match(rf"(?:{pattern})(?:[-.].*)?$", file_name):
            return project, licence
    return None


def system_licence(package: str) -> str:
    """Return the licence of a library from a Debian package, "" where the package is not among those allowed."""
    return SYSTEM.get(package) or ("MIT" if _SYSTEM_XCB.match(package) else "")


def suits(expression: str) -> bool:
    """Return whether something under this SPDX expression may be handed on with a program under Apache-2.0.

    The GPL and AGPL do not, unless an exception for linking or another choice is given; neither does what is unknown.
    """
    alternatives = expression.replace("(", "").replace(")", "").split(" OR ")
    return bool(expression.strip()) and any(
        all(_part_suits(part.strip()) for part in each.split(" AND ")) for each in alternatives
    )


def _part_suits(part: str) -> bool:
    if "unknown" in part.lower():
        return False
    return " WITH " in part or re.match(r"A?GPL|SSPL", part, re.IGNORECASE) is None
