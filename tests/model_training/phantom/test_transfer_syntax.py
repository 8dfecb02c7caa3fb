"""Names and UIDs of the encodings."""

from model_training.phantom.archive import SYNTAX_CHOICES
from model_training.phantom.transfer_syntax import TRANSFER_SYNTAXES, UIDS


def test_every_name_has_its_lossless_transfer_syntax() -> None:
    """UIDs from PS3.6; that the pixels survive is tested with the writer."""
    assert {name: str(uid) for name, uid in UIDS.items()} == {
        "explicit": "1.2.840.10008.1.2.1",
        "rle": "1.2.840.10008.1.2.5",
        "jpeg-lossless": "1.2.840.10008.1.2.4.70",
        "jpeg-ls": "1.2.840.10008.1.2.4.80",
        "jpeg-2000": "1.2.840.10008.1.2.4.90",
    }
    assert tuple(UIDS) == TRANSFER_SYNTAXES


def test_an_archive_offers_each_of_them_and_the_mixture() -> None:
    assert (*TRANSFER_SYNTAXES, "mixed") == SYNTAX_CHOICES
