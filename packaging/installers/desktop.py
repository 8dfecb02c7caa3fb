"""The files by which a Linux desktop knows the program: its entry and its icon, below a ``share`` folder."""

import shutil
from pathlib import Path

from installers import icons, program

ENTRY = program.ROOT / "packaging" / "linux" / f"{program.NAME}.desktop"


def write_share(share: Path) -> None:
    """Write the desktop entry and the icon in all sizes."""
    applications = share / "applications"
    applications.mkdir(parents=True)
    shutil.copyfile(ENTRY, applications / ENTRY.name)
    theme = share / "icons" / "hicolor"
    for side in icons.SIDES:
        place = theme / f"{side}x{side}" / "apps"
        place.mkdir(parents=True)
        (place / f"{program.NAME}.png").write_bytes(icons.png(side))
    scalable = theme / "scalable" / "apps"
    scalable.mkdir(parents=True)
    shutil.copyfile(icons.SVG, scalable / f"{program.NAME}.svg")
