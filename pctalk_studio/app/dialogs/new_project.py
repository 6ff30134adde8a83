"""NewProjectPage: a portrait, a recording and, if it is known, what is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QWidget

from pctalk_studio.app.dialogs.drop_area import DropArea
from pctalk_studio.app.dialogs.faces import FacePicker, LookForFaces, Seen
from pctalk_studio.app.dialogs.page import Page, note
from pctalk_studio.app.dialogs.pixmaps import pixmap_of
from pctalk_studio.app.dialogs.point_placer import PointPlacer
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.chooser import Chooser
from pctalk_studio.app.shell.worker import Worker
from pctalk_studio.jobs import Ticket
from pctalk_studio.media.file_endings import MOVIES, PICTURES, SOUNDS, patterns
from pctalk_studio.session.notices import problem_of

_LONGEST_TEXT = 1 << 20
"""Bytes of a text file that is read."""


@dataclass(frozen=True, slots=True)
class NewProject:
    """What a project begins with.

    Parameters
    ----------
    portrait, audio
        Files; None until they are chosen, and where a movie is to speak with its own sound.
    text
        What is said; empty to recognise it.
    face
        Which face, from 1, left to right; None: the one there is.
    points
        (name, x, y) in pixels, placed by hand; empty where a face was found.
    """

    portrait: Path | None = None
    audio: Path | None = None
    text: str = ""
    face: int | None = None
    points: tuple[tuple[str, float, float], ...] = ()

    def details(self) -> dict[str, str]:
        """The same as text, for a note that outlives a crash."""
        return {
            "portrait": str(self.portrait or ""),
            "audio": str(self.audio or ""),
            "text": self.text,
            "face": "" if self.face is None else str(self.face),
            "points": json.dumps(self.points),
        }

    @classmethod
    def of(cls, details: Mapping[str, str]) -> NewProject:
        """The other way; what is damaged is left out."""
        portrait, audio, face = (details.get(name, "") for name in ("portrait", "audio", "face"))
        try:
            points = tuple((str(name), float(x), float(y)) for name, x, y in json.loads(details.get("points", "[]")))
        except (ValueError, TypeError, RecursionError):
            points = ()
        return cls(
            Path(portrait) if portrait else None,
            Path(audio) if audio else None,
            details.get("text", ""),
            int(face) if face.isdecimal() else None,
            points,
        )


class NewProjectPage(Page):
    """Asks for what a project begins with.

    Parameters
    ----------
    kit
        What every view is given.
    worker
        Looks for faces.
    chooser
        Asks for files.
    parent
        Owner.
    """

    begun = Signal(object)
    """NewProject, complete."""

    def __init__(self, kit: Kit, worker: Worker, chooser: Chooser, parent: QWidget | None = None) -> None:
        super().__init__(kit, "", parent, wide=True)
        self.set_title(self.tr("New project"))
        self._worker, self._chooser = worker, chooser
        self._looking: Ticket[Seen] | None = None
        self._seen: Seen | None = None
        self._gone = False
        self._add_files()
        self._add_faces()
        self._add_text()
        self.begin = QPushButton(self.tr("Begin"), self)
        self.begin.setProperty("primary", True)
        self.begin.clicked.connect(self._begin)
        self._lacking = note("", self)
        row = QHBoxLayout()
        row.addWidget(self._lacking, 1)
        row.addWidget(self.begin)
        self.rows.addStretch(1)
        self.set_foot(row)
        self._refresh()

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _add_files(self) -> None:
        pictures = self.tr("JPEG, PNG, WebP, TIFF, or a video")
        sounds = self.tr("WAV, FLAC, MP3, OGG, M4A, or a video with sound")
        self.portrait = DropArea(self.kit.look, "image", self.tr("Portrait"), pictures, self._choose_portrait, self)
        self.audio = DropArea(self.kit.look, "microphone", self.tr("Recording of speech"), sounds, self._choose_audio, self)
        row = QHBoxLayout()
        row.setSpacing(12)
        for area, take in ((self.portrait, self._take_portrait), (self.audio, self._take_audio)):
            area.dropped.connect(partial(self._dropped, take))
            row.addWidget(area, 1)
        self.rows.addLayout(row)

    def _add_faces(self) -> None:
        self._which = QLabel(self.tr("Which face is to speak?"), self)
        self._which.setProperty("heading", True)
        self.faces = FacePicker(self)
        self.faces.chosen.connect(lambda _: self._refresh())
        self.placer = PointPlacer(self.kit.look, self)
        self.placer.changed.connect(self._refresh)
        self._asked = QLabel(self)
        self._asked.setWordWrap(True)
        self.by_hand = QPushButton(self.tr("Place the points of the face by hand"), self)
        self.by_hand.setCheckable(True)
        self.by_hand.toggled.connect(self._place_by_hand)
        for widget in (self._which, self.faces, self.by_hand, self._asked, self.placer):
            self.rows.addWidget(widget)
            widget.hide()

    def _add_text(self) -> None:
        heading = QLabel(self.tr("What is said"), self)
        heading.setProperty("heading", True)
        self.text = QPlainTextEdit(self)
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(self.tr("Type or paste the words; left empty, they are recognised, less surely."))
        self.text.setAccessibleName(self.tr("What is said"))
        self.text.setFixedHeight(self.fontMetrics().height() * 6)
        self.text_file = QPushButton(self.tr("From a text file..."), self)
        self.text_file.clicked.connect(self._choose_text)
        row = QHBoxLayout()
        row.addWidget(heading, 1)
        row.addWidget(self.text_file)
        self.rows.addLayout(row)
        self.rows.addWidget(self.text)

    # -- what was chosen -----------------------------------------------------------------------------------------------

    @property
    def choice(self) -> NewProject:
        """All that was chosen so far."""
        points = self.placer.points if self.by_hand.isChecked() and self.placer.complete else ()
        text = self.text.toPlainText().strip()
        return NewProject(self.portrait.path, self.audio.path, text, None if points else self.faces.face, points)

    def show_choice(self, choice: NewProject) -> None:
        """Go on with what was chosen before."""
        for path, take in ((choice.portrait, self._take_portrait), (choice.audio, self._take_audio)):
            if path is not None:
                take(path)
        self.text.setPlainText(choice.text)

    def take(self, path: Path) -> None:
        """A file was chosen or dropped: it goes where files of its kind belong, a video where there is nothing yet."""
        ending = path.suffix.lower()
        if ending in PICTURES or (ending in MOVIES and self.portrait.path is None):
            self._take_portrait(path)
        elif ending in SOUNDS + MOVIES:
            self._take_audio(path)
        elif ending == ".txt":
            self._read_text(path)
        else:
            text = self.tr("'{name}' is neither a picture nor a recording that can be read; choose another file.")
            self.kit.editor.tell("file-kind", text.format(name=path.name))
        self._refresh()

    def _dropped(self, take: Callable[[Path], None], path: Path) -> None:
        """A file was dropped on an area: a video may be meant as either, other files go where they belong."""
        if path.suffix.lower() in MOVIES:
            take(path)
            self._refresh()
        else:
            self.take(path)

    def _take_audio(self, path: Path) -> None:
        self.audio.show_file(path, self.tr("{folder}").format(folder=path.parent))

    def _take_portrait(self, path: Path) -> None:
        self._stop_looking()
        self._seen = None
        self.faces.show_faces(None)
        self.by_hand.setChecked(False)
        self.by_hand.hide()
        self.portrait.show_file(path, self.tr("Looking for faces"))
        ticket = self._looking = self._worker.do(
            LookForFaces(path),
            lambda seen: self._saw(ticket, seen),
            lambda error: self._saw_nothing(ticket, error),
        )

    def _saw(self, ticket: Ticket[Seen], seen: Seen) -> None:
        if self._gone or ticket is not self._looking:
            return
        self._looking, self._seen = None, seen
        self.portrait.show_file(seen.path, self._fact(seen), pixmap_of(seen.view))
        self.faces.show_faces(seen)
        # Points placed by hand hold for one picture.
        self.by_hand.setVisible(not seen.faces and not seen.movie)
        if not seen.faces and not seen.movie:
            self.by_hand.setChecked(True)
        self._refresh()

    def _saw_nothing(self, ticket: Ticket[Seen], error: BaseException) -> None:
        if self._gone or ticket is not self._looking:
            return
        self._looking = None
        self.portrait.show_file(None)
        problem = problem_of(error)
        self.kit.editor.tell(problem.code, problem.text)
        self._refresh()

    def _fact(self, seen: Seen) -> str:
        width, height = seen.size
        count = len(seen.faces)
        if seen.movie and count:
            return self.tr("{width} x {height}, video").format(width=width, height=height)
        if count == 1:
            return self.tr("{width} x {height}, one face").format(width=width, height=height)
        if not count:
            return self.tr("{width} x {height}, no face found").format(width=width, height=height)
        return self.tr("{width} x {height}, {count} faces").format(width=width, height=height, count=count)

    def _stop_looking(self) -> None:
        ticket, self._looking = self._looking, None
        if ticket is not None:
            ticket.cancel()

    def gone(self) -> None:
        """Give up what is being looked for."""
        self._gone = True
        self._stop_looking()

    def _place_by_hand(self, on: bool) -> None:
        if on and self._seen is not None:
            self.placer.show_picture(pixmap_of(self._seen.view), self._seen.size[0] / self._seen.view.shape[1])
        self._refresh()

    def _refresh(self) -> None:
        """Offer what can be done now."""
        by_hand = self.by_hand.isChecked() and self._seen is not None
        self._which.setVisible(bool(self.faces.buttons))
        self.placer.setVisible(by_hand)
        self._asked.setVisible(by_hand)
        self._asked.setText(self.placer.question() if by_hand else "")
        lacking = self._what_is_lacking()
        self._lacking.setText(lacking)
        self.begin.setEnabled(not lacking)

    def _what_is_lacking(self) -> str:
        if self.portrait.path is None:
            return self.tr("Choose a portrait.")
        own = self._seen is not None and self._seen.sound
        if self.audio.path is None and not own:
            return self.tr("Choose a recording.")
        if self._looking is not None:
            return self.tr("Looking for faces.")
        if self._seen is None:
            return self.tr("Choose another portrait.")
        if not self._seen.faces and self._seen.movie:
            return self.tr("No face was found at the beginning of the video; choose another portrait.")
        if not self._seen.faces and not self.placer.complete:
            return self.tr("No face was found; place its points by hand or choose another portrait.")
        if len(self._seen.faces) > 1 and self.faces.face is None:
            return self.tr("Choose the face that is to speak.")
        return ""

    # -- commands ------------------------------------------------------------------------------------------------------

    def _choose_portrait(self) -> None:
        endings = patterns(PICTURES + MOVIES)
        kinds = self.tr("Pictures and videos ({endings})").format(endings=endings)
        self._chooser.file(self.tr("Choose a portrait"), kinds, None, partial(self._dropped, self._take_portrait))

    def _choose_audio(self) -> None:
        kinds = self.tr("Recordings and videos ({endings})").format(endings=patterns(SOUNDS + MOVIES))
        self._chooser.file(self.tr("Choose a recording"), kinds, None, partial(self._dropped, self._take_audio))

    def _choose_text(self) -> None:
        self._chooser.file(self.tr("Choose a text"), self.tr("Texts (*.txt)"), None, self._read_text)

    def _read_text(self, path: Path) -> None:
        try:
            if path.stat().st_size > _LONGEST_TEXT:
                raise ValueError("it is too long")
            self.text.setPlainText(path.read_text(encoding="utf-8-sig").strip())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or self.tr("it is no UTF-8 text")
            text = self.tr("The text '{name}' cannot be read ({reason}); choose another file.")
            self.kit.editor.tell("text-unread", text.format(name=path.name, reason=reason))

    def _begin(self) -> None:
        self.begun.emit(self.choice)
