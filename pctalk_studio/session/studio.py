"""Studio: one open project. Apply edits by name, ask for frames, see which were drawn, export, save."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.core.errors import EditRejected, RenderError, UsageError
from pctalk_studio.core.motion import Motion
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.progress import ProgressListener, silent
from pctalk_studio.core.time import FrameSet
from pctalk_studio.deformation.evaluate import Evaluator
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.history import History
from pctalk_studio.document.project import MediaReference, Project, RenderSettings
from pctalk_studio.document.speech_track import SpeechTrack
from pctalk_studio.export.clip import ExportReport, export_clip
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.render.api import FrameKey, FrameLook, FrameResult, PictureU8, PreparedFace, Renderer, RenderSource
from pctalk_studio.render.frame_store import FrameStore
from pctalk_studio.render.framing import Framing, frame_source
from pctalk_studio.render.viewing import Viewing
from pctalk_studio.session.safety import Safety
from pctalk_studio.session.sources import SPEECH_RATE, Sources, load_sources, media_files
from pctalk_studio.storage.extras import Extras
from pctalk_studio.storage.media_links import hash_of_plain, rebased
from pctalk_studio.storage.project_file import Saved, load_project, save_project

Engines = Mapping[str, Callable[[], Renderer]]
"""Makers of engines by name."""

FRAME_MEMORY = 512 * 2**20
"""Bytes of drawn frames kept in memory."""


class _Drawing:
    """A project's source, framed and studied by its engine; made anew only when one of the three changes."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._settings: RenderSettings | None = None
        self._sources: Sources | None = None
        self.source: RenderSource
        self.prepared: PreparedFace
        self.look: FrameLook

    def follow(self, sources: Sources, settings: RenderSettings) -> None:
        """Be ready to draw with these settings.

        Raises
        ------
        RenderError
            When there is no such engine, or it cannot draw the face.
        """
        wanted = replace(settings, crf=18)
        if self._sources is sources and self._settings == wanted:
            return
        if settings.engine not in self._engines:
            raise RenderError(f"There is no engine '{settings.engine}' here; choose one of {', '.join(self._engines)}.")
        engine = self._engines[settings.engine]()
        framing = Framing(settings.crop_to_face, settings.longest, settings.size)
        self.source = frame_source(sources.picture, sources.rig, framing)
        self.prepared = engine.prepare(self.source)
        self.look = FrameLook.of(self.source, engine)
        self._sources, self._settings = sources, wanted


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
        self._safety = safety
        self.store = FrameStore(frame_memory)
        self._extras = extras
        self._drawing = _Drawing(engines)
        self._evaluator = Evaluator(sources.rig, sources.speech)
        self._evaluated: tuple[Project, ClipFrames] | None = None
        self._rendered: list[int] = []

    @classmethod
    def new(
        cls,
        portrait: Path,
        audio: Path,
        engines: Engines,
        *,
        text: str | None = None,
        project: Project | None = None,
        listen: ProgressListener = silent,
    ) -> Studio:
        """Begin a project with a portrait and a recording.

        Parameters
        ----------
        portrait, audio
            Files; their absolute paths and hashes become part of the document.
        engines
            Makers of the engines by name.
        text
            What is said; None to recognise it.
        project
            Controls to begin with.
        listen
            Told of the analysis' stages.

        Raises
        ------
        StudioError
            When a source cannot be used.
        """
        begun = project or Project()
        sources = load_sources(portrait, audio, begun, text, listen)
        transcript = None if text is None else text.strip()
        media = replace(begun.media, portrait=_reference(portrait), audio=_reference(audio), transcript=transcript)
        document = replace(begun, media=media, speech=SpeechTrack.of(sources.speech.alignment))
        return cls(document, sources, engines, problems=sources.problems)

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
        sources = load_sources(portrait, audio, project, project.media.transcript, listen)
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
        if edit not in EDITS:
            raise EditRejected(f"There is no edit called '{edit}'; the edits are {', '.join(sorted(EDITS))}.")
        try:
            edited = EDITS[edit](self.project, **arguments)
        except TypeError as error:
            raise EditRejected(
                f"The edit '{edit}' was given arguments that it does not take; see its description.", repr(error)
            ) from error
        self._show(self.history.done(edited, edit.replace("_", " ").capitalize(), gesture=gesture))

    def _show(self, history: History) -> None:
        changed = history.project is not self.project
        self.history = history
        if changed and self._safety is not None:
            self._safety.changed(self.project, self._extras)

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
        self._drawing.follow(self.sources, self.project.render)
        key = FrameKey(self._drawing.look, clip.row_key(number))
        kept = self.store.get(key)
        if kept is not None:
            return kept
        started = time.perf_counter()
        picture = self._drawing.prepared.frame(clip.row(number))
        self._rendered.append(number)
        self.store.put(FrameResult(key, picture, time.perf_counter() - started))
        return picture

    def frames(self, wanted: FrameSet | None = None) -> list[PictureU8]:
        """Several frames, all when none are named."""
        self.store.use(self._look(), self.clip.row_keys(), Viewing(len(self)))
        return [self.frame(number) for number in (range(len(self)) if wanted is None else wanted)]

    def _look(self) -> FrameLook:
        self._drawing.follow(self.sources, self.project.render)
        return self._drawing.look

    def take_rendered(self) -> tuple[int, ...]:
        """Numbers of the frames that were drawn since this was last asked, in order of drawing."""
        drawn, self._rendered = tuple(self._rendered), []
        return drawn

    def drawn_with(self) -> tuple[RenderSource, PreparedFace]:
        """The framed source, and the engine that has studied it.

        Raises
        ------
        RenderError
            When the engine cannot draw the face.
        """
        self._drawing.follow(self.sources, self.project.render)
        return self._drawing.source, self._drawing.prepared

    def export(self, out: Path, *, frames: FrameSet | None = None, listen: ProgressListener = silent) -> ExportReport:
        """Write the clip, or some frames of it, as MP4 with its sound.

        Raises
        ------
        StudioError
            When it cannot be drawn or written.
        """
        _, prepared = self.drawn_with()
        crf = self.project.render.crf
        inputs = (self.sources.picture.path,)
        return export_clip(prepared, self.motion, self.sources.sound, out, frames=frames, crf=crf, listen=listen, inputs=inputs)

    def save(self, path: Path | None = None) -> Saved:
        """Save the project, over its own file or to another.

        Raises
        ------
        StudioError
            When it has no file yet and none is named, or it cannot be written.
        """
        target = path or self.path
        if target is None:
            raise UsageError("The project has no file yet; say where to save it.")
        saved = save_project(target, rebased(self.project, self.path, target), self._extras)
        self.path = target
        if self._safety is not None:
            self._safety.saved(target, self.project)
        return saved

    def close(self) -> None:
        """Give the file free and forget what could be recovered; what was not saved is lost, as the person has decided."""
        if self._safety is not None:
            self._safety.close()


def _reference(path: Path) -> MediaReference:
    """A reference to a file that was just read. Until there is a project file no folder is its own, so the path is absolute."""
    return MediaReference(str(path.resolve()), hash_of_plain(path))
