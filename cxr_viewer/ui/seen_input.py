"""What the network is given of an image: the very square, its greys, and the chain that made it in words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import training_range
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.core.training_range import RangeVerdict
from cxr_viewer.dicom import transfer_syntax, windowing
from cxr_viewer.dicom.windowing import Voi, VoiLut
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.model_facts import ModelFacts


@dataclass(frozen=True, slots=True, eq=False)
class SeenInput:
    """The input of one image and one model.

    Attributes:
        square: (side, side) uint8, as the members get it before they normalise it themselves.
        shares: (BINS,) share of the image's pixels in each bin of grey, without the black rim.
        verdict: against the training range, None when the bundle has none.
        chain: steps from the file to the network, in words.
    """

    key: InstanceKey
    square: NDArray[np.uint8]
    shares: NDArray[np.float64]
    verdict: RangeVerdict | None
    chain: tuple[str, ...]


def see(image: DisplayedImage, model: ModelFacts) -> SeenInput:
    """Return the input; takes some 30 ms for 9 megapixels, so off the GUI thread.

    The steps are those of the detector: the automatic window at full size, then the letterbox.
    """
    from cxr_viewer.detection import preprocessing  # which brings an image library with it

    grey = windowing.render(image.pyramid.pixels, image.header, image.automatic)
    square, placement = preprocessing.letterbox(grey, model.input_side)
    picture = placement.picture(square)
    known = model.training_range
    verdict = None if known is None else training_range.judge(picture, known)
    return SeenInput(image.key, square, training_range.histogram(picture), verdict, chain_of(image, model))


def chain_of(image: DisplayedImage, model: ModelFacts) -> tuple[str, ...]:
    """Return the steps from the file to the network, in words."""
    header = image.header
    source = transfer_syntax.short_name(header.transfer_syntax_uid) or "picture file"
    return (
        f"{source}, {header.bits_stored} bit",
        f"modality LUT{f' ({header.value_unit})' if header.value_unit else ''}",
        voi_words(image),
        "minimum white: inverted" if header.shows_minimum_white else "minimum black",
        f"{image.columns} × {image.rows} to {model.input_side} × {model.input_side}, black rim",
        f"0 to 1, less {model.input_mean:g}, over {model.input_std:g}" if _is_normalised(model) else "0 to 1",
    )


def voi_words(image: DisplayedImage) -> str:
    """Return in words which VOI the model's input went through, with the maker's name for it."""
    voi: Voi = image.automatic
    if isinstance(voi, VoiLut):
        return f"VOI LUT{_named(voi.explanation)}"
    if voi in image.header.windows:
        return f"header's window {voi.centre:g}/{voi.width:g}{_named(voi.explanation)}"
    return f"percentiles {windowing.PERCENTILES[0]:g} to {windowing.PERCENTILES[1]:g}"


def _named(explanation: str) -> str:
    return f" “{explanation}”" if explanation else ""


def _is_normalised(model: ModelFacts) -> bool:
    return (model.input_mean, model.input_std) != (0.0, 1.0)
