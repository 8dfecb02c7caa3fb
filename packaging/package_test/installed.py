"""The Debian package in the clean root: installed, started by its desktop entry, given a file, removed."""

from pathlib import Path

from installers import program
from package_test import screen, session
from package_test.clean_root import USER, CleanRoot
from package_test.report import Report

_PLACES = "/usr /opt /etc /var/lib/dpkg/info /var/lib/misc"


def install(report: Report, root: CleanRoot, package: str) -> None:
    """Install the package with what it depends on."""
    report.check("the clean root has no Python", root.run("command -v python3").returncode != 0)
    root.said("apt-get update -q && apt-get install -q -y --no-install-recommends " + package)
    said = root.said(" && ".join(f"{name} --version" for name in program.commands()), USER)
    stated = said.count(program.version())
    report.check("all commands state the version", stated == len(program.commands()), said)
    entry = f"/usr/share/applications/{program.NAME}.desktop"
    wrong = root.run(f"desktop-file-validate {entry}")
    report.check("the desktop entry is valid", wrong.returncode == 0 and not wrong.stdout, wrong.stdout)
    default = root.said("xdg-mime query default application/dicom", USER).strip()
    report.check("DICOM files open in it", default == f"{program.NAME}.desktop", default)
    report.check(
        "folders can be opened with it", entry.rsplit("/", 1)[1] in root.said("gio mime inode/directory", USER)
    )
    report.check(
        "icons are there", root.run(f"test -f /usr/share/icons/hicolor/48x48/apps/{program.NAME}.png").returncode == 0
    )


def use(report: Report, root: CleanRoot, image: str, pictures: Path) -> None:
    """Start it by its desktop entry, hand it a file while it runs, then open the file with nothing running."""
    with session.running(root) as desktop:
        report.check("the empty screen has no boxes", screen.box_pixels(screen.picture(desktop.dump)) == 0)
        desktop.send(f"gio launch /usr/share/applications/{program.NAME}.desktop &")
        appeared = screen.wait_for(lambda: screen.bright_share(screen.picture(desktop.dump)) > 0.2, 60)
        report.check("the desktop entry opens the window", appeared)
        screen.save(desktop.dump, pictures / "started.png")
        _open(report, desktop, image, "xdg-open of a file hands it to the running window")
        report.check("one window runs", desktop.windows() == 1, desktop.ask("ps -eo args"))
        screen.save(desktop.dump, pictures / "handed_over.png")
    with session.running(root) as desktop:
        _open(report, desktop, image, "xdg-open of a file starts the program")
        screen.save(desktop.dump, pictures / "opened.png")
    crashed = root.said("find /home/reader -name 'crash-*'", USER)
    report.check("there is no crash report", not crashed, crashed)


def _open(report: Report, desktop: session.Session, image: str, what: str) -> None:
    desktop.send(f"xdg-open '{image}' > /tmp/xdg-open.log 2>&1 &")
    shown = screen.wait_for(lambda: screen.box_pixels(screen.picture(desktop.dump)) > 40, 90)
    report.check(f"{what}, and boxes are shown", shown, desktop.ask("cat /tmp/xdg-open.log; ps -eo args"))


def remove(report: Report, root: CleanRoot) -> None:
    """Remove the package and look for what is left of it."""
    listed = root.said(f"dpkg -L {program.NAME}").split("\n")
    own = [line for line in listed if program.NAME in line]
    report.check("the package's files can be listed", len(own) > 100)
    report.check("nothing of it is in /etc", not [line for line in own if line.startswith("/etc")])
    root.said(f"dpkg -r {program.NAME} && dpkg -P {program.NAME}")
    report.none("no file of the package is left", (line for line in own if (root.folder / line.lstrip("/")).exists()))
    left = root.said(f"find {_PLACES} -iname '*cxr*'").split()
    report.none("nothing else of it is left", left)
    words = root.run("grep -rl cxr-viewer /usr/share/applications /usr/share/icons /usr/share/mime /etc").stdout.split()
    report.none("no list of the desktop names it", words)


def try_archive(report: Report, root: CleanRoot, archive: str) -> None:
    """Install the archive for one user, run it, and remove it."""
    before = set(root.said("find ~ -not -path '*/.cache/*' | sort", USER).split("\n"))
    root.said(f"mkdir ~/unpacked && tar -xzf {archive} -C ~/unpacked && ~/unpacked/*/install.sh", USER)
    said = root.said("~/.local/bin/cxr-viewer --version && ~/.local/bin/cxr-scan --version", USER)
    report.check("the archive installs for one user", said.count(program.version()) == 2, said)
    entry = f"~/.local/share/applications/{program.NAME}.desktop"
    report.check("its desktop entry is valid", root.run(f"desktop-file-validate {entry}", USER).returncode == 0)
    default = root.said("xdg-mime query default application/dicom", USER).strip()
    report.check("DICOM files open in it", default == f"{program.NAME}.desktop", default)
    root.said("~/.local/lib/cxr-viewer/uninstall.sh && rm -rf ~/unpacked", USER)
    after = set(root.said("find ~ -type f -not -path '*/.cache/*' | sort", USER).split("\n"))
    # A cache that update-desktop-database made, empty now, belongs to the desktop.
    report.none("its removal leaves nothing", (path for path in after - before if not path.endswith("mimeinfo.cache")))
