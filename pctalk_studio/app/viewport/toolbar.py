"""The row of small buttons over the viewport."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.viewport.commands import OVERLAYS
from pctalk_studio.app.widgets.icons import follow_look, icon_side

_ICONS = {
    "paint.paint": "paint-brush",
    "paint.erase": "eraser",
    "paint.smooth": "drop-half",
    "paint.mirror": "arrows-out-line-horizontal",
    "paint.fill": "paint-bucket",
    "viewport.gaze_target": "crosshair-simple",
    "viewport.glow": "smiley",
    "viewport.regions": "puzzle-piece",
    "viewport.keypoints": "dots-nine",
    "viewport.safe_area": "frame-corners",
    "viewport.compare_wipe": "square-half",
    "viewport.compare_side": "columns",
    "viewport.fit": "arrows-in",
}

_LEFT = ("paint.paint", "paint.erase", "paint.smooth", "paint.mirror", "paint.fill", "", "viewport.gaze_target")
_RIGHT = (*(f"viewport.{name}" for name in OVERLAYS), "", "viewport.compare_wipe", "viewport.compare_side", "", "viewport.fit")


class ViewportToolbar(QFrame):
    """Tools on the left, what is shown on the right.

    Parameters
    ----------
    kit
        What every view is given; the viewport's actions are there.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self.setObjectName("viewportToolbar")
        self.setAccessibleName(self.tr("Viewport tools"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(2)
        for id_ in _LEFT:
            self._place(row, id_)
        row.addStretch(1)
        for id_ in _RIGHT:
            self._place(row, id_)
        self.view_menu = QMenu(self)
        self._fill_menu(self.view_menu)
        more = QToolButton(self)
        more.setAutoRaise(True)
        more.setMenu(self.view_menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setToolTip(self.tr("View menu"))
        more.setAccessibleName(self.tr("View menu"))
        self._dress(more, "dots-three")
        row.addWidget(more)

    def button(self, id_: str) -> QToolButton:
        """The button of an action."""
        found = self.findChild(QToolButton, f"button {id_}")
        if not isinstance(found, QToolButton):
            raise KeyError(id_)
        return found

    def below(self, id_: str) -> QPoint:
        """Just under the button of an action, on the screen."""
        button = self.button(id_)
        return button.mapToGlobal(QPoint(0, button.height() + 4))

    def _place(self, row: QHBoxLayout, id_: str) -> None:
        if not id_:
            row.addSpacing(8)
            return
        action = self._kit.actions[id_]
        follow_look(action, self._kit.look, _ICONS[id_])
        button = QToolButton(self)
        button.setObjectName(f"button {id_}")
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setAccessibleName(action.text())
        self._dress(button, None)
        row.addWidget(button)

    def _dress(self, button: QToolButton, icon: str | None) -> None:
        side = icon_side(button)
        button.setIconSize(button.iconSize().scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio))
        button.setMinimumSize(28, 24)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if icon is not None:
            follow_look(button, self._kit.look, icon)

    def _fill_menu(self, menu: QMenu) -> None:
        for group in (
            ("viewport.fit", "viewport.actual_size", "viewport.zoom_in", "viewport.zoom_out"),
            tuple(f"viewport.{name}" for name in OVERLAYS),
            ("viewport.compare_wipe", "viewport.compare_side", "viewport.compare_hold"),
            ("paint.paint", "paint.erase", "paint.smooth", "paint.mirror", "paint.pick"),
            ("paint.fill", "paint.invert", "paint.clear"),
            ("viewport.gaze_target",),
        ):
            actions: list[QAction] = [self._kit.actions[id_] for id_ in group]
            menu.addActions(actions)
            menu.addSeparator()
