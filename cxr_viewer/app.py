"""Starts the window: reads the command line, then opens store, decoder and window, then loads the model."""

import argparse
import gc
import multiprocessing
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cxr_viewer import __version__
from cxr_viewer.store.login import login_name

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from cxr_viewer.dicom.decoding import DecodingPool
    from cxr_viewer.program.start import Start
    from cxr_viewer.store.journal import Journal
    from cxr_viewer.ui.model_facts import LoadedModel
    from cxr_viewer.ui.workspace import Workspace

NOTICE = "Research use only, not a medical device."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the viewer and return its exit code: 0 done, 1 could not run (2 wrong call; Ctrl-C ends it by the signal)."""
    multiprocessing.freeze_support()
    options = parse(sys.argv[1:] if arguments is None else arguments)
    # Nothing of what is made until the window is there is garbage; looking for some takes a tenth of the start.
    gc.disable()
    start = _begin(options)
    if start.is_handed_over:
        return 0
    code = _run(options, start)
    start.close()
    return code


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; imports no Qt, so that --help answers at once."""
    parser = argparse.ArgumentParser(
        prog="cxr-viewer",
        description=f"Read chest radiographs beside a detector ensemble and correct it.\n{NOTICE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: cxr-viewer ~/archive/ward3 --reader ada",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="folders, files or a DICOMDIR to open")
    parser.add_argument("--demo", action="store_true", help="open the simulated radiographs of the program")
    parser.add_argument("--bundle", type=Path, metavar="DIR", help="model bundle to use instead of the demo's")
    parser.add_argument(
        "--store", metavar="URL", help="journal: a file or sqlite:///PATH (default: CXR_STORE, or yours)"
    )
    parser.add_argument(
        "--reader", metavar="NAME", help="who reads (default: as in the settings, else the login name; self-asserted)"
    )
    parser.add_argument(
        "--screenshot", type=Path, metavar="PNG", help="write a picture of the first image with its boxes, and end"
    )
    parser.add_argument("--theme", choices=("dark", "light", "system"), help="colours (default: as last time)")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window, e.g. 1600x1000")
    parser.add_argument("--version", action="version", version=f"cxr-viewer {__version__}. {NOTICE}")
    return parser.parse_args(arguments)


def _size(text: str) -> tuple[int, int]:
    width, separator, height = text.lower().partition("x")
    if not separator or not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"'{text}' is no size; write it like 1600x1000")
    return int(width), int(height)


def _begin(options: argparse.Namespace) -> "Start":
    """Hand over to the window that runs, or begin to watch this process; before Qt, so that the former is quick."""
    from cxr_viewer.program import start

    return start.begin(
        options.paths,
        demo=options.demo,
        bundle=options.bundle,
        store=options.store,
        reader=options.reader or "",
        is_for_a_person=options.screenshot is None,
    )


def _run(options: argparse.Namespace, start: "Start") -> int:
    from cxr_viewer.dicom.decoding import DecodingPool
    from cxr_viewer.ui import large_blocks

    large_blocks.give_back_at_once()
    # Qt's loop would keep Ctrl-C from Python; nothing has to be saved at the end, so the system may end the program.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    decoder = DecodingPool(workers=2)
    # The children start while this process imports Qt.
    decoder.warm_up()
    try:
        application = _application(options)
        workspace = _workspace(options, decoder)
        _prepare(options, application, workspace, start)
        code: int = application.exec()
        workspace.close()
        return code
    finally:
        decoder.close()


def _application(options: argparse.Namespace) -> "QApplication":
    from PySide6.QtCore import QSettings
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication

    from cxr_viewer.ui import qt_features  # isort: skip  # before all modules that it is about

    qt_features.never_used()
    from cxr_viewer.store import locations
    from cxr_viewer.ui import icons, theme
    from cxr_viewer.ui.settings import TEXT_SIZE, THEME, Settings

    QApplication.setApplicationName("cxr-viewer")
    QApplication.setOrganizationName("cxr-viewer")
    QApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName("cxr-viewer")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    # Qt would take a roaming profile on Windows and ~/.config on macOS; settings name folders of patients.
    folder = str(locations.settings_folder().parent)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    settings = Settings(QSettings())
    theme.apply(application, theme.palette_named(options.theme or settings.get(THEME)), settings.get(TEXT_SIZE))
    application.setWindowIcon(icons.application_icon())
    return application


def _workspace(options: argparse.Namespace, decoder: "DecodingPool") -> "Workspace":
    from PySide6.QtCore import QSettings

    from cxr_viewer import resources
    from cxr_viewer.store import locations
    from cxr_viewer.store.candidate_cache import CandidateCache
    from cxr_viewer.ui.archive_index import ArchiveIndex
    from cxr_viewer.ui.image_first import ImageFirst
    from cxr_viewer.ui.settings import READER, Settings
    from cxr_viewer.ui.workspace import Supplies, Workspace

    settings = Settings(QSettings())
    image_first = ImageFirst(load_model)
    cache = CandidateCache(locations.default_cache_path())
    supplies = Supplies(
        open_journal=lambda: open_journal(options.store),
        prepare_store=import_store,
        cache=cache,
        reader=options.reader or settings.get(READER) or login_name(),
        login_name=login_name(),
        settings=settings,
        decode=decoder.decode,
        index=ArchiveIndex(decoder, cache),
        load_model=image_first,
        close_decoder=decoder.close,
        demo_folder=resources.path("demo"),
        demo_bundle=resources.path("models/demo"),
    )
    workspace = Workspace(supplies)
    workspace.let_image_come_first(image_first)
    return workspace


def _prepare(options: argparse.Namespace, application: "QApplication", workspace: "Workspace", start: "Start") -> None:
    """Show the window; everything that takes time begins when it is on the screen."""
    from cxr_viewer.ui.first_paint import FirstPaint
    from cxr_viewer.ui.screenshot import Screenshot

    if options.size:
        workspace.window.resize(*options.size)
    if options.screenshot:
        # A widget that is grabbed offscreen is never activated, so nothing waits for that.
        picture = Screenshot(
            workspace.window, options.screenshot, lambda: workspace.is_quiet, application.exit, workspace
        )
        workspace.settled.connect(picture.begin)

    def begin() -> None:
        # Modules and widgets live as long as the window: the collector need not look through them on every slider move.
        gc.freeze()
        gc.enable()
        workspace.models.load_first(options.bundle)
        if workspace.opening.is_open:
            pass  # the reader was quicker
        elif options.demo:
            workspace.opening.open_demo()
        elif options.paths:
            workspace.opening.open(tuple(options.paths))
        elif start.found.dies_at_once or not workspace.opening.open_last():
            workspace.settled.emit()
        from cxr_viewer.ui import after_start

        after_start.attach(workspace, start)

    FirstPaint(workspace.window, lambda: workspace.open_store(begin))
    workspace.window.show()


def import_store() -> None:
    """Import what the journal needs: it takes as long as the whole window, which need not wait for it."""
    from cxr_viewer.store import opening  # noqa: F401


def open_journal(store: str | None) -> "Journal":
    """Open the store that the command line, the environment or nobody named."""
    from cxr_viewer.store import opening

    return opening.open_store(store)


def load_model(folder: Path) -> "LoadedModel":
    """Load a bundle with the engine that fits this machine; the first import of a network library happens here."""
    from cxr_viewer.detection import bundle as bundles
    from cxr_viewer.detection import load_detector
    from cxr_viewer.store import locations
    from cxr_viewer.ui import model_facts

    bundle = bundles.read(folder)
    detector = load_detector(folder, cache_folder=locations.graphs_folder())
    return model_facts.loaded(detector, bundle)


if __name__ == "__main__":
    sys.exit(main())
