"""SOURCES: the portrait and the recording, and other files in their place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pctalk_studio.app.inspector.gestures import Edits
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import Look
from pctalk_studio.app.sidebar.block import Block
from pctalk_studio.app.sidebar.thumbnails import PictureThumbnail, Thumbnail, WaveThumbnail
from pctalk_studio.app.widgets.clock_text import clock_text
from pctalk_studio.app.widgets.icons import IconButton
from pctalk_studio.app.widgets.sections import ElidedLabel, quiet_label
from pctalk_studio.document.project import Gaze, HeadMotion, Media, Project
from pctalk_studio.media.file_endings import MOVIES, PICTURES, SOUNDS, patterns
from pctalk_studio.session.opening import place_of_untitled
from pctalk_studio.session.placeholders import NO_PORTRAIT, NO_SOUND
from pctalk_studio.session.source_work import Exchanged, ExchangeSource
from pctalk_studio.session.sources import Sources
from pctalk_studio.storage.media_links import MediaRole, file_name


class SourceRow(QWidget):
    """A source: small picture, name, facts, and a button for another file.

    Parameters
    ----------
    look
        Colours.
    thumbnail
        Its small picture.
    choose
        Called when another file is wanted.
    relink
        Called when the file is missing and to be found.
    parent
        Owner.
    """

    def __init__(
        self,
        look: Look,
        thumbnail: Thumbnail,
        choose: Callable[[], None],
        relink: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.name = ElidedLabel(None, self, Qt.TextElideMode.ElideMiddle)
        self.facts = quiet_label(parent=self)
        self.missing = QLabel(self)
        self.missing.setText(self.tr("The file is missing; a stand-in is shown."))
        for label in (self.facts, self.missing):
            label.setWordWrap(True)
        self.relink = QPushButton(self.tr("Relink ..."), self)
        self.relink.clicked.connect(relink)
        self.replace = IconButton(look, "swap", self.tr("Take another file"), self, color="dim")
        self.replace.clicked.connect(choose)
        column = QVBoxLayout()
        column.setSpacing(2)
        for widget in (self.name, self.facts, self.missing):
            column.addWidget(widget)
        column.addWidget(self.relink, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 6)
        row.setSpacing(10)
        row.addWidget(thumbnail, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        row.addWidget(self.replace, 0, Qt.AlignmentFlag.AlignTop)

    def show_source(self, name: str, facts: str, *, missing: bool, busy: bool) -> None:
        """Show what there is."""
        self.name.setText(name)
        self.facts.setText(facts)
        self.facts.setVisible(not missing)
        self.missing.setVisible(missing)
        self.relink.setVisible(missing)
        for button in (self.relink, self.replace):
            button.setEnabled(not busy)
            button.setAccessibleDescription(name)
        if busy:
            self.facts.setText(self.tr("Reading another file ..."))
            self.facts.setVisible(True)


class SourcesBlock(Block):
    """The sources of the clip."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, QCoreApplication.translate("Sidebar", "Sources"), "sources")
        self._picture, self._wave = PictureThumbnail(kit.look), WaveThumbnail(kit.look)
        rows = [
            SourceRow(kit.look, thumbnail, partial(self._ask, role), partial(self._relink, role), self)
            for thumbnail, role in ((self._picture, MediaRole.PORTRAIT), (self._wave, MediaRole.AUDIO))
        ]
        self.portrait, self.audio = rows
        self.add(self.portrait)
        self.add(self.audio)
        self._busy: frozenset[MediaRole] = frozenset()
        self._shelf: dict[object, Sources] = {}
        kit.editor.project_changed.connect(self._follow_media)

    def forget(self) -> None:
        """Another project is open."""
        self._busy, self._shelf = frozenset(), {}

    def refresh(self) -> None:
        """Show both sources."""
        desk = self.editor.desk
        if desk is None:
            return
        picture, rig, sound = desk.sources.picture, desk.sources.rig, desk.sources.sound
        height, width = picture.rgb.shape[:2]
        media = desk.project.media
        self._picture.show_picture(picture.rgb)
        facts = self.tr("{width} × {height}\n{points} points").format(width=width, height=height, points=len(rig.landmarks))
        movie = desk.sources.movie
        if movie is not None:
            length = clock_text(float(movie.track.times[-1]))
            facts = self.tr("{width} × {height}\nvideo, {length}").format(width=width, height=height, length=length)
        name = file_name(media.portrait.path) if media.portrait else picture.path.name
        missing = picture.path == NO_PORTRAIT
        self.portrait.show_source(name, facts, missing=missing, busy=MediaRole.PORTRAIT in self._busy)
        self._wave.show_sound(sound.samples)
        facts = self.tr("{length}\n{rate:g} kHz").format(length=clock_text(sound.duration), rate=sound.rate / 1000)
        name = file_name(media.audio.path) if media.audio else sound.path.name
        self.audio.show_source(name, facts, missing=sound.path == NO_SOUND, busy=MediaRole.AUDIO in self._busy)
        channels = sound.samples.shape[1]
        self.audio.facts.setToolTip(self.tr("mono") if channels == 1 else self.tr("{n} channels").format(n=channels))
        self.portrait.facts.setToolTip(self.tr("Pixels, and points found on the face"))

    # -- other files ---------------------------------------------------------------------------------------------------

    def _ask(self, role: MediaRole) -> None:
        """Ask for a file; the dialog is no obstacle to anything."""
        portrait = role is MediaRole.PORTRAIT
        title = self.tr("Choose a portrait") if portrait else self.tr("Choose a recording")
        pictures = self.tr("Pictures and videos ({endings})").format(endings=patterns(PICTURES + MOVIES))
        sounds = self.tr("Recordings and videos ({endings})").format(endings=patterns(SOUNDS + MOVIES))
        dialog = QFileDialog(self.window(), title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([pictures if portrait else sounds, self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.exchange(role, Path(name)))
        dialog.open()

    def _relink(self, role: MediaRole) -> None:
        """Look for what is missing in folders and under other names, where the window offers that; else ask for the file."""
        if any(spec.id == "file.relink" for spec in self.kit.actions):
            self.kit.actions["file.relink"].trigger()
        else:
            self._ask(role)

    def exchange(self, role: MediaRole, file: Path) -> None:
        """Take another file for a source, or find the same one again."""
        desk = self.editor.desk
        if desk is None or role in self._busy:
            return
        self._busy |= {role}
        self.refresh()
        place = desk.studio.path or place_of_untitled()

        def done(exchanged: Exchanged) -> None:
            if self.editor.desk is desk:
                self._busy -= {role}
                self._take_over(exchanged)

        def failed(error: BaseException) -> None:
            if self.editor.desk is desk:
                self._busy -= {role}
                self.refresh()
                self.editor.tell("exchange", getattr(error, "user_text", None) or str(error))

        desk.work(ExchangeSource(desk.project, desk.sources, place, role, file), done, failed=failed)

    def _take_over(self, exchanged: Exchanged) -> None:
        desk = self.editor.desk
        if desk is None:
            return
        self._shelf[_identity(desk.project.media)] = desk.sources
        self._shelf[_identity(exchanged.media)] = exchanged.sources
        before = desk.project.media
        edits: Edits = [("set_media", {"media": exchanged.media})]
        if exchanged.found is not None:
            edits.append(("set_speech", {"found": exchanged.found, "transcript": exchanged.media.transcript}))
        if exchanged.sources.movie is not None and desk.sources.movie is None:
            # A video moves head and eyes and blinks by itself.
            edits += [
                ("set_head", {"head": HeadMotion.STILL}),
                ("set_gaze", {"gaze": Gaze.STILL}),
                ("set_blink", {"automatic": False}),
            ]
        if self.editor.apply_all(self.tr("Replace source"), edits) and _identity(before) == _identity(exchanged.media):
            desk.use_sources(exchanged.sources)  # the very file was found again, where the project says
        self.refresh()

    def _follow_media(self, before: Project, after: Project) -> None:
        """Undo and redo bring the sources back that belong to the document."""
        desk = self.editor.desk
        if desk is None or _identity(before.media) == _identity(after.media):
            return
        sources = self._shelf.get(_identity(after.media))
        if sources is not None and sources is not desk.sources:
            desk.use_sources(sources)


def _identity(media: Media) -> object:
    """What of the media decides which sources they are."""
    return (media.portrait, media.audio, media.face, media.face_points)
