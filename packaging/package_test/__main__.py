"""Runs all checks; needs root for the clean root, and a Debian mirror."""

import os
import shutil
import sys
from pathlib import Path

from installers import program
from installers.build import OUT, WORK
from package_test import files, installed, scanning
from package_test.clean_root import CleanRoot
from package_test.report import Report


def main() -> int:
    """Check what was built and return the exit code."""
    report = Report()
    files.check(report)
    lacking = _lacking()
    if lacking:
        report.skip("the clean root", lacking)
        return 1
    images, why = _images()
    if why:
        report.skip("real radiographs", why)
    work = WORK / "test"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    root = CleanRoot(WORK / "roots" / "used", {"dist": OUT, "images": images})
    root.make(WORK / "roots" / "base")
    (package,) = OUT.glob("*.deb")
    (archive,) = OUT.glob("*.tar.gz")
    installed.install(report, root, f"/shared/dist/{package.name}")
    image = scanning.check(report, root, images, "/shared/images", work)
    if report.check("there is an image with a detection to open", bool(image)):
        installed.use(report, root, image, work / "pictures")
    installed.remove(report, root)
    installed.try_archive(report, root, f"/shared/dist/{archive.name}")
    sys.stdout.write(f"Pictures of the window are in {work / 'pictures'}; look at them.\n")
    sys.stdout.write(f"{report.failures} failed\n" if report.failures else "All checks passed.\n")
    return 1 if report.failures else 0


def _lacking() -> str:
    """Return why there can be no clean root here, "" when there can."""
    if os.geteuid() != 0:
        return "only root can make one; run this in a container or a virtual machine"
    missing = [name for name in ("debootstrap", "unshare", "chroot") if shutil.which(name) is None]
    return f"{', '.join(missing)} is missing; packaging/linux/system_packages.sh package installs it" if missing else ""


def _images() -> tuple[Path, str]:
    """Return the folder to read and why it is not the real one, if it is not."""
    data = Path(os.environ.get("CXR_TEST_DATA", program.ROOT.parent / "shared" / "data")) / "dicom"
    if data.is_dir():
        return data.resolve(), ""
    return (
        program.ROOT / "resources" / "demo",
        f"{data} is not here (see CXR_TEST_DATA); phantoms are read",
    )


if __name__ == "__main__":
    sys.exit(main())
