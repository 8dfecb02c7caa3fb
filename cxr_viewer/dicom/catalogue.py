"""Finds the files below the paths that a reader opens and reads their headers: images, unreadable files, no images."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cxr_viewer.core.studies import Catalogue, Instance, SkippedFile, UnreadableFile, group
from cxr_viewer.dicom import headers, raster
from cxr_viewer.dicom.content import DICOM_CONTENTS, HEAD_BYTES, RASTER_CONTENTS, Content, recognise
from cxr_viewer.dicom.content import claims_to_be_an_image as claims_image
from cxr_viewer.dicom.errors import CONTENT_ERRORS, DicomReadError
from cxr_viewer.dicom.files import find_files
from cxr_viewer.dicom.instance_header import WANTED, instance_of
from cxr_viewer.dicom.no_image import no_image_reason

__all__ = ["build", "find_files", "index", "read_header"]

Found = Instance | UnreadableFile | SkippedFile


def _nothing(count: int) -> None:
    """Report no progress."""


def _never() -> bool:
    return False


def build(
    paths: Iterable[Path],
    on_progress: Callable[[int], None] = _nothing,
    should_stop: Callable[[], bool] = _never,
) -> Catalogue:
    """Read all headers below some paths and put the instances together to studies.

    Args:
        paths: folders, files, DICOMDIRs.
        on_progress: told how many files have been read, after each.
        should_stop: asked before each file; what was read until then is returned.
    """
    instances: list[Instance] = []
    unreadable: list[UnreadableFile] = []
    skipped: list[SkippedFile] = []
    for count, found in enumerate(index(paths, should_stop), start=1):
        match found:
            case Instance():
                instances.append(found)
            case UnreadableFile():
                unreadable.append(found)
            case SkippedFile():
                skipped.append(found)
        on_progress(count)
    return Catalogue(group(instances), tuple(unreadable), tuple(skipped))


def index(paths: Iterable[Path], should_stop: Callable[[], bool] = _never) -> Iterator[Found]:
    """Yield what each file below some paths is, in the order of finding."""
    for path in find_files(paths):
        if should_stop():
            return
        yield read_header(path)


def read_header(path: Path) -> Found:
    """Tell what a file is by its header; never raises, whatever the file holds.

    A file that should be an image (by its content, or else by its suffix) and cannot be shown as one is unreadable;
    one that is no image is skipped. Pixels are not decoded, so that damage inside compressed data shows only later.
    """
    try:
        with path.open("rb") as file:
            content = recognise(file.read(HEAD_BYTES))
        if content in RASTER_CONTENTS:
            return _raster_instance(path)
        if content in DICOM_CONTENTS:
            return _dicom(path)
    except DicomReadError as error:
        return UnreadableFile(path, str(error))
    except FileNotFoundError:
        return UnreadableFile(path, "the file does not exist")
    except IsADirectoryError:
        return UnreadableFile(path, "the folder cannot be opened")
    except OSError as error:
        return UnreadableFile(path, f"the file cannot be opened: {error.strerror or 'input error'}")
    except CONTENT_ERRORS as error:
        return UnreadableFile(path, f"its content is damaged ({type(error).__name__})")
    return _other(path, content)


def _other(path: Path, content: Content) -> Found:
    if not claims_image(path):
        return SkippedFile(path, f"no image: {content.value}")
    if content is Content.EMPTY:
        return UnreadableFile(path, "the file is empty")
    if content is Content.UNKNOWN:
        return UnreadableFile(path, "neither DICOM nor PNG, JPEG or TIFF: unknown content")
    return UnreadableFile(path, f"{content.value} saved as {path.suffix.lower()}")


def _dicom(path: Path) -> Found:
    header = headers.read(path, WANTED)
    reason = no_image_reason(header)
    if reason:
        return SkippedFile(path, reason)
    return instance_of(header)


def _raster_instance(path: Path) -> Instance:
    header = raster.read_header(path)
    return Instance(
        path=path,
        rows=header.rows,
        columns=header.columns,
        is_dicom=False,
        photometric=header.photometric,
        samples_per_pixel=header.samples,
        bits_stored=header.bits,
        number_of_frames=header.frames,
    )
