"""Which file an image came from: the digest of its bytes, and its UIDs where it has them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cxr_viewer.core.studies import Instance
from cxr_viewer.dicom import catalogue


@dataclass(frozen=True, slots=True)
class ImageIdentity:
    """Identity of one image file.

    Attributes:
        digest: sha256 of the file, hexadecimal.
        sop_instance_uid, study_instance_uid: of its header, "" where there is none (a PNG, a file without them).
    """

    digest: str
    sop_instance_uid: str = ""
    study_instance_uid: str = ""


def identify(path: Path) -> ImageIdentity:
    """Return the identity of an image file.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    found = catalogue.read_header(path)
    if not isinstance(found, Instance):
        return ImageIdentity(digest)
    return ImageIdentity(digest, found.sop_instance_uid, found.study_instance_uid)
