"""Selected words: what they are, when, and how they are spoken."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QPushButton

from pctalk_studio.app.inspector.curve_row import CurveRow
from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.inspector.owner_row import OwnerRow
from pctalk_studio.app.inspector.sheet import FACTOR, Sheet
from pctalk_studio.app.inspector.style_choice import StyleChoice
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.widgets.clock_text import span_text
from pctalk_studio.app.widgets.field_row import FieldRow
from pctalk_studio.app.widgets.scale import ValueScale
from pctalk_studio.app.widgets.sections import ElidedLabel
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.edits.presets import StylePreset, word_style_of
from pctalk_studio.document.project import Project
from pctalk_studio.document.speech_track import WordItem, WordStyle
from pctalk_studio.session.selection import Selection

EDGE = ValueScale(0.0, 0.5, 0.07, 0.01, 2, " s")
BY_HAND, AS_CLIP = "", "="
"""What the list of styles offers besides styles; a style's name is longer than a sign."""


class WordSheet(Sheet):
    """Selected words. With several, every change is made to all of them, as one step."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Inspector", "Word"), "word")
        self._words: tuple[WordItem, ...] = ()
        self._heading = ElidedLabel("heading", self)
        self.header.add(self._heading, leading=True)
        self._when = ElidedLabel("quiet", self)
        self.header.add(self._when)
        self._phones = self.hint("")
        self._text = QLineEdit(self)
        self._text.editingFinished.connect(self._rename)
        self._text_row = FieldRow(self.tr("Text"), self._text, parent=self)
        self.add(self._text_row)
        tr, label = self.tr, self.tr("Word style")
        first = [(BY_HAND, tr("Set by hand")), (AS_CLIP, tr("Like the clip"))]
        self.style_choice = StyleChoice(self.editor, tr("How the selected words are spoken"), first, self)
        self.style_choice.chosen.connect(self._choose)
        self.style_choice.taken.connect(self._take_style)
        self.add(FieldRow(tr("Style"), self.style_choice, parent=self))
        self.open = self.slider(tr("Open"), FACTOR, lambda value: self._styled(open=value), label=label)
        self.wide = self.slider(tr("Wide"), FACTOR, lambda value: self._styled(wide=value), label=label)
        self.purse = self.slider(tr("Purse"), FACTOR, lambda value: self._styled(purse=value), label=label)
        self.whole = self.slider(tr("Size"), FACTOR, lambda value: self._styled(scale=value), label=label)
        self.edge = self.slider(tr("Soft edge"), EDGE, lambda value: self._styled(edge=value), label=label)
        tip = tr("Size of the lip movement at the playhead, as a factor of the clip's lip scale.")
        self.lips = CurveRow(self, tr("Lip scale"), CurveName.LIP_SCALE, FACTOR, tip)
        self.owner = OwnerRow(self)
        reset = QPushButton(tr("Reset style"), self)
        reset.clicked.connect(self._reset)
        play = QPushButton(tr("Play"), self)
        play.clicked.connect(self._play)
        self._reset_button = reset
        self.line(play, reset)

    def refresh(self, project: Project, selection: Selection, time: float) -> bool:
        """Show the selected words."""
        self._words = words = tuple(word for word in project.speech.words if word.id in selection.words)
        if not words:
            return False
        one = words[0] if len(words) == 1 else None
        self._heading.setText(one.text if one else self.tr("{count} words").format(count=len(words)))
        self._when.setText(span_text(words[0].start, words[-1].end))
        self._phones.setText(self._about(project, one) if one else " ".join(word.text for word in words))
        self._text_row.setVisible(one is not None)
        if one is not None and not self._text.hasFocus():
            self._text.setText(one.text)
        styles = [word.style for word in words]
        self.style_choice.show_style(self._named(project, styles))
        self.open.show_values([style.open for style in styles])
        self.wide.show_values([style.wide for style in styles])
        self.purse.show_values([style.purse for style in styles])
        self.whole.show_values([style.scale for style in styles])
        self.edge.show_values([style.edge for style in styles])
        self._reset_button.setEnabled(any(style != WordStyle() for style in styles))
        self.owner.show(words)
        self.lips.show(project, time)
        return True

    def follow(self, project: Project, selection: Selection, time: float) -> None:
        """The lip scale at the playhead."""
        if self._words:
            self.lips.show(project, time)

    def _about(self, project: Project, word: WordItem) -> str:
        phones = " ".join(phone.label for phone in project.speech.phones_of(word))
        sure = self.tr("heard {sure:.0f} %").format(sure=100 * word.confidence)
        return f"{phones}   {sure}" if word.said else self.tr("This word was not said.")

    def _styled(self, **changes: float) -> Edits:
        track = self.editor.project.speech
        words = [word for word in track.words if word.id in {each.id for each in self._words}]
        return [("set_word_style", {"word_ids": [word.id], "style": replace(word.style, **changes)}) for word in words]

    def _named(self, project: Project, styles: list[WordStyle]) -> str:
        """Which of the choices all of these styles are."""
        gains = {replace(style, edge=EDGE.neutral) for style in styles}
        if len(gains) > 1:
            return BY_HAND
        (style,) = gains
        if style == WordStyle():
            return AS_CLIP
        known = self.style_choice.presets.items()
        return next((name for name, preset in known if word_style_of(preset, project) == style), BY_HAND)

    def _choose(self, choice: str) -> None:
        if choice == AS_CLIP:
            self._reset()
        elif choice == BY_HAND:  # says how it was done, and does nothing
            self.style_choice.set_value(self._named(self.editor.project, [word.style for word in self._words]))

    def _take_style(self, preset: StylePreset) -> None:
        project = self.editor.project
        edits: Edits = [
            ("set_word_style", {"word_ids": [word.id], "style": word_style_of(preset, project, word.style.edge)})
            for word in self._words
        ]
        self.editor.apply_all(self.tr("Speak: {style}").format(style=preset.name), edits)

    def _reset(self) -> None:
        self.apply("set_word_style", word_ids=[word.id for word in self._words], style=WordStyle())

    def _rename(self) -> None:
        text = self._text.text().strip()
        if len(self._words) == 1 and text and text != self._words[0].text:
            self.apply("relabel_word", word_id=self._words[0].id, text=text)

    def _play(self) -> None:
        if self.editor.desk is not None and self._words:
            self.editor.desk.transport.play_seconds(self._words[0].start, self._words[-1].end)
