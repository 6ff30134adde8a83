"""The clip as it was before anybody edited it, drawn beside the edited one: to see what the edits did."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.speech import Alignment
from pctalk_studio.document.project import Project
from pctalk_studio.document.speech_track import Owner, SpeechTrack
from pctalk_studio.jobs import Control, Priority, Ticket
from pctalk_studio.jobs.apart import Apart, Run, here
from pctalk_studio.preview.clip_frames import ClipFrames
from pctalk_studio.preview.requests import DrawFrame, Landed
from pctalk_studio.preview.wish import Stage
from pctalk_studio.render.api import FrameKey, PictureU8
from pctalk_studio.render.frame_store import FrameStore
from pctalk_studio.render.viewing import Viewing
from pctalk_studio.session.desk import Desk
from pctalk_studio.session.desk_work import EvaluateClip
from pctalk_studio.session.hearing import evaluator
from pctalk_studio.session.sources import SPEECH_RATE, Sources

COMPARED_MEMORY = 192 * 2**20
"""Bytes of frames of the unedited clip that are kept."""


def unedited(project: Project, speech: SpeechTrack) -> Project:
    """The document as it would be had nobody touched it: what was found in the recording, and every control as it begins.

    Parameters
    ----------
    project
        As it is now; its media, frame rate, frame size and engine stay, so that its frames can be laid over one another.
    speech
        Words and phones as the analysis heard them.
    """
    return Project(rate=project.rate, seed=project.seed, media=project.media, speech=speech, render=project.render)


@dataclass(frozen=True, slots=True, eq=False)
class HearAnew:
    """What the analysis hears in a recording, whatever people made of it since.

    Parameters
    ----------
    sources
        The recording, and what is known of it.
    project
        Says what was spoken, and what of it was edited.
    """

    sources: Sources
    project: Project

    def __call__(self, control: Control) -> SpeechTrack:
        """Look it up where it is known, otherwise analyse the recording, which takes seconds."""
        control.checkpoint()
        return SpeechTrack.of(self._found(Apart(control.checkpoint)))

    def _found(self, run: Run = here) -> Alignment:
        sound, speech = self.sources.sound, self.project.speech
        owners = {word.owner for word in speech.words} | {phone.owner for phone in speech.phones}
        if speech.phones and owners <= {Owner.AUTOMATIC}:
            return speech.alignment()
        from_document = self.sources.speech.content_hash == content_hash(sound.content_hash, "prosody")
        if not from_document:
            return self.sources.speech.alignment
        return run(speech_facts, sound.mono(SPEECH_RATE), self.project.media.transcript, sound.content_hash).alignment


class Comparison:
    """Frames of the unedited clip, one at a time, after those that are worked on.

    Its methods belong to the window's thread. A frame is asked for only once the edited one is there, and one at a time, so
    that comparing takes at most every other turn of the engine.

    Parameters
    ----------
    desk
        The open project.
    changed
        Called when a frame has come, or others are needed.
    memory
        Bytes of frames kept.
    """

    def __init__(self, desk: Desk, changed: Callable[[], None], memory: int = COMPARED_MEMORY) -> None:
        self._desk = desk
        self._changed = changed
        self._store = FrameStore(memory)
        self._base: Project | None = None
        self._found: tuple[Sources, SpeechTrack] | None = None
        self._clip: ClipFrames | None = None
        self._asked: Ticket[Landed] | None = None
        self._used: tuple[Stage, ClipFrames] | None = None
        self._broken: set[str] = set()
        self._hearing = False

    @property
    def ready(self) -> bool:
        """The unedited clip is known; its frames can be drawn."""
        return self._clip is not None and self._desk.stage is not None

    @property
    def clip(self) -> ClipFrames | None:
        """The unedited clip; None until it was evaluated."""
        return self._clip

    def picture(self, frame: int) -> PictureU8 | None:
        """The picture of a frame of the unedited clip; None until it was drawn."""
        key = self._key(frame)
        if key is None:
            return None
        kept = self._store.get(key)
        # Where nothing was edited the frame is the one that is worked on.
        return kept if kept is not None else self._desk.store.get(key)

    def follow(self, frame: int) -> None:
        """Somebody looks at this frame; call when the playhead, the document or the frames change."""
        self._follow_document()
        clip, stage = self._clip, self._desk.stage
        if clip is None or stage is None or not len(clip) or self._asked is not None:
            return
        self._use(stage, clip, frame)
        wanted = self._wanted(clip, frame)
        key = None if wanted is None else self._key(wanted)
        if wanted is None or key is None:
            return
        request = DrawFrame(stage.full.face, clip.row(wanted), key, wanted, None, time.perf_counter)
        runner = self._desk.render_runner
        self._asked = self._desk.work(
            request, self._landed, runner=runner, priority=Priority.BACKGROUND, failed=lambda error: self._failed(key, error)
        )

    def close(self) -> None:
        """Ask for nothing more."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def _key(self, frame: int) -> FrameKey | None:
        clip, stage = self._clip, self._desk.stage
        if clip is None or stage is None or not 0 <= frame < len(clip):
            return None
        return FrameKey(stage.full.look, clip.row_key(frame))

    def _wanted(self, clip: ClipFrames, frame: int) -> int | None:
        """The frame that is looked at, once the edited one is there; when nothing else is left to draw, one that comes next."""
        if self._missing(frame):
            return frame if self._desk.picture(frame) is not None else None
        if not self._desk.scheduler.at_rest:
            return None
        room = max(1, self._store.budget // max(self._bytes_each(frame), 1) - 1)
        ahead = (number % len(clip) for number in range(frame + 1, frame + min(room, len(clip))))
        return next((number for number in ahead if self._missing(number)), None)

    def _missing(self, frame: int) -> bool:
        key = self._key(frame)
        if key is None or key.digest in self._broken:
            return False
        return key not in self._store and key not in self._desk.store

    def _bytes_each(self, frame: int) -> int:
        picture = self.picture(frame)
        return 0 if picture is None else picture.nbytes

    def _use(self, stage: Stage, clip: ClipFrames, frame: int) -> None:
        viewing = Viewing(len(clip), min(max(frame, 0), len(clip) - 1))
        if self._used is None or self._used[0] is not stage or self._used[1] is not clip:
            self._used = (stage, clip)
            self._broken.clear()
            self._store.use(stage.full.look, clip.row_keys(), viewing)
        else:
            self._store.look_at(viewing)

    def _landed(self, landed: Landed) -> None:
        self._asked = None
        self._store.put(landed.result)
        self._changed()

    def _failed(self, key: FrameKey, error: BaseException) -> None:
        """A frame that cannot be drawn is not tried again; the edited clip's own failures are told, and these need not be."""
        self._asked = None
        self._broken.add(key.digest)
        self._changed()

    # -- the unedited document -----------------------------------------------------------------------------------------

    def _follow_document(self) -> None:
        desk = self._desk
        if self._found is None or self._found[0] is not desk.sources:
            self._clip = self._base = None
            self._hear()
            return
        base, track = unedited(desk.project, self._found[1]), self._found[1]
        known = self._base
        if known is not None and known.speech is track and _apart_from_speech(known) == _apart_from_speech(base):
            return
        self._base = base
        request = EvaluateClip(evaluator(desk.sources, desk.engines), base, None)
        desk.work(request, self._evaluated, runner=desk.motion_runner, replaces="unedited clip")

    def _hear(self) -> None:
        if self._hearing:
            return
        self._hearing = True
        sources = self._desk.sources

        def heard(found: SpeechTrack) -> None:
            self._hearing = False
            self._found = (sources, found)
            self._changed()

        self._desk.work(HearAnew(sources, self._desk.project), heard)

    def _evaluated(self, clip: ClipFrames) -> None:
        self._clip = clip
        self._changed()


def _apart_from_speech(project: Project) -> Project:
    """The document without its thousands of phones, for comparing."""
    return replace(project, speech=SpeechTrack())
