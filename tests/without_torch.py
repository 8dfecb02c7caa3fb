"""Runs a program as in an environment without the training stack: importing torch and its companions fails.

Use: python -m tests.without_torch cxr_viewer.app --demo ...
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

HEAVY = frozenset({"torch", "torchvision", "timm", "lightning", "pytorch_lightning", "lightning_fabric"})


class Without:
    """A finder of modules that does not see what is heavy, as where it is not installed."""

    def __init__(self, finder: MetaPathFinder) -> None:
        self._finder = finder

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what the finder itself knows of any other module."""
        return None if name.partition(".")[0] in HEAVY else self._finder.find_spec(name, path, target)

    def __getattr__(self, name: str) -> object:
        """Leave all else (importlib.metadata's distributions) to the finder."""
        return getattr(self._finder, name)


def main() -> None:
    """Run the ``main`` of the module that is named first, with the rest as its arguments."""
    sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]  # type: ignore[arg-type]  # finders are many things
    assert not HEAVY & set(sys.modules)
    sys.argv = sys.argv[1:]
    ending = importlib.import_module(sys.argv[0]).main()
    sys.exit(ending)


if __name__ == "__main__":
    main()
