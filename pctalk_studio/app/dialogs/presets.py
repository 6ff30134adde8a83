"""PresetsPage: the person's own speaking styles."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QPushButton, QWidget

from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.chooser import Chooser
from pctalk_studio.document.edits.presets import StylePreset, preset_of
from pctalk_studio.storage.presets import keep_preset, own_presets_path, read_presets, write_presets


class PresetsPage(Page):
    """Keeps, renames, deletes, imports and exports speaking styles.

    Parameters
    ----------
    kit
        What every view is given.
    chooser
        Asks for files.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, chooser: Chooser, parent: QWidget | None = None) -> None:
        super().__init__(kit, "", parent)
        self.set_title(self.tr("Speaking styles of your own"))
        self._chooser = chooser
        self._presets: tuple[StylePreset, ...] = ()
        self._about = note("", self)
        self.rows.addWidget(self._about)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Speaking styles"))
        self.list.setMinimumHeight(self.fontMetrics().height() * 10)
        self.list.itemChanged.connect(self._rename)
        self.list.currentRowChanged.connect(lambda _: self._refresh())
        self.rows.addWidget(self.list)
        self._add_buttons()
        self._add_keeping()
        self.rows.addStretch(1)
        self._show(self._read())

    def _add_buttons(self) -> None:
        self.apply = QPushButton(self.tr("Use in this project"), self)
        self.apply.clicked.connect(self._apply)
        self.delete = QPushButton(self.tr("Delete"), self)
        self.delete.clicked.connect(self._delete)
        self.take_in = QPushButton(self.tr("Import..."), self)
        self.take_in.clicked.connect(self._choose_import)
        self.give_out = QPushButton(self.tr("Export..."), self)
        self.give_out.clicked.connect(self._choose_export)
        row = QHBoxLayout()
        for button in (self.apply, self.delete):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.take_in, self.give_out):
            row.addWidget(button)
        self.rows.addLayout(row)

    def _add_keeping(self) -> None:
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(self.tr("Name of a new style"))
        self.name.setAccessibleName(self.name.placeholderText())
        self.name.textChanged.connect(lambda _: self._refresh())
        self.name.returnPressed.connect(self._keep)
        self.keep = QPushButton(self.tr("Keep this project's style"), self)
        self.keep.clicked.connect(self._keep)
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(self.keep)
        self.rows.addLayout(row)

    # -- the list ------------------------------------------------------------------------------------------------------

    def _read(self) -> tuple[StylePreset, ...]:
        path = own_presets_path()
        found: list[StylePreset] = []
        if path.exists():
            self.kit.editor.attempt(lambda: found.extend(read_presets(path)))
        return tuple(found)

    def _show(self, presets: tuple[StylePreset, ...]) -> None:
        self._presets = presets
        self.list.blockSignals(True)
        self.list.clear()
        for preset in presets:
            item = QListWidgetItem(preset.name, self.list)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        self.list.blockSignals(False)
        self.list.setVisible(bool(presets))
        if presets:
            self._about.setText(self.tr("Double-click one to rename it. They are offered in every project."))
            self.list.setCurrentRow(0)
        else:
            self._about.setText(self.tr("There are none yet: give the open project's way of speaking a name and keep it."))
        self._refresh()

    def _chosen(self) -> StylePreset | None:
        row = self.list.currentRow()
        return self._presets[row] if 0 <= row < len(self._presets) else None

    def _refresh(self) -> None:
        there, is_open = self._chosen() is not None, self.kit.editor.desk is not None
        self.apply.setEnabled(there and is_open)
        self.delete.setEnabled(there)
        self.give_out.setEnabled(bool(self._presets))
        self.keep.setEnabled(is_open and bool(self.name.text().strip()))

    # -- commands ------------------------------------------------------------------------------------------------------

    def _write(self, presets: tuple[StylePreset, ...]) -> None:
        if self.kit.editor.attempt(lambda: write_presets(presets, own_presets_path())):
            self._show(self._read())

    def _apply(self) -> None:
        preset = self._chosen()
        if preset is not None:
            self.kit.editor.apply("apply_preset", preset=preset)

    def _rename(self, item: QListWidgetItem) -> None:
        row, name = self.list.row(item), item.text().strip()
        old = self._presets[row]
        if name == old.name:
            return
        if not name or any(each.name == name for each in self._presets):
            text = (
                self.tr("There is a style '{name}' already; choose another name.") if name else self.tr("A style needs a name.")
            )
            self.kit.editor.tell("preset-name", text.format(name=name))
            self._show(self._presets)
            return
        renamed = StylePreset(name, old.style, old.lip_scale, old.follow_volume)
        self._write(tuple(renamed if each is old else each for each in self._presets))

    def _delete(self) -> None:
        chosen = self._chosen()
        self._write(tuple(each for each in self._presets if each is not chosen))

    def _keep(self) -> None:
        name, desk = self.name.text().strip(), self.kit.editor.desk
        if not name or desk is None:
            return
        preset = preset_of(desk.project, name)
        if self.kit.editor.attempt(lambda: keep_preset(preset, own_presets_path())):
            self.name.clear()
            self._show(self._read())

    def _choose_import(self) -> None:
        self._chooser.file(self.tr("Import speaking styles"), self.tr("Speaking styles (*.json)"), None, self._import)

    def _import(self, path: Path) -> None:
        def take() -> None:
            for preset in read_presets(path):
                keep_preset(preset, own_presets_path())

        self.kit.editor.attempt(take)
        self._show(self._read())

    def _choose_export(self) -> None:
        title, kinds = self.tr("Export speaking styles"), self.tr("Speaking styles (*.json)")
        proposed = Path.home() / "speaking_styles.json"
        self._chooser.target(title, kinds, ".json", proposed, self._export)

    def _export(self, path: Path) -> None:
        self.kit.editor.attempt(lambda: write_presets(self._presets, path))
