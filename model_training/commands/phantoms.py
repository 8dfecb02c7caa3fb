"""``cxr-train phantom`` and ``cxr-train contact-sheet``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model_training.commands.import_options import TestPersons
from model_training.commands.progress import reporter, say

if TYPE_CHECKING:
    from model_training.phantom.background_files import Backgrounds

_NAMED = 20


def phantom(
    out: Annotated[Path, typer.Argument(help="New folder: images/*.dcm, labels.csv, classes.csv, masks/.")],
    count: Annotated[int, typer.Option(help="Number of radiographs.", min=1)] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same images; different seeds share none.")] = 1,
    side: Annotated[int, typer.Option(help="Rows and columns.", min=64)] = 1024,
    transfer_syntax: Annotated[
        str, typer.Option(help="explicit, rle, jpeg-lossless, jpeg-ls, jpeg-2000, or mixed: all in turn.")
    ] = "jpeg-2000",
    opacity_share: Annotated[
        float, typer.Option(help="Share of images with opacities; RSNA's by default.", min=0, max=1)
    ] = 6012 / 26684,
    domain: Annotated[
        str | None,
        typer.Option(
            help="plain; varied (wider fields of view, asymmetry, flat bedside films, readers' noise: to learn from); "
            "second (other tone curves, fields of view, noise and devices: to choose between candidates). Plain by "
            "default."
        ),
    ] = None,
    background: Annotated[
        Path | None,
        typer.Option(
            help="Folder of real radiographs (DICOM, PNG, JPEG): opacities are composed into one drawn for each image, "
            "or it is a negative as it is. You vouch that all of them are normal frontal chests. Not with --domain.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    test_persons: TestPersons = None,
    prefix: Annotated[
        str | None, typer.Option(help="Beginning of the file names; phantom, or background-phantom by default.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
) -> None:
    """Write simulated chest radiographs with known opacities as DICOM, with RSNA-form labels.

    Example: cxr-train phantom phantoms --count 1000 --seed 1
    """
    if background is not None and domain is not None:
        raise typer.BadParameter("a domain is one of simulated chests; give either --domain or --background.")
    if background is not None and out.resolve().is_relative_to(background.resolve()):
        raise typer.BadParameter(f"{out} lies in the folder of backgrounds; choose a place outside of {background}.")

    from typing import cast

    from model_training.phantom.archive import SyntaxChoice, write_archive
    from model_training.phantom.phantom import ImageClass, shares_with_opacity

    shares: dict[ImageClass, float] = shares_with_opacity(opacity_share)
    backgrounds = None
    if background is not None:
        shares = {"Normal": 1 - opacity_share, "Lung Opacity": opacity_share}
        backgrounds = _backgrounds(background, test_persons, workers)
    write_archive(
        out,
        count,
        seed,
        side=side,
        transfer_syntax=cast(SyntaxChoice, transfer_syntax),  # write_archive refuses others by name
        shares=shares,
        prefix=prefix or ("phantom" if background is None else "background-phantom"),
        domain=domain or "plain",
        backgrounds=backgrounds,
        workers=workers,
        on_progress=reporter("phantoms"),
    )
    say(f"{count} phantoms in {out}")


def _backgrounds(folder: Path, test_persons: Path | None, workers: int) -> "Backgrounds":
    """Examine the backgrounds and say how many cannot be used, and why."""
    from model_training import test_persons as persons
    from model_training.phantom.background_files import find_backgrounds

    known = None if test_persons is None else persons.read(test_persons)
    found = find_backgrounds(folder, known, workers, reporter("backgrounds"))
    total = len(found.files) + len(found.left_out)
    for sentence in found.left_out[:_NAMED]:
        say(f"left out: {sentence}")
    if len(found.left_out) > _NAMED:
        say(f"… and {len(found.left_out) - _NAMED} more")
    say(f"{len(found.files)} of {total} images below {folder} serve as backgrounds, {len(found.left_out)} left out")
    return found


def contact_sheet(
    dataset: Annotated[Path, typer.Argument(help="Prepared dataset.", exists=True, file_okay=False)],
    out: Annotated[Path, typer.Option(help="Picture to write (PNG).")],
    augmentation: Annotated[
        list[str] | None, typer.Option(help="Augmentation set shown; may be repeated. All of them by default.")
    ] = None,
    paper_sets: Annotated[bool, typer.Option("--paper-sets", help="Show the five sets of the 2018 paper.")] = False,
    count: Annotated[int, typer.Option(help="Images per set; those with boxes come first.", min=1)] = 1,
    versions: Annotated[int, typer.Option(help="Changed versions beside each image.", min=1)] = 5,
    seed: Annotated[int, typer.Option(help="Of the choice and the changes.")] = 1,
) -> None:
    """Draw training images beside changed versions of themselves, with their boxes, into one picture.

    Example: cxr-train contact-sheet DATASET --paper-sets --out sheet.png
    """
    from model_training.augmentation_sets import PAPER_SETS, SETS

    names = [*(augmentation or ()), *(PAPER_SETS if paper_sets else ())] or list(SETS)
    for name in names:
        if name not in SETS:
            raise typer.BadParameter(f"there is no augmentation set '{name}'; choose one of {', '.join(SETS)}.")

    from model_training.contact_sheet import draw

    draw(dataset, out, names, count, versions, seed)
    say(f"wrote {out}: {', '.join(names)}")
