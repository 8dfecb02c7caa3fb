"""Which licences may be handed on."""

import pytest

from installers import licence_rules


@pytest.mark.parametrize(
    "expression",
    [
        "MIT",
        "BSD-3-Clause AND Zlib",
        "LGPL-3.0-only",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        "GPL-2.0-only OR LGPL-3.0-only",
        "(MIT OR GPL-2.0-only) ",
    ],
)
def test_these_suit(expression: str) -> None:
    assert licence_rules.suits(expression)


@pytest.mark.parametrize(
    "expression", ["", " ", "UNKNOWN", "GPL-3.0-only", "GPLv3", "AGPL-3.0-only", "MIT AND GPL-2.0-only"]
)
def test_these_do_not(expression: str) -> None:
    assert not licence_rules.suits(expression)


def test_libraries_are_known_by_the_names_that_wheels_give_them() -> None:
    assert licence_rules.library_of("libgfortran-040039e1-0352e75f.so.5.0.0") == (
        "libgfortran",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
    )
    assert licence_rules.library_of("libQt6Core.so.6") == ("Qt", "LGPL-3.0-only")
    assert licence_rules.library_of("libscipy_openblas64_-32a4b2a6.so") == ("OpenBLAS", "BSD-3-Clause")
    assert licence_rules.library_of("libmystery.so.1") is None


def test_of_the_system_only_named_packages_are_handed_on() -> None:
    assert licence_rules.system_licence("libxcb-cursor0") == "MIT"
    assert licence_rules.system_licence("libreadline8") == ""
