"""The projection of a radiograph as a reader sorts by it: PA, AP, lateral, or something else."""

import re
from enum import StrEnum
from functools import lru_cache

from cxr_viewer.core.header_words import View, view_in
from cxr_viewer.core.studies import Instance


class Projection(StrEnum):
    """Projections in the order in which a list shows them."""

    PA = "PA"
    AP = "AP"
    LATERAL = "lateral"
    OTHER = "other"


_DIRECTIONS = {
    Projection.PA: frozenset({"pa", "posteroanterior", "dv"}),
    Projection.AP: frozenset({"ap", "anteroposterior", "vd"}),
}


def projection_of(instance: Instance) -> Projection:
    """Return the projection that view position, view code or the image's own descriptions name, in this order.

    A frontal view that does not say from which side it was taken is OTHER: a portable AP film enlarges the heart, so
    nobody should take one for the other.
    """
    for text in (instance.view_position, instance.view_code, *instance.image_descriptions):
        view = view_in(text)
        if view is View.LATERAL:
            return Projection.LATERAL
        if view is not None:
            return _direction(text) if view is View.FRONTAL else Projection.OTHER
    return Projection.OTHER


@lru_cache(maxsize=4096)  # archives say the same few words again and again
def _direction(text: str) -> Projection:
    words = re.findall(r"[^\W_]+", text.casefold())
    joined = {*words, "".join(words)}
    named = [projection for projection, names in _DIRECTIONS.items() if joined & names]
    return named[0] if len(named) == 1 else Projection.OTHER
