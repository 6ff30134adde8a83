"""Studio: one open project. Apply edits by name, ask for frames, see which were drawn, export, save."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.core.errors import EditRejected, UsageError
from pctalk_studio.core.motion import Motion
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.progress import ProgressListener, silent
from pctalk_studio.core.time import FrameSet
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.history import History
from pctalk_studio.document.project import MediaReference, Project
from pctalk_studio.document.speech_track import SpeechTrack
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.render.api import FrameKey, FrameLook, FrameResult, PictureU8, PreparedFace, RenderSource
from pctalk_studio.render.frame_store import FrameStore
from pctalk_studio.render.moving import MovingSource
from pctalk_studio.render.viewing import Viewing
from pctalk_studio.session.desk_work import SaveProject
from pctalk_studio.session.easel import Easel, Engines
from pctalk_studio.session.hearing import doubted_by_ear, evaluator
from pctalk_studio.session.portraits import first_controls
from pctalk_studio.session.safety import Safety
from pctalk_studio.session.sources import SPEECH_RATE, Sources, load_sources, media_files
from pctalk_studio.storage.extras import Extras
from pctalk_studio.storage.media_links import hash_of_plain, rebased
from pctalk_studio.storage.project_file import Saved, load_project, save_project

FRAME_MEMORY = 512 * 2**20
"""Bytes of drawn frames kept in memory."""


class Studio:
    """An open project. Not for several threads at once.

    Parameters
    ----------
    project
        The document.
    sources
        Its media, read and analysed.
    engines
        Makers of the engines by name.
    path, extras
        File that it was opened from, and what of it this program does not know.
    problems
        What a person should know.
    frame_memory
        Bytes of drawn frames kept.
    safety
        Lock and autosave of a project that is edited; None for one that is only rendered.
    """

    def __init__(
        self,
        project: Project,
        sources: Sources,
        engines: Engines,
        *,
        path: Path | None = None,
        extras: Extras | None = None,
        problems: tuple[Problem, ...] = (),
        frame_memory: int = FRAME_MEMORY,
        safety: Safety | None = None,
    ) -> None:
        self.history = History.of(project)
        self.sources = sources
        self.path = path
        self.problems = problems if safety is None else problems + safety.problems
        self.safety = safety
        self.store = FrameStore(frame_memory)
        self._extras = extras
        self._easel = Easel(engines)
        self._engines = engines
        self._evaluator = evaluator(sources, engines)
        self._evaluated: tuple[Project, ClipFrames] | None = None
        self._rendered: list[int] = []

    @classmethod
    def new(
        cls,
        portrait: Path,
        audio: Path | None,
        engines: Engines,
        *,
        text: str | None = None,
        project: Project | None = None,
        listen: ProgressListener = silent,
        editing: bool = False,
        doubting: bool = True,
    ) -> Studio:
        """Begin a project with a portrait and a recording.

        Parameters
        ----------
        portrait
            A picture or a movie; its absolute path and hash become part of the document.
        audio
            The recording, alike; None: the sound of the movie.
        engines
            Makers of the engines by name.
        text
            What is said; None to recognise it.
        project
            Controls to begin with; None: those of :func:`first_controls`.
        listen
            Told of the analysis' stages.
        editing
            Keep edits safe until :meth:`close`.
        doubting
            Let the lips go by ear as far as phones were recognised badly.

        Raises
        ------
        StudioError
            When a source cannot be used.
        """
        begun = project or first_controls(portrait)
        audio = portrait if audio is None else audio
        sources = load_sources(portrait, audio, begun, text, listen, apart=editing)
        transcript = None if text is None else text.strip()
        media = replace(begun.media, portrait=_reference(portrait), audio=_reference(audio), transcript=transcript)
        alignment = sources.speech.alignment
        begun, doubts = doubted_by_ear(begun, alignment, engines) if doubting else (begun, ())
        document = replace(begun, media=media, speech=SpeechTrack.of(alignment))
        studio = cls(document, sources, engines, problems=(*sources.problems, *doubts), safety=Safety(None) if editing else None)
        if studio.safety is not None:
            # What took minutes to analyse, and to type, is worth recovering before the first edit.
            studio.safety.changed(document, None)
        return studio

    @classmethod
    def open(cls, path: Path, engines: Engines, listen: ProgressListener = silent, *, editing: bool = False) -> Studio:
        """Open a project file and its media.

        Parameters
        ----------
        path, engines, listen
            As for :meth:`new`.
        editing
            Lock the file and keep edits safe until :meth:`close`; another program that has it open is told of in ``problems``.
            Sources that are missing are stood in for, and told of, too; otherwise they are an error.

        Raises
        ------
        StudioError
            When the file is no project, or a source is missing or cannot be used.
        """
        loaded = load_project(path)
        project = loaded.project
        (portrait, audio), doubts = media_files(project, path, stand_ins=editing)
        sources = load_sources(portrait, audio, project, project.media.transcript, listen, apart=editing)
        if not project.speech.phones:
            project = replace(project, speech=SpeechTrack.of(sources.speech.alignment))
        problems = loaded.problems + doubts + sources.problems
        safety = Safety(path) if editing else None
        return cls(project, sources, engines, path=path, extras=loaded.extras, problems=problems, safety=safety)

    @property
    def project(self) -> Project:
        """The document as it is now."""
        return self.history.project

    def apply(self, edit: str, *, gesture: str = "", **arguments: Any) -> None:
        """Apply a named edit; see :data:`pctalk_studio.document.edits.EDITS`.

        Raises
        ------
        EditRejected
            When it cannot be done; nothing has changed then.
        """
        edited = _edited(self.project, edit, arguments)
        self._show(self.history.done(edited, edit.replace("_", " ").capitalize(), gesture=gesture))

    def apply_all(self, label: str, edits: Sequence[tuple[str, Mapping[str, Any]]], *, gesture: str = "") -> None:
        """Apply several named edits as one step to undo; all of them or, when one cannot be done, none.

        Parameters
        ----------
        label
            Of the step.
        edits
            Names and arguments, in order.
        gesture
            As for :meth:`apply`.

        Raises
        ------
        EditRejected
            When one cannot be done; nothing has changed then.
        """
        project = self.project
        for edit, arguments in edits:
            project = _edited(project, edit, arguments)
        self._show(self.history.done(project, label, gesture=gesture))

    def settle(self) -> None:
        """A gesture has ended: the next edit is a step of its own."""
        self.history = self.history.settled()

    def _show(self, history: History) -> None:
        changed = history.project is not self.project
        self.history = history
        if changed and self.safety is not None:
            self.safety.changed(self.project, self._extras)

    def undo(self) -> None:
        """Go one step back.

        Raises
        ------
        EditRejected
            When there is none.
        """
        self._show(self.history.undone())

    def redo(self) -> None:
        """Go one step forth.

        Raises
        ------
        EditRejected
            When there is none.
        """
        self._show(self.history.redone())

    def go_to(self, position: int) -> None:
        """Go back or forth to a step of the history, counted from the oldest that is remembered.

        Raises
        ------
        EditRejected
            When there is no such step.
        """
        self._show(self.history.gone_to(position))

    def realign(self, start: float = 0.0, end: float | None = None) -> None:
        """Find words and phones between two times anew, around what is edited or locked.

        Raises
        ------
        StudioError
            When the recording cannot be analysed.
        """
        sound = self.sources.sound
        found = speech_facts(sound.mono(SPEECH_RATE), self.project.media.transcript, sound.content_hash).alignment
        self.apply("realign", found=found, start=start, end=end)

    @property
    def clip(self) -> ClipFrames:
        """Rows and row keys of all frames of the document as it is now."""
        if self._evaluated is None or self._evaluated[0] is not self.project:
            before = None if self._evaluated is None else self._evaluated[1]
            motion = self._evaluator.motion(self.project)
            self._evaluated = (self.project, ClipFrames(motion, before))
        return self._evaluated[1]

    @property
    def motion(self) -> Motion:
        """Motion of the document as it is now."""
        return self.clip.motion

    def __len__(self) -> int:
        return len(self.motion)

    def frame(self, number: int) -> PictureU8:
        """One frame, [H, W, 3] uint8, read-only; drawn only if it was not drawn before.

        Raises
        ------
        UsageError
            When the clip has no such frame.
        RenderError
            When the engine cannot draw it.
        """
        clip = self.clip
        if not 0 <= number < len(clip):
            raise UsageError(f"The clip has frames 0 to {len(clip) - 1}; {number} is none of them.")
        self._easel.follow(self.sources, self.project.render)
        key = FrameKey(self._easel.look, clip.row_key(number))
        kept = self.store.get(key)
        if kept is not None:
            return kept
        started = time.perf_counter()
        picture = self._easel.prepared.frame(clip.row(number))
        self._rendered.append(number)
        self.store.put(FrameResult(key, picture, time.perf_counter() - started))
        return picture

    def frames(self, wanted: FrameSet | None = None) -> list[PictureU8]:
        """Several frames, all when none are named."""
        self.store.use(self._look(), self.clip.row_keys(), Viewing(len(self)))
        return [self.frame(number) for number in (range(len(self)) if wanted is None else wanted)]

    def _look(self) -> FrameLook:
        self._easel.follow(self.sources, self.project.render)
        return self._easel.look

    def take_rendered(self) -> tuple[int, ...]:
        """Numbers of the frames that were drawn since this was last asked, in order of drawing."""
        drawn, self._rendered = tuple(self._rendered), []
        return drawn

    def drawn_with(self) -> tuple[RenderSource | MovingSource, PreparedFace]:
        """The framed source, and the engine that has studied it.

        Raises
        ------
        RenderError
            When the engine cannot draw the face.
        """
        self._easel.follow(self.sources, self.project.render)
        return self._easel.source, self._easel.prepared

    def drawn_with_alpha(self) -> PreparedFace:
        """The engine that has studied a cut-out portrait and draws it with alpha, [H, W, 4].

        Raises
        ------
        RenderError
            When the portrait has no transparency, or the engine cannot draw the face.
        """
        return self._easel.with_alpha(self.sources, self.project.render)

    def save(self, path: Path | None = None) -> Saved:
        """Save the project, over its own file or to another.

        Raises
        ------
        StudioError
            When it has no file yet and none is named, or it cannot be written.
        """
        request = self.saving(path)
        saved = save_project(request.target, request.project, request.extras)
        self.was_saved(request)
        return saved

    def saving(self, path: Path | None = None) -> SaveProject:
        """What is to be written to save the project as it is now, for a worker to do; see :meth:`was_saved`.

        Raises
        ------
        UsageError
            When it has no file yet and none is named.
        """
        target = path or self.path
        if target is None:
            raise UsageError("The project has no file yet; say where to save it.")
        return SaveProject(self.project, rebased(self.project, self.path, target), target, self._extras)

    def was_saved(self, request: SaveProject) -> None:
        """Take note that this was written."""
        self.path = request.target
        if self.safety is not None:
            self.safety.saved(request.target, request.original)

    def use_sources(self, sources: Sources) -> None:
        """Go on with other sources."""
        self.sources = sources
        self._evaluator = evaluator(sources, self._engines)
        self._evaluated = None

    def close(self) -> None:
        """Give the file free and forget what could be recovered; what was not saved is lost, as the person has decided."""
        if self.safety is not None:
            self.safety.close()


def _edited(project: Project, edit: str, arguments: Mapping[str, Any]) -> Project:
    if edit not in EDITS:
        raise EditRejected(f"There is no edit called '{edit}'; the edits are {', '.join(sorted(EDITS))}.")
    try:
        return EDITS[edit](project, **arguments)
    except TypeError as error:
        raise EditRejected(
            f"The edit '{edit}' was given arguments that it does not take; see its description.", repr(error)
        ) from error


def _reference(path: Path) -> MediaReference:
    """A reference to a file that was just read. Until there is a project file no folder is its own, so the path is absolute."""
    return MediaReference(str(path.resolve()), hash_of_plain(path))
