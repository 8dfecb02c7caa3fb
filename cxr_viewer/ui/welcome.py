"""Shows the welcome on the first start, in the empty window, and again from the menu."""

from PySide6.QtCore import QObject

from cxr_viewer.ui import theme
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.opening import Opening
from cxr_viewer.ui.palette import DARK
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.self_test_run import SelfTestRun
from cxr_viewer.ui.welcome_card import WelcomeCard, WelcomeDialog


class Welcome(QObject):
    """Fills every card that is shown, and puts the one on the start page away when something is opened."""

    def __init__(
        self,
        window: MainWindow,
        session: ReviewSession,
        opening: Opening,
        run: SelfTestRun,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._run = window, session, run
        run.changed.connect(self.refresh)
        opening.opened.connect(lambda: window.start_page.show_welcome(None))

    def show_on_start_page(self) -> None:
        """Welcome a new reader: on the start page, and trying quietly whether everything works."""
        self._window.start_page.show_welcome(self._card(DARK.link))  # the page is black in both themes
        if not self._run.has_run:
            self._run.run()
        self.refresh()

    def show_dialog(self) -> None:
        """Show the card in a window of its own; asked for again, it comes to the front."""
        dialog = self._window.findChild(WelcomeDialog)
        if dialog is None:
            actions = self._window.named_actions
            offers = (actions["open_demo"], actions["open_folder"])
            dialog = WelcomeDialog(self._card(theme.active().link), offers, self._window)
        if not self._run.has_run:
            self._run.run()
        self.refresh()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def refresh(self) -> None:
        """Fill the cards with what holds now."""
        for card in self._window.findChildren(WelcomeCard):
            card.show_reader(self._session.reader)
            card.show_check(self._run.summary, self._run.has_run)

    def _card(self, link_colour: str) -> WelcomeCard:
        card = WelcomeCard(link_colour)
        card.details_asked.connect(self._window.named_actions["self_test"].trigger)
        card.name_asked.connect(self._window.named_actions["settings"].trigger)
        return card
