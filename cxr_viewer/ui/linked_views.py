"""Keeps zoom, position and window of two views together while the reader wants it.

The view that is read leads; the one beside leads only while the mouse acts on it. Zoom and position are linked by
physical size where both images tell it on the same basis, else by the share of the whole image. Windows are linked by
what was chosen (a preset by its name, a dragged window by its percentiles), for radiographs have no common scale.
"""

from PySide6.QtCore import QObject

from cxr_viewer.ui import view_link, window_choice
from cxr_viewer.ui.compared_view import ComparedView
from cxr_viewer.ui.image_canvas import ImageCanvas
from cxr_viewer.ui.view_link import Stand
from cxr_viewer.ui.window_keeper import WindowKeeper


class LinkedViews(QObject):
    """Carries what changes on one view over to the other."""

    def __init__(
        self, main: ImageCanvas, beside: ComparedView, keeper: WindowKeeper, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._main, self._beside, self._keeper = main, beside, keeper
        self._is_linked = False
        self._is_carrying = False
        main.transform_changed.connect(self._lead_transform)
        main.window_changed.connect(self._lead_window)
        main.peeking_changed.connect(beside.set_peeking)
        beside.transform_changed.connect(self._follow_transform)
        beside.window_changed.connect(self._follow_window)

    @property
    def is_linked(self) -> bool:
        """Whether the views go together."""
        return self._is_linked

    def set_linked(self, is_linked: bool) -> None:
        """Link or part the views; linking moves the one beside."""
        self._is_linked = is_linked
        self.align()

    def align(self) -> None:
        """Have the view beside follow once: another image came to stand in it."""
        self._lead_transform()
        self._lead_window()

    def _lead_transform(self) -> None:
        if self._may_carry():
            self._carry(self._main, self._beside)

    def _follow_transform(self) -> None:
        if self._may_carry() and self._beside.is_in_hand:
            self._carry(self._beside, self._main)

    def _carry(self, leader: ImageCanvas, follower: ImageCanvas) -> None:
        image, other = leader.image, follower.image
        if image is None or other is None:
            return
        self._is_carrying = True
        if leader.is_fitted and not view_link.share_a_scale(image, other):
            follower.fit()
        else:
            stand = Stand(leader.transform.zoom, leader.centre())
            there = view_link.followed(stand, image, leader.fitted_zoom, other, follower.fitted_zoom)
            follower.restore(there.zoom, there.centre)
        self._is_carrying = False

    def _lead_window(self) -> None:
        image = self._beside.image
        if image is None or not self._may_carry() or self._main.image is None:
            return
        self._is_carrying = True
        self._beside.set_inverted(self._main.is_inverted)
        self._beside.set_voi(window_choice.voi_for(self._keeper.choice, image))
        self._is_carrying = False

    def _follow_window(self) -> None:
        image, voi = self._beside.image, self._beside.voi
        if image is None or voi is None or not self._may_carry() or not self._beside.is_in_hand:
            return
        self._is_carrying = True
        self._keeper.choose(window_choice.dragged(voi, image))
        self._is_carrying = False

    def _may_carry(self) -> bool:
        return self._is_linked and not self._is_carrying
