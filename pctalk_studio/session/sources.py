"""What a project is made from, read and analysed: the portrait with its face, the sound with its voice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pctalk_studio.analysis.speech.facts import speaking_in, speech_facts
from pctalk_studio.analysis.speech.prosody import analyse_prosody
from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.speech import SpeechFacts
from pctalk_studio.document.project import Project
from pctalk_studio.jobs.apart import Apart, Run, here
from pctalk_studio.media.pictures import Picture
from pctalk_studio.media.sound import Sound, read_sound
from pctalk_studio.session.placeholders import placeholder_portrait, placeholder_sound
from pctalk_studio.session.portraits import Movie, Portrait, face_in
from pctalk_studio.storage.media_links import MediaRole, MediaState, find_media

SPEECH_RATE = 16000
"""Samples a second that speech analysis wants."""


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """The sources of a clip.

    Parameters
    ----------
    picture, rig
        The portrait, and the face in it; of a movie the frame that shows the person best.
    sound, speech
        The recording, and what is known of the voice in it.
    movie
        The portrait, where it is a movie.
    """

    picture: Picture
    rig: FaceRig
    sound: Sound
    speech: SpeechFacts
    movie: Movie | None = None

    @property
    def face(self) -> FaceRig | FaceTrack:
        """The face in the picture, or through the movie."""
        return self.rig if self.movie is None else self.movie.track

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What an animator should know of them."""
        return self.rig.problems + self.sound.problems + self.speech.alignment.problems


def load_sources(
    portrait: Path | None,
    audio: Path | None,
    project: Project,
    text: str | None = None,
    listen: ProgressListener = silent,
    *,
    apart: bool = False,
) -> Sources:
    """Read and analyse both sources.

    Parameters
    ----------
    portrait, audio
        Files, the portrait a picture or a movie; what is None is stood in for.
    project
        Says which face, or where it is; and what is said when, if that is known already.
    text
        What is said, for a project that does not know yet; None to recognise it.
    listen
        Told of the stages ``face`` and ``speech``.
    apart
        Analyse in child processes, so that a window lives on meanwhile.

    Raises
    ------
    StudioError
        With one sentence, when a source cannot be used.
    """

    def stage(name: str) -> Run:
        begun = ProgressEvent(name, 0, 1)
        listen(begun)
        return Apart(lambda: listen(begun)) if apart else here

    run = stage("face")
    found = Portrait(*placeholder_portrait()) if portrait is None else face_in(portrait, project, run, listen)
    listen(ProgressEvent("face", 1, 1))
    run = stage("speech")
    sound = placeholder_sound(project.speech.duration) if audio is None else read_sound(audio)
    speech = spoken_in(sound, project, text, run)
    listen(ProgressEvent("speech", 1, 1))
    return Sources(found.picture, found.rig, sound, speech, found.movie)


_USABLE = (MediaState.FOUND, MediaState.MOVED, MediaState.CHANGED)


def media_files(
    project: Project, project_path: Path, *, stand_ins: bool = False
) -> tuple[tuple[Path | None, Path | None], tuple[Problem, ...]]:
    """The files of a project's portrait and sound, and what is to be said of them.

    Parameters
    ----------
    project, project_path
        Document and its file.
    stand_ins
        Give None for a source that is not there, and say so, instead of refusing.

    Raises
    ------
    MediaError
        When a source was never chosen, is missing, or may not be used, and nothing may stand in for it.
    """
    files: dict[MediaRole, Path] = {}
    lacking = {role: f"'{project_path}' has no {role} yet; choose one." for role in MediaRole}
    doubts = []
    for link in find_media(project, project_path):
        if link.path is None or link.state not in _USABLE:
            why = link.reason or "it is missing"
            lacking[link.role] = (
                f"'{link.reference.path}', the {link.role} of '{project_path}', cannot be used ({why}); relink it."
            )
            continue
        if link.state is MediaState.CHANGED:
            doubts.append(Problem("media-changed", f"'{link.path}' has changed since the project was saved."))
        files[link.role] = link.path
    missing = [text for role, text in lacking.items() if role not in files]
    if missing and not stand_ins:
        raise MediaError(missing[0])
    doubts += [Problem("media-missing", text) for text in missing]
    return (files.get(MediaRole.PORTRAIT), files.get(MediaRole.AUDIO)), tuple(doubts)


def spoken_in(sound: Sound, project: Project, text: str | None = None, run: Run = here) -> SpeechFacts:
    """What is known of a voice: the words and phones of the project where it has some, otherwise those of an analysis.

    Raises
    ------
    SpeechError
        When the sound is no recording, or the text cannot be read as English.
    """
    samples = sound.mono(SPEECH_RATE)
    if not project.speech.phones:
        return run(speech_facts, samples, text, sound.content_hash)
    prosody = analyse_prosody(samples)
    # The words and phones that count are the project's own; these facts add only how it is said.
    alignment = project.speech.alignment()
    name = content_hash(sound.content_hash, "prosody")
    return SpeechFacts(alignment, prosody.loudness, prosody.pitch, speaking_in(prosody, alignment), name)
