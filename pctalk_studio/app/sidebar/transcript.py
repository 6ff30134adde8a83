"""TRANSCRIPT: what is said, as a control, and the box in which it is corrected."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.sidebar.block import Block
from pctalk_studio.app.sidebar.transcript_view import LINE, TranscriptView
from pctalk_studio.app.widgets.icons import IconButton
from pctalk_studio.app.widgets.sections import quiet_label
from pctalk_studio.core.speech import SILENCE, Alignment
from pctalk_studio.jobs import Ticket
from pctalk_studio.session.selection import Selection
from pctalk_studio.session.source_work import AlignSpeech

LINES = 9
"""Most lines of the transcript that are seen at once."""


class TranscriptBlock(Block):
    """The transcript."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Sidebar", "Transcript"), "transcript")
        self._anchor: int | None = None
        self._selected: frozenset[int] = frozenset()
        self._aligning: Ticket[Alignment] | None = None
        self._count = quiet_label(parent=self)
        self.header.add(self._count)
        self.edit = IconButton(kit.look, "pencil-simple", self.tr("Edit the transcript"), self)
        self.edit.clicked.connect(self._open_editor)
        self.header.add(self.edit)
        self.view = TranscriptView(kit.look)
        self.view.picked.connect(self._pick)
        self.view.played.connect(self._play)
        self._area = QScrollArea(self, widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self.view)
        self.add(self._area)
        self._none = quiet_label(parent=self)
        self._none.setWordWrap(True)
        self.add(self._none)
        self._build_editor()

    def _build_editor(self) -> None:
        self._box = QWidget(self)
        column = QVBoxLayout(self._box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.text = QPlainTextEdit(self._box)
        self.text.setAccessibleName(self.tr("What is said"))
        self.text.setPlaceholderText(self.tr("What is said; left empty, it is recognised."))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(QFontMetrics(self.font()).lineSpacing() * 6 + 12)
        column.addWidget(self.text)
        self._bar = QProgressBar(self._box, textVisible=False)
        self._bar.setRange(0, 0)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(self.tr("Aligning"))
        column.addWidget(self._bar)
        row = QHBoxLayout()
        self.align = QPushButton(self.tr("Align anew"), self._box)
        self.align.setToolTip(self.tr("Find words and phones in the recording; what was edited or locked stays"))
        self.align.clicked.connect(self._align)
        self.cancel = QPushButton(self.tr("Cancel"), self._box)
        self.cancel.clicked.connect(self._cancel)
        row.addWidget(self.align)
        row.addWidget(self.cancel)
        column.addLayout(row)
        self._box.hide()
        self._bar.hide()
        self.add(self._box)

    # -- showing -------------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """Another project is open: what was being done is of no more use."""
        if self._aligning is not None:
            self._aligning.cancel()
        self._anchor = None
        self._finished()
        self._box.hide()

    def refresh(self) -> None:
        """Show words and selection."""
        speech = self.editor.project.speech
        words = speech.words
        self.view.show_words(words)
        self._none.setText(
            self.tr("No words were understood. Write what is said, and align it.")
            if any(phone.label != SILENCE for phone in speech.phones)
            else self.tr("Nobody speaks in this recording. Write what is said, and align it.")
        )
        self._show_selected(self.editor.selection.words)
        self._count.setText(self.tr("1 word") if len(words) == 1 else self.tr("{count} words").format(count=len(words)))
        self._none.setVisible(not words)
        self._area.setVisible(bool(words))
        self._fit()
        if self.editor.desk is not None:
            self.follow(self.editor.desk.transport.seconds, playing=False)

    def _show_selected(self, ids: frozenset[int]) -> None:
        """Mark the selected words; one that was selected elsewhere is scrolled into view."""
        if ids != self._selected:
            self._selected = ids
            self.view.show_selected(ids)
            if len(ids) == 1:
                self._reveal(next(iter(ids)))

    def _reveal(self, word: int) -> None:
        place = self.view.box_of(word)
        self._area.ensureVisible(place.center().x(), place.center().y(), 0, place.height())

    def _fit(self) -> None:
        line = round(QFontMetrics(self.font()).height() * LINE)
        self._area.setFixedHeight(min(self.view.heightForWidth(self.view.width()), LINES * line) + 4)

    def follow(self, seconds: float, *, playing: bool) -> None:
        """Show the word that is spoken; while playing it is scrolled into view."""
        place = self.view.show_time(seconds)
        if place is not None and playing:
            self._area.ensureVisible(place.center().x(), place.center().y(), 0, place.height())

    # -- words ---------------------------------------------------------------------------------------------------------

    def _pick(self, word: int, modifiers: Qt.KeyboardModifier) -> None:
        desk = self.editor.desk
        if desk is None:
            return
        ids = [each.id for each in desk.project.speech.words]
        if modifiers & Qt.KeyboardModifier.ShiftModifier and self._anchor in ids:
            first, last = sorted((ids.index(self._anchor), ids.index(word)))
            self.editor.select(Selection.of(words=ids[first : last + 1]))
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self._anchor = word
            self.editor.select(self.editor.selection.toggled(Selection.of(words=[word])))
        else:
            self._anchor = word
            self.editor.select(Selection.of(words=[word]))
        chosen = desk.project.speech.word(word)
        if chosen.said:
            desk.transport.seek_seconds(_onset(chosen.start, float(desk.rate)))
        self._reveal(word)

    def _play(self, word: int) -> None:
        desk = self.editor.desk
        if desk is not None:
            chosen = desk.project.speech.word(word)
            if chosen.said:
                desk.transport.play_seconds(chosen.start, chosen.end)

    # -- the text ------------------------------------------------------------------------------------------------------

    def _open_editor(self) -> None:
        if self._box.isVisible():
            self._cancel()
            return
        project = self.editor.project
        words = " ".join(word.text for word in project.speech.words)
        self.text.setPlainText(words if project.media.transcript is None else project.media.transcript)
        self._box.show()
        self.text.setFocus()

    def _align(self) -> None:
        desk = self.editor.desk
        if desk is None or self._aligning is not None:
            return
        text = self.text.toPlainText().strip() or None
        self._bar.show()
        self.align.setEnabled(False)
        self.text.setReadOnly(True)

        def done(found: Alignment) -> None:
            if self.editor.desk is desk and self._aligning is not None:
                self._finished()
                self._take_over(found, text)

        def failed(error: BaseException) -> None:
            if self.editor.desk is desk:
                self._finished()
                self.editor.tell("align", getattr(error, "user_text", None) or str(error))

        self._aligning = desk.work(AlignSpeech(desk.sources.sound, text), done, failed=failed)

    def _take_over(self, found: Alignment, text: str | None) -> None:
        project = self.editor.project
        edits: Edits = [("realign", {"found": found})] if project.speech.phones else []
        if not edits:
            edits.append(("set_speech", {"found": found, "transcript": text}))
        elif text != project.media.transcript:
            edits.append(("set_media", {"media": replace(project.media, transcript=text)}))
        if self.editor.apply_all(self.tr("Align transcript"), edits):
            self._box.hide()

    def _cancel(self) -> None:
        """Give the analysis up; where none is running, close the box."""
        if self._aligning is None:
            self._box.hide()
            return
        self._aligning.cancel()
        self._finished()

    def _finished(self) -> None:
        self._aligning = None
        self._bar.hide()
        self.align.setEnabled(True)
        self.text.setReadOnly(False)


def _onset(start: float, rate: float) -> float:
    """A moment within the first frame that lies wholly inside a word, so that the word is the one under the playhead."""
    return -(-start * rate // 1) / rate + 1e-6
