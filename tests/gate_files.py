"""Which real files are frontal chests of people and which show something else, for the test of the shipped gate."""

import csv
from dataclasses import dataclass
from pathlib import Path

FRONTAL = "frontal human chest"
OTHER = "no frontal human chest"

_CHEST_FOLDERS = (
    "dicom/rsna_samples/",
    "dicom/rsna_like/",
    "dicom/transcoded/",
    "images/nih-cxr14/",
    "images/covid-chestxray-ccby/",
    "images/mhh-covid/",
    "images/kermany-pediatric/",
    "images/torchxrayvision/",
)
_CHEST_FILES = frozenset(
    {
        "dicom/barre-gdcm/CR-MONO1-10-chest",
        "dicom/dcmnorm/nih_sc_dx_implicit_nodule.dcm",
        "dicom/nema-wg04/RG1_J2KI.dcm",
        "dicom/nema-wg04/RG1_JLSN.dcm",
        "dicom/pylibjpeg-data/966_canon_dx_pa_badCOM.dcm",
        "dicom/pylibjpeg-data/966_canon_dx_pa_fixed.dcm",
        "dicom/sciflow/montgomery_cxr.dcm",
        "dicom/simpleitk-cxr/cxr_cr_pa_modalitylut.dcm",
        "dicom/torchxrayvision/rsna_siim_16d7f894_mono2.dcm",
    }
)
_LATERAL_ON_CD = "dicomdir_cd/PT000003/"
_NEITHER = frozenset({"dicom/torchxrayvision/Fake_MONO1_relabelled.dcm"})
"""A chest whose header lies about its polarity, so that it shows inverted: no verdict on it would be wrong."""


@dataclass(frozen=True, slots=True)
class GateFile:
    """One file and what it shows."""

    path: Path
    what: str


def gate_files(root: Path) -> list[GateFile]:
    """Return the files of the real data's ``dicom``, ``dicomdir_cd`` and ``images`` folders that show a picture.

    Every DICOM file there that is not named as a frontal chest above shows something else by the manifest's notes:
    lateral chests, hips, legs, teeth, a dog, slices, test cards, test objects.
    """
    with (root / "MANIFEST.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [GateFile(root / row["path"], what) for row in rows if (what := _what(row["path"]))]


def _what(path: str) -> str:
    if path in _NEITHER or not path.startswith(("dicom/", "dicomdir_cd/", "images/")) or path.endswith("DICOMDIR"):
        return ""
    if path in _CHEST_FILES or path.startswith(_CHEST_FOLDERS):
        return FRONTAL
    if path.startswith("dicomdir_cd/"):
        return OTHER if path.startswith(_LATERAL_ON_CD) else FRONTAL
    return OTHER if path.startswith("dicom/") else ""
