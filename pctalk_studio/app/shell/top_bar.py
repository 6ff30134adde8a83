"""TopBar: name, menus, what is open, and the four things that are wanted most."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QMenuBar, QPushButton, QSizePolicy, QToolButton, QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.sections import quiet_label
from pctalk_studio.session.easel import ViewingQuality


class TopBar(QWidget):
    """The strip at the window's top.

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
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        brand = QLabel("PC-Talk Studio", self)
        brand.setProperty("heading", True)
        self.menus = QMenuBar(self)
        self.menus.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self._title, self._note = QLabel(self), quiet_label(parent=self)
        self._title.setAccessibleName(self.tr("Open project"))
        self._engine = self._menu_button(self.tr("Engine that draws"))
        self._quality = self._menu_button(self.tr("Quality of the preview"))
        self._chosen = ViewingQuality.FULL
        self._fill_qualities()
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 12, 4)
        row.setSpacing(8)
        for widget in (brand, self.menus):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._title)
        row.addWidget(self._note)
        row.addStretch(1)
        row.addWidget(self._engine)
        row.addWidget(self._quality)
        editor = kit.editor
        editor.desk_changed.connect(self.refresh)
        editor.desk_changed.connect(self._follow_quality)
        editor.project_changed.connect(self._project_changed)
        editor.saved_changed.connect(lambda _: self.refresh())
        self.refresh()

    def add_button(self, action: QAction, text: str, *, primary: bool = False) -> QPushButton:
        """Put a command at the right end."""
        button = QPushButton(text, self)
        button.setProperty("primary", primary)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text())
        button.setCheckable(action.isCheckable())
        button.clicked.connect(action.trigger)

        def follow() -> None:
            button.setEnabled(action.isEnabled())
            button.setToolTip(action.toolTip())
            button.setChecked(action.isChecked())

        action.changed.connect(follow)
        action.toggled.connect(follow)
        follow()
        self._row.addWidget(button)
        return button

    def refresh(self) -> None:
        """Show what is open."""
        desk = self._kit.editor.desk
        if desk is None:
            self._title.setText("")
            self._note.setText("")
        else:
            path = desk.studio.path
            self._title.setText(self.tr("Untitled") if path is None else path.name)
            self._note.setText(self._note_text(desk.modified, path is None))
        for button in (self._engine, self._quality):
            button.setEnabled(desk is not None)
        self._show_engine()

    def _note_text(self, modified: bool, untitled: bool) -> str:
        if modified:
            return self.tr("edited, kept safe until you save")
        return self.tr("not saved yet") if untitled else self.tr("saved")

    def _menu_button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setObjectName("chip")
        button.setMenu(QMenu(button))
        return button

    # -- engine and quality --------------------------------------------------------------------------------------------

    def _engine_name(self, name: str) -> str:
        return {"mesh": self.tr("Mesh engine"), "liveportrait": self.tr("LivePortrait engine")}.get(name, name)

    def _project_changed(self, before: object, after: object) -> None:
        if getattr(before, "render", None) is not getattr(after, "render", None):
            self._show_engine()

    def _show_engine(self) -> None:
        chosen, menu = self._kit.editor.project.render.engine, self._engine.menu()
        self._engine.setText(self._engine_name(chosen))
        menu.clear()
        for name in self._kit.editor.engines:
            action = menu.addAction(self._engine_name(name))
            action.setCheckable(True)
            action.setChecked(name == chosen)
            action.triggered.connect(partial(self._choose_engine, name))

    def _choose_engine(self, name: str) -> None:
        editor = self._kit.editor
        editor.apply("set_render", settings=replace(editor.project.render, engine=name))

    def _fill_qualities(self) -> None:
        texts = {
            ViewingQuality.FULL: self.tr("Full quality"),
            ViewingQuality.HALF: self.tr("Half size"),
            ViewingQuality.QUARTER: self.tr("Quarter size"),
        }
        group, menu = QActionGroup(self), self._quality.menu()
        for quality, text in texts.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(quality is ViewingQuality.FULL)
            group.addAction(action)
            action.triggered.connect(partial(self._choose_quality, quality, text))
        self._quality.setText(texts[ViewingQuality.FULL])

    def _choose_quality(self, quality: ViewingQuality, text: str) -> None:
        self._chosen = quality
        self._quality.setText(text)
        self._follow_quality()

    def _follow_quality(self) -> None:
        desk = self._kit.editor.desk
        if desk is not None:
            desk.set_quality(self._chosen)
