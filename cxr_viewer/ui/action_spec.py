"""What is said of an action: name, text, icon, keys, tip."""

from dataclasses import dataclass
from typing import Literal

Scope = Literal["window", "canvas", "shown"]
"""Where the keys work: everywhere; with the image in focus; "shown" keys are handled by the image view itself."""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing the reader can do."""

    name: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    scope: Scope = "canvas"
    checkable: bool = False
