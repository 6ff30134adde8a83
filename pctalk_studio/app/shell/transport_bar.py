"""TransportBar: where the playhead is, and the buttons that move it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QFontDatabase, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import Tokens
from pctalk_studio.app.shell.time_code import parse_time
from pctalk_studio.app.timeline.timecode import timecode
from pctalk_studio.app.widgets.following import follow
from pctalk_studio.app.widgets.icons import IconButton, icon, icon_side
from pctalk_studio.app.widgets.sections import quiet_label
from pctalk_studio.core.time import FrameRate

SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Speeds of the menu."""


class TimeField(QLineEdit):
    """The time under the playhead; what is typed moves it there.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self.setObjectName("timeField")
        self.setFrame(False)
        tip = self.tr("Time under the playhead; type 00:01:06, 1.5 s, 37 f or +10 f to go there")
        self.setToolTip(tip)
        self.setAccessibleName(self.tr("Time under the playhead"))
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self.font().pointSizeF() * 1.35)
        font.setBold(True)
        self.setFont(font)
        self.setFixedWidth(QFontMetrics(font).horizontalAdvance("00:00:000") + 16)
        self.returnPressed.connect(self._go)

    def show_frame(self, frame: int, rate: FrameRate) -> None:
        """Show a frame's time, unless somebody types."""
        if not (self.hasFocus() and self.isModified()):
            self.setText(timecode(frame, rate))

    def _go(self) -> None:
        desk = self._kit.editor.desk
        if desk is not None:
            frame = parse_time(self.text(), desk.rate, desk.transport.frame)
            self.setModified(False)
            if frame is None:
                text = self.tr("'{text}' is no time; type minutes, seconds and frames such as 00:01:06, or seconds such as 1.5.")
                self._kit.editor.tell("time-unread", text.format(text=self.text()))
            else:
                desk.transport.seek(frame)
            self.show_frame(desk.transport.frame, desk.rate)
        self.clearFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives up what was typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.setModified(False)
            desk = self._kit.editor.desk
            if desk is not None:
                self.show_frame(desk.transport.frame, desk.rate)
            self.clearFocus()
        else:
            super().keyPressEvent(event)


class TransportBar(QWidget):
    """The strip below the picture.

    Parameters
    ----------
    kit
        What every view is given; the transport's actions exist already.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self._speed = 1.0
        self._playing = False
        self.setObjectName("transportBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.time = TimeField(kit, self)
        self._length = self._fixed(self.tr("Length of the clip"))
        self._rate = quiet_label(parent=self)
        self._rate.setAccessibleName(self.tr("Frame rate"))
        self._dropped = self._fixed(self.tr("Frames dropped since playing began"))
        self._dropped.setObjectName("dropped")
        self._shuttle = self._fixed(self.tr("Speed of the shuttle"))
        self.play = self._play_button()
        self._tint_play(kit.look.tokens)
        follow(self, kit.look, self._tint_play)
        self.speed = self._speed_button()
        left, right = QHBoxLayout(), QHBoxLayout()
        for widget in (self.time, self._length, self._rate, self._dropped):
            left.addWidget(widget)
        left.addStretch(1)
        right.addStretch(1)
        right.addWidget(self._shuttle)
        scrub = self._pill("transport.scrub_sound", self.tr("scrub"))
        for button in (self._pill("transport.loop", self.tr("loop")), self.speed, scrub):
            right.addWidget(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(8)
        row.addLayout(left, 1)
        row.addLayout(self._middle())
        row.addLayout(right, 1)
        editor = kit.editor
        editor.playhead_moved.connect(self._moved)
        editor.motion_changed.connect(lambda _: self.refresh())
        editor.desk_changed.connect(self._desk_changed)
        self._desk_changed()

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _fixed(self, name: str) -> QLabel:
        label = quiet_label(parent=self)
        label.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        label.setAccessibleName(name)
        return label

    def _middle(self) -> QHBoxLayout:
        buttons = (
            ("transport.home", "skip-back"),
            ("transport.back_frame", "caret-left"),
            (None, ""),
            ("transport.next_frame", "caret-right"),
            ("transport.end", "skip-forward"),
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        for id_, name in buttons:
            row.addWidget(self.play if id_ is None else self._button(self._kit.actions[id_], name))
        return row

    def _button(self, action: QAction, name: str) -> QToolButton:
        button = IconButton(self._kit.look, name, action.toolTip(), self)
        button.setAutoRaise(False)
        button.setAutoRepeat(action.autoRepeat())
        button.clicked.connect(action.trigger)
        self._keep_tip(button, action)
        return button

    def _keep_tip(self, button: QToolButton, action: QAction) -> None:
        button.setAccessibleName(action.text())
        button.setToolTip(action.toolTip())
        action.changed.connect(lambda: button.setToolTip(action.toolTip()))

    def _play_button(self) -> QToolButton:
        action = self._kit.actions["transport.play"]
        button = QToolButton(self)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setObjectName("play")
        button.setMinimumSize(24, 24)
        side = round(icon_side(self) * 1.1)
        button.setIconSize(QSize(side, side))
        button.clicked.connect(action.trigger)
        self._keep_tip(button, action)
        return button

    def _tint_play(self, tokens: Tokens) -> None:
        self.play.setIcon(icon(tokens, "pause-fill" if self._playing else "play-fill", "on_accent"))

    def _pill(self, id_: str, text: str) -> QToolButton:
        action, button = self._kit.actions[id_], QToolButton(self)
        button.setObjectName("pill")
        button.setMinimumSize(24, 24)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setText(text)
        button.setChecked(action.isChecked())
        button.clicked.connect(action.trigger)
        action.toggled.connect(button.setChecked)
        self._keep_tip(button, action)
        return button

    def _speed_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("pill")
        button.setMinimumSize(24, 24)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setAccessibleName(self.tr("Speed of playing"))
        button.setToolTip(self.tr("Speed of playing; the voice keeps its pitch"))
        menu, group = QMenu(button), QActionGroup(self)
        for speed in SPEEDS:
            action = menu.addAction(self._speed_text(speed))
            action.setCheckable(True)
            action.setChecked(speed == self._speed)
            action.triggered.connect(partial(self.set_speed, speed))
            group.addAction(action)
        button.setMenu(menu)
        button.setText(self._speed_text(self._speed))
        return button

    def _speed_text(self, speed: float) -> str:
        return self.tr("{speed} x").format(speed=f"{speed:g}" if speed != 1 else "1.0")

    # -- what it shows -------------------------------------------------------------------------------------------------

    def set_speed(self, speed: float) -> None:
        """Play at this speed from now on."""
        self._speed = speed
        self.speed.setText(self._speed_text(speed))
        for action, each in zip(self.speed.menu().actions(), SPEEDS, strict=True):
            action.setChecked(each == speed)
        desk = self._kit.editor.desk
        if desk is not None:
            desk.transport.set_speed(speed)

    def _desk_changed(self) -> None:
        desk = self._kit.editor.desk
        self.setEnabled(desk is not None)
        if desk is not None:
            desk.transport.set_speed(self._speed)
        self.refresh()

    def refresh(self) -> None:
        """Show everything anew."""
        desk = self._kit.editor.desk
        rate = self._kit.editor.project.rate
        count = 0 if desk is None else desk.frame_count
        self._length.setText("/ " + timecode(count, rate))
        self._rate.setText(
            self.tr("{rate} fps").format(rate=f"{float(rate):g}" if float(rate) % 1 == 0 else f"{float(rate):.2f}")
        )
        frame, playing = (0, False) if desk is None else (desk.transport.frame, desk.transport.playing)
        self._moved(frame, playing)

    def _moved(self, frame: int, playing: bool) -> None:
        desk = self._kit.editor.desk
        self.time.show_frame(frame, self._kit.editor.project.rate)
        if self._playing is not playing:
            self._playing = playing
            self._tint_play(self._kit.look.tokens)
        dropped = 0 if desk is None else desk.transport.counts.dropped
        self._dropped.setText(self.tr("{count} dropped").format(count=dropped) if dropped else "")
        speed = desk.transport.speed if desk is not None and playing else self._speed
        self._shuttle.setText("" if speed == self._speed else self._speed_text(speed))
