"""Names of transfer syntaxes, short and for every one that the standard knows."""

import pytest
from pydicom._uid_dict import UID_dictionary
from pydicom.uid import JPEG2000Lossless, RLELossless

from cxr_viewer.dicom.transfer_syntax import short_name


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("1.2.840.10008.1.2.1", "uncompressed"),
        ("1.2.840.10008.1.2.2", "uncompressed"),
        (JPEG2000Lossless, "JPEG 2000"),
        (RLELossless, "RLE"),
        ("", ""),
        ("1.2.3", "unknown encoding"),
    ],
)
def test_names(uid: str, name: str) -> None:
    assert short_name(uid) == name


def test_every_transfer_syntax_has_a_name() -> None:
    known = [uid for uid, entry in UID_dictionary.items() if entry[1] == "Transfer Syntax"]
    assert len(known) > 40
    assert all(short_name(uid) for uid in known)
