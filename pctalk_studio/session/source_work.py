"""Slow work on a project's sources, as requests for workers: analyse the recording anew, take another portrait or recording."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.core.speech import Alignment
from pctalk_studio.document.project import Media, MediaReference, Project
from pctalk_studio.document.speech_track import SpeechTrack
from pctalk_studio.jobs import Control
from pctalk_studio.jobs.apart import Apart, Run
from pctalk_studio.media.sound import Sound, read_sound
from pctalk_studio.session.portraits import face_in
from pctalk_studio.session.sources import SPEECH_RATE, Sources, spoken_in
from pctalk_studio.storage.media_links import MediaRole, make_reference


@dataclass(frozen=True, slots=True, eq=False)
class AlignSpeech:
    """Find words and phones in a recording.

    Parameters
    ----------
    sound
        The recording.
    text
        What is said; None to recognise it.
    """

    sound: Sound
    text: str | None

    def __call__(self, control: Control) -> Alignment:
        """Do it; a result that nobody wants any more is given up.

        Raises
        ------
        SpeechError
            When the recording cannot be analysed, or the text cannot be read as English.
        """
        control.checkpoint(ProgressEvent("speech", 0, 1))
        run = Apart(control.checkpoint)
        found = run(speech_facts, self.sound.mono(SPEECH_RATE), self.text, self.sound.content_hash).alignment
        control.checkpoint(ProgressEvent("speech", 1, 1))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Exchanged:
    """Sources with one of them exchanged.

    Parameters
    ----------
    sources
        Read and analysed.
    media
        As the document is to have them.
    found
        Words and phones of another recording; None when the recording is the same.
    """

    sources: Sources
    media: Media
    found: Alignment | None


@dataclass(frozen=True, slots=True, eq=False)
class ExchangeSource:
    """Take another file for the portrait or the recording, or find the same one again.

    Parameters
    ----------
    project, sources
        As they are.
    project_path
        The project's file; where it has none, a place for one.
    role, file
        What is exchanged for which file.
    """

    project: Project
    sources: Sources
    project_path: Path
    role: MediaRole
    file: Path

    def __call__(self, control: Control) -> Exchanged:
        """Do it.

        Raises
        ------
        StudioError
            When the file cannot be used.
        """
        control.checkpoint()
        reference = make_reference(self.file, self.project_path)
        before = self.project.media.portrait if self.role is MediaRole.PORTRAIT else self.project.media.audio
        same = before is not None and before.content_hash == reference.content_hash
        exchange = self._portrait if self.role is MediaRole.PORTRAIT else self._sound
        exchanged = exchange(reference, same, Apart(control.checkpoint))
        control.checkpoint()
        return exchanged

    def _portrait(self, reference: MediaReference, same: bool, run: Run) -> Exchanged:
        media = replace(self.project.media, portrait=reference)
        if not same:
            # Which face it is, and points placed by hand, were said of another picture.
            media = replace(media, face=None, face_points=())
        found = face_in(self.file, replace(self.project, media=media), run)
        return Exchanged(replace(self.sources, picture=found.picture, rig=found.rig, movie=found.movie), media, None)

    def _sound(self, reference: MediaReference, same: bool, run: Run) -> Exchanged:
        media, sound = replace(self.project.media, audio=reference), read_sound(self.file)
        known = self.project if same else replace(self.project, speech=SpeechTrack())
        speech = spoken_in(sound, known, media.transcript, run)
        return Exchanged(replace(self.sources, sound=sound, speech=speech), media, None if same else speech.alignment)
