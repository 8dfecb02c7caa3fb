"""Labels and reasons of the program, read once."""

from functools import lru_cache

from cxr_viewer import resources
from cxr_viewer.core import vocabulary
from cxr_viewer.core.vocabulary import Vocabulary


@lru_cache(maxsize=1)
def words() -> Vocabulary:
    """Return what the reader chooses from."""
    return vocabulary.parse(resources.read_text("vocabulary.toml"))
