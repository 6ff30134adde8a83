"""SPEAKING STYLES: presets that ship and presets of one's own."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLineEdit, QListWidgetItem, QPushButton

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.sidebar.block import Block
from pctalk_studio.app.sidebar.lists import bare_list, fit_to_rows
from pctalk_studio.app.widgets.icons import IconButton
from pctalk_studio.app.widgets.names import style_name
from pctalk_studio.document.edits.presets import StylePreset, preset_of
from pctalk_studio.storage.presets import keep_preset, own_presets_path, read_presets, shipped_presets


class StylesBlock(Block):
    """Ways of speaking; a click speaks the whole clip so."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Sidebar", "Speaking styles"), "styles")
        keep = IconButton(kit.look, "plus", self.tr("Keep the clip's style under a name"), self)
        keep.clicked.connect(self._ask_name)
        self.header.add(keep)
        self.keep = keep
        self._presets: list[StylePreset] = []
        self.list = bare_list(self.tr("Speaking styles"), self)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._take)
        self.list.itemActivated.connect(self._take)
        self.add(self.list)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(self.tr("Name of the style"))
        self.name.setAccessibleName(self.tr("Name of the style"))
        self.name.returnPressed.connect(self._keep)
        self.save = QPushButton(self.tr("Keep"), self)
        self.save.clicked.connect(self._keep)
        for widget in (self.name, self.save):
            widget.hide()
            self.add(widget)
        self.read()

    def read(self) -> None:
        """Read the presets anew."""
        shipped, own = list(shipped_presets()), own_presets_path()
        kept: list[StylePreset] = []
        if own.exists():
            self.editor.attempt(lambda: kept.extend(read_presets(own)))
        presets = shipped + kept
        if presets == self._presets and self.list.count():
            return
        self._presets = presets
        self.list.clear()
        for number, preset in enumerate(presets):
            own_name = number >= len(shipped)
            name = preset.name if own_name else style_name(preset.name)
            item = QListWidgetItem(name)
            mark = self.tr("own") if own_name else self.tr("default") if number == 0 else ""
            item.setData(Qt.ItemDataRole.UserRole, number)
            item.setText(f"{name}   ({mark})" if mark else name)
            style = preset.style
            about = self.tr(
                "open {open:.2f}, wide {wide:.2f}, purse {purse:.2f}, lip scale {scale:.2f}, follows volume {follow:.0f} %"
            )
            item.setToolTip(
                about.format(
                    open=style.open, wide=style.wide, purse=style.purse, scale=preset.lip_scale, follow=100 * preset.follow_volume
                )
            )
            self.list.addItem(item)
        fit_to_rows(self.list)

    def refresh(self) -> None:
        """Mark the style that the clip has."""
        current = self.editor.project.style_preset
        row = next((number for number, preset in enumerate(self._presets) if preset.name == current), -1)
        if row != self.list.currentRow():
            self.list.setCurrentRow(row)
        if row < 0:
            self.list.clearSelection()

    def _take(self, item: QListWidgetItem) -> None:
        preset = self._presets[int(item.data(Qt.ItemDataRole.UserRole))]
        if self.editor.project.style_preset != preset.name:
            self.editor.apply("apply_preset", preset=preset)

    def _ask_name(self) -> None:
        show = not self.name.isVisible()
        self.name.setVisible(show)
        self.save.setVisible(show)
        if show:
            self.name.setFocus()

    def _keep(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.name.setFocus()
            return
        if name in {preset.name for preset in shipped_presets()}:
            text = self.tr("“{name}” is a style that ships with the program; choose another name.")
            self.editor.tell("preset-name", text.format(name=name))
            return
        preset = preset_of(self.editor.project, name)
        if self.editor.attempt(lambda: keep_preset(preset, own_presets_path())):
            self.name.clear()
            self._ask_name()
            self.read()
            self.editor.apply("apply_preset", preset=preset)
