"""PA, AP, lateral or something else, from what headers say."""

from pathlib import Path

import pytest

from cxr_viewer.core.projection import Projection, projection_of
from cxr_viewer.core.studies import Instance


@pytest.mark.parametrize(
    ("elements", "projection"),
    [
        ({"view_position": "PA"}, Projection.PA),
        ({"view_position": "ap"}, Projection.AP),
        ({"view_code": "postero-anterior"}, Projection.PA),
        ({"view_code": "antero-posterior"}, Projection.AP),
        ({"view_position": "LL"}, Projection.LATERAL),
        ({"image_descriptions": ("Thorax seitlich",)}, Projection.LATERAL),
        ({"image_descriptions": ("W034 Chest AP portable",)}, Projection.AP),
        ({"view_position": "FRONTAL"}, Projection.OTHER),
        ({"view_position": "PA", "image_descriptions": ("Thorax lateral",)}, Projection.PA),
        ({"view_position": "LLD"}, Projection.OTHER),
        ({"image_descriptions": ("PA and lateral",)}, Projection.OTHER),
        ({}, Projection.OTHER),
    ],
)
def test_projection_is_what_the_header_names_first(elements: dict[str, object], projection: Projection) -> None:
    instance = Instance(path=Path("x"), rows=300, columns=260, **elements)  # type: ignore[arg-type]
    assert projection_of(instance) is projection
