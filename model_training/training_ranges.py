"""The training range of a bundle: measured on prepared datasets, kept in a run's record, put into a bundle."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import training_range
from cxr_viewer.core.training_range import TrainingRange
from cxr_viewer.core.whole_folder import check_is_free, written_whole
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.bundle import ModelBundle
from model_training.dataset import Dataset, DatasetError
from model_training.run_folder import FittedMember

MOST_IMAGES = 2000
"""So many images of a dataset are measured, spread over it: ranks of one percent then rest on twenty images."""


def of_dataset(dataset: Dataset) -> TrainingRange:
    """Return the range of a prepared dataset, whose pixels are the network's input."""
    return training_range.measure(_pictures(dataset))


def of_members(members: Sequence[FittedMember], parent: ModelBundle | None) -> TrainingRange | None:
    """Return the range of all that the members, and the parent that gave them their weights, learned from.

    None when one of them does not say: half a range would call good images unusual.
    """
    known = [
        training_range.from_content(member.record["training_range"]) if "training_range" in member.record else None
        for member in members
    ]
    if parent is not None:
        known.append(parent.training_range)
    ranges = [each for each in known if each is not None]
    return training_range.pooled(ranges) if len(ranges) == len(known) else None


def with_range(source: Path, dataset: Dataset, out: Path) -> ModelBundle:
    """Write the bundle ``source`` with the range of a dataset into a new folder; its files stay, its digest does not.

    Raises:
        BundleError: the source is refused.
        DatasetError: the images were prepared at another size than the network takes.
        FolderInUseError: ``out`` holds something.
    """
    check_is_free(out)
    bundle = bundles.read(source)
    if dataset.side != bundle.network.input_side:
        raise DatasetError(
            f"The dataset {dataset.name} is prepared at {dataset.side} pixels, the network takes "
            f"{bundle.network.input_side}; import it with --side {bundle.network.input_side}."
        )
    names = bundles.listed_files(source)
    with written_whole(out, last=bundles.BUNDLE_FILE) as stage:
        for name in names:
            shutil.copyfile(source / name, stage / name)
        draft = replace(bundle, folder=stage, training_range=of_dataset(dataset))
        bundles.write(draft, {name: stage / name for name in names})
    return bundles.read(out)


def _pictures(dataset: Dataset) -> Iterator[NDArray[np.uint8]]:
    step = max(1, -(-len(dataset) // MOST_IMAGES))
    for index in range(0, len(dataset), step):
        yield dataset.examples[index].placement(dataset.side).picture(dataset.image(index))
