"""What a report says of an error: types and places in the code; a message only where it is made of the code's names."""

import pytest

from cxr_viewer.program import crash_words


def _told(error: BaseException) -> str:
    return "\n".join(crash_words.lines_of(error))


def _caught(call: "object") -> BaseException:
    assert callable(call)
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whatever the test raises
        return error
    raise AssertionError("nothing was raised")


def test_messages_are_left_out_and_causes_are_followed() -> None:
    def fail() -> None:
        try:
            raise KeyError("DOE^JANE")
        except KeyError as error:
            raise ValueError("/data/DOE^JANE/1.dcm is broken") from error

    told = _told(_caught(fail))
    assert "DOE" not in told
    assert told.startswith("ValueError: (message left out)\n  tests/cxr_viewer/program/test_crash_words.py:")
    assert "caused by KeyError: (message left out)" in told
    assert " in fail" in told


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("None.pixels", "'NoneType' object has no attribute 'pixels'"),
        ("no_such_name", "name 'no_such_name' is not defined"),
        ("1 / 0", "division by zero"),
        ("[][3]", "list index out of range"),
        ("'a' - 1", "unsupported operand type(s) for -: 'str' and 'int'"),
    ],
)
def test_what_the_interpreter_says_of_the_code_is_kept(source: str, message: str) -> None:
    assert _told(_caught(lambda: eval(source))).startswith(f"{message_type(source)}: {message}\n")


def message_type(source: str) -> str:
    """Return the type that evaluating raises."""
    return type(_caught(lambda: eval(source))).__name__


def test_a_name_that_came_from_data_is_not_told() -> None:
    assert "DOE" not in _told(_caught(lambda: getattr(object(), "DOE_JANE".strip())))
    assert "DOE" not in _told(AttributeError("'str' object has no attribute 'DOE'"))
    assert "DOE" not in _told(NameError("name 'DOE_JANE' is not defined"))


def test_an_error_whose_words_fail_is_told_all_the_same() -> None:
    class SpeechlessError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("DOE")

    assert "SpeechlessError: (message left out)" in _told(SpeechlessError())


def test_errors_that_cause_each_other_end() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert len(crash_words.lines_of(first)) == 2


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("/home/ada/cxr/cxr_viewer/ui/workspace.py", "cxr_viewer/ui/workspace.py"),
        (r"C:\Users\ada\cxr_viewer\app.py", "cxr_viewer/app.py"),
        ("/srv/cxr_viewer/lib/cxr_viewer/core/geometry.py", "cxr_viewer/core/geometry.py"),
        ("/home/ada/env/lib/python3.13/site-packages/pydicom/dataset.py", "pydicom/dataset.py"),
        ("/usr/lib/python3/dist-packages/numpy/core.py", "numpy/core.py"),
        ("/usr/lib/python3.13/threading.py", "python/threading.py"),
        ("cxr_viewer/app.py", "cxr_viewer/app.py"),
        ("<frozen runpy>", "<frozen runpy>"),
        ("/home/ada/DOE^JANE/script.py", "elsewhere"),
        ("<string>", "elsewhere"),
        ("", "elsewhere"),
    ],
)
def test_code_is_named_without_its_folder(file: str, place: str) -> None:
    assert crash_words.place_of(file) == place
