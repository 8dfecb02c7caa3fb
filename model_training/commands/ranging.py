"""``cxr-train range``: a bundle gets the training range of a dataset."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import say


def training_range(
    bundle: Annotated[Path, typer.Argument(help="Model bundle.", exists=True, file_okay=False)],
    dataset: Annotated[
        list[Path],
        typer.Option(help="Prepared dataset that its members learned from; may be given again.", exists=True),
    ],
    out: Annotated[Path, typer.Option(help="New folder for the bundle with the range.")],
) -> None:
    """Measure the greys of training images and write the bundle with them; members and thresholds stay.

    Runs fitted since keep the range themselves, and publish takes it over; this is for bundles made before.

    Example: cxr-train range BUNDLE --dataset TRAINING --out BUNDLE2
    """
    from model_training.dataset import open_folders
    from model_training.training_ranges import with_range

    written = with_range(bundle, open_folders(dataset), out)
    known = written.training_range
    assert known is not None
    say(f"{written.title} in {out}: range of {known.images} images, bundle {written.digest[:12]}")
