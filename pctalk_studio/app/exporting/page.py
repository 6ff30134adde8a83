"""The page on which a person says what to export, above the queue that does it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from pctalk_studio.app.dialogs.page import Page
from pctalk_studio.app.exporting.exports import Exports
from pctalk_studio.app.exporting.queue_view import QueueView
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.chooser import Chooser
from pctalk_studio.app.widgets.chips import Toggle
from pctalk_studio.app.widgets.choice_box import ChoiceBox
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.app.widgets.names import format_name
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.sections import SectionHeader, quiet_label
from pctalk_studio.app.widgets.value_slider import ValueSlider
from pctalk_studio.core.time import FrameRate
from pctalk_studio.export.formats import FORMATS, ExportFormat
from pctalk_studio.session.desk import Desk
from pctalk_studio.session.export_choice import ExportChoice, Part, estimate, frames_of, job_of, parts_of, pictures_name, size_of

_SIDES = (512, 720, 1080, 1920, 3840)
_RATES = ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")


class ExportPage(Page):
    """What to export.

    Parameters
    ----------
    kit
        What every view is given.
    exports
        The queue.
    parent
        Owner.
    """

    def __init__(self, kit: Kit, exports: Exports, parent: QWidget | None = None) -> None:
        super().__init__(kit, QCoreApplication.translate("ExportPage", "Export"), parent)
        self._exports = exports
        self._choice = ExportChoice(self._kept_format(), part=_wanted_part(kit.editor.desk))
        self._make_fields()
        self._lay_out()
        self._listen()
        self._follow()

    # -- fields --------------------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        look = self.kit.look
        self.format = ChoiceBox(self.tr("Format"), [(each, format_name(each)) for each in FORMATS.values()], self)
        self.part = ChoiceBox(self.tr("Part"), parent=self)
        sides = [(None, self.tr("As the project"))] + [(side, self.tr("{n} px longest side").format(n=side)) for side in _SIDES]
        self.side = ChoiceBox(self.tr("Size"), sides, self)
        rates = [(None, self.tr("As the project"))] + [(rate, _rate_text(rate)) for rate in _RATES]
        self.rate = ChoiceBox(self.tr("Frames a second"), rates, self)
        self.alpha = Toggle(look, self.tr("Keep the portrait's transparency"), self)
        self.alpha.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.alpha_note = quiet_label(parent=self)
        self.quality = ValueSlider(look, self.tr("Quality (crf)"), ValueScale(1, 51, 18, 1, 0), self, beside_keyed=False)
        self.path = QLineEdit(self)
        self.browse = QPushButton(self.tr("Browse..."), self)
        self.facts = quiet_label(parent=self)
        self.facts.setWordWrap(True)
        self.start = QPushButton(self.tr("Add to queue"), self)
        self.start.setProperty("primary", True)
        self.clear = QPushButton(self.tr("Clear finished"), self)
        self.queue = QueueView(look, self._exports, self)

    def _lay_out(self) -> None:
        self.alpha_row = FieldRow(self.tr("Transparency"), self.alpha_note, self.alpha, parent=self)
        place = QWidget(self)
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        for each in (
            FieldRow(self.tr("Format"), self.format, parent=self),
            FieldRow(self.tr("Part"), self.part, parent=self),
            FieldRow(self.tr("Size"), self.side, parent=self),
            FieldRow(self.tr("Frame rate"), self.rate, parent=self),
            self.alpha_row,
            self.quality,
            FieldRow(self.tr("File"), place, parent=self),
            self.facts,
        ):
            self.rows.addWidget(each)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.start)
        self.rows.addLayout(buttons)
        header = SectionHeader(self.kit.look, self.tr("Queue"), self, folds=False)
        header.add(self.clear)
        self.rows.addWidget(header)
        self.rows.addWidget(self.queue)
        self.rows.addStretch(1)

    def _listen(self) -> None:
        editor = self.kit.editor
        self.format.chosen.connect(self._format_chosen)
        self.part.chosen.connect(lambda part: self._change(part=part))
        self.side.chosen.connect(lambda side: self._change(longest=side))
        self.rate.chosen.connect(lambda rate: self._change(rate=None if rate is None else FrameRate.parse(str(rate))))
        self.alpha.toggled.connect(lambda on: self._change(alpha=on))
        self.quality.edited.connect(lambda value: self._change(quality=round(value)))
        self.browse.clicked.connect(self._browse)
        self.start.clicked.connect(self.add)
        self.clear.clicked.connect(self._exports.queue.remove_ended)
        self._exports.changed.connect(self._show_queue)
        # The document may change many times a second under a hand; what is said about it follows when it rests.
        self._soon = QTimer(self, singleShot=True, interval=150)
        self._soon.timeout.connect(self._follow)
        for signal in (editor.project_changed, editor.selection_changed, editor.sources_changed):
            signal.connect(self._follow_soon)
        editor.desk_changed.connect(self._desk_changed)

    def _follow_soon(self, *_: object) -> None:
        # A method and no lambda: Qt forgets it when the page is deleted.
        self._soon.start()

    # -- choices -------------------------------------------------------------------------------------------------------

    @property
    def choice(self) -> ExportChoice:
        """What is chosen."""
        return self._choice

    def _kept_format(self) -> ExportFormat:
        return FORMATS.get(str(self.kit.settings.value("export/format", "mp4")), FORMATS["mp4"])

    def _format_chosen(self, format_: object) -> None:
        self.kit.settings.setValue("export/format", getattr(format_, "id", "mp4"))
        name = Path(self.path.text())
        self._change(format=format_, quality=None)
        if self.path.text():
            self.path.setText(str(self._named(name.with_suffix(self._choice.format.suffix))))

    def _change(self, **changes: object) -> None:
        self._choice = replace(self._choice, **changes)  # type: ignore[arg-type]  # by the fields' own values
        self._follow()

    def _named(self, path: Path) -> Path:
        """With numbers for pictures, and without for what is one file."""
        if self._choice.format.id == "png":
            return pictures_name(path)
        return path.with_name(path.name.replace(".####", ""))

    def _desk_changed(self) -> None:
        self.path.clear()
        self._follow()

    def _follow(self) -> None:
        desk = self.kit.editor.desk
        self.start.setEnabled(desk is not None)
        self._show_queue()
        if desk is None:
            self.facts.setText(self.tr("Open a project to export it."))
            return
        parts = parts_of(desk)
        if self._choice.part not in parts:
            self._choice = replace(self._choice, part=Part.ALL)
        texts = {Part.ALL: self.tr("Whole clip"), Part.IN_OUT: self.tr("In to out"), Part.SELECTION: self.tr("Selection")}
        self.part.set_choices([(part, texts[part]) for part in parts])
        self._show_alpha(desk)
        choice = self._choice
        self.format.set_value(choice.format)
        self.part.set_value(choice.part)
        self.side.set_value(choice.longest)
        self.rate.set_value(None if choice.rate is None else str(choice.rate))
        quality = choice.format.quality
        self.quality.setVisible(quality is not None)
        if quality is not None:
            self.quality.set_scale(ValueScale(quality[0], quality[1], quality[2], 1, 0))
            self.quality.show_values([quality[2] if choice.quality is None else choice.quality])
        for field in (self.side, self.rate):
            field.setEnabled(choice.format.pictures)
        if not self.path.text():
            self.path.setText(str(self._proposed(desk)))
        self._show_facts(desk)

    def _show_alpha(self, desk: Desk) -> None:
        cut_out, carries = desk.sources.picture.alpha is not None, self._choice.format.alpha
        if self._choice.alpha and not (cut_out and carries):
            self._choice = replace(self._choice, alpha=False)
        self.alpha.setEnabled(cut_out and carries)
        self.alpha.setChecked(self._choice.alpha)
        if not cut_out:
            why = self.tr("The portrait has no transparent parts.")
        elif not carries:
            why = self.tr("{format} cannot carry transparency.").format(format=format_name(self._choice.format))
        else:
            why = self.tr("Straight alpha, not premultiplied.")
        self.alpha_note.setText(why)
        self.alpha.setAccessibleDescription(why)

    def _show_facts(self, desk: Desk) -> None:
        choice = self._choice
        rate, frames = choice.rate or desk.rate, frames_of(choice, desk)
        count = rate.frames_in(desk.duration) if frames is None else len(frames)
        width, height = size_of(choice, desk)
        seconds, size = count / float(rate), _bytes_text(estimate(choice, desk))
        if choice.format.pictures:
            text = self.tr("{count} frames, {seconds} s, {width} x {height}, about {size}")
        else:
            text = self.tr("{seconds} s, about {size}")
        shown = text.format(count=count, seconds=f"{seconds:.2f}", width=width, height=height, size=size)
        self.facts.setText(shown)

    def _proposed(self, desk: Desk) -> Path:
        own = desk.studio.path
        folder = Path(str(self.kit.settings.value("export/folder", ""))) if self.kit.settings.value("export/folder") else None
        if folder is None or not folder.is_dir():
            folder = Path.home() if own is None else own.parent
        stem = desk.sources.picture.path.stem if own is None else own.stem
        return self._named(folder / f"{stem}{self._choice.format.suffix}")

    def _show_queue(self) -> None:
        self.clear.setVisible(any(item.state.ended for item in self._exports.items))

    def _browse(self) -> None:
        format_ = self._choice.format
        Chooser(self).target(
            self.tr("Export as"),
            f"{format_name(format_)} (*{format_.suffix})",
            format_.suffix,
            Path(self.path.text()),
            lambda path: self.path.setText(str(self._named(path))),
        )

    def add(self) -> None:
        """Add what is chosen to the queue."""
        desk, editor = self.kit.editor.desk, self.kit.editor
        if desk is None:
            return
        path = Path(self.path.text()).expanduser()

        def ask() -> None:
            job = job_of(self._choice, desk, path, threads=max(1, _cores() - 1))
            if self._exports.add(job):
                self.kit.settings.setValue("export/folder", str(path.parent))

        editor.attempt(ask)


def _wanted_part(desk: Desk | None) -> Part:
    """Who has set in or out points wants what lies between them."""
    return Part.IN_OUT if desk is not None and Part.IN_OUT in parts_of(desk) else Part.ALL


def _cores() -> int:
    return os.cpu_count() or 1


def _rate_text(rate: str) -> str:
    value = float(FrameRate.parse(rate))
    return f"{value:g}" if value == int(value) else f"{value:.3f}"


def _bytes_text(size: int) -> str:
    for unit, limit in (("GB", 10**9), ("MB", 10**6)):
        if size >= limit:
            return f"{size / limit:.1f} {unit}"
    return f"{max(size // 1000, 1)} kB"
