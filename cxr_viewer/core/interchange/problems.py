"""The sentence that says what is wrong with files: how many problems, and the first ten of them."""

from collections.abc import Sequence

_NAMED = 10


def raise_if_any(problems: Sequence[str], whose: str, error_type: type[Exception]) -> None:
    """Raise an error that counts the problems and names the first ten, a line each, if there are any.

    Args:
        problems: each a phrase that begins with its place.
        whose: beginning of the sentence: what has the problems, with its verb ("The label files have").
        error_type: what is raised.
    """
    if not problems:
        return
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    more = [f"… and {len(problems) - _NAMED} more"] if len(problems) > _NAMED else []
    raise error_type("\n".join([f"{whose} {count}:", *problems[:_NAMED], *more]))
