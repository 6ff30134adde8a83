"""Real videos as utterances with measured motion: 25 frames a second, 16 kHz, one face followed.

Motion is what the face does away from its own relaxed shape, in the face frame: independent of where the head is and of who it
is. Clips may be judged by a synchrony network, and played on other faces as the paper does for its lip refiner (section 3.4 and
supplement F: video-driven animation of other portraits with the driving video's sound).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face import FaceNetworks, follow_face
from pctalk_studio.analysis.speech.align import align_transcript, decode_phones
from pctalk_studio.analysis.speech.prosody import loudness, pitch
from pctalk_studio.analysis.speech.transcript import transcript_words
from pctalk_studio.core.errors import FaceError, MediaError, SpeechError, TrainingError
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.hashing import content_hash, file_hash
from pctalk_studio.core.keypoints import MESH, Region
from pctalk_studio.core.progress import ProgressEvent, ProgressListener, silent
from pctalk_studio.core.runs import runs_of
from pctalk_studio.core.sampling import between
from pctalk_studio.core.speech import Alignment, Phone, Word
from pctalk_studio.core.topology import keypoint_partners
from pctalk_studio.media.mel import SAMPLE_RATE, mel_of
from pctalk_studio.media.sound import read_sound
from pctalk_studio.training.corpus.delivery import EMOTIONS
from pctalk_studio.training.corpus.layouts import VideoClip, clips_in
from pctalk_studio.training.corpus.store import INDEX, CorpusIndex, VoiceEntry, read_index, write_index, write_shard
from pctalk_studio.training.corpus.text import split_by_name
from pctalk_studio.training.corpus.utterance import Utterance, phone_columns
from pctalk_studio.training.corpus.voices import F32

VIDEO_RATE = 25

_FEWEST_FRAMES, _MOST_FRAMES = 50, 250
"""Frames of an utterance: at least one window of the predictor, at most ten seconds."""

_PRESENT = 0.999

_LEFT_OUT, _WIDTHS = "left_out", "mouth_widths"
"""Settings under which it stands which clips gave nothing, and why, and how wide each person's mouth is."""


class SyncScorer(Protocol):
    """Judges whether lips and sound belong together, as SyncNet's confidence does; greater is surer.

    It may look at the pictures of the clip, or at the motion that was measured.
    """

    def __call__(self, clip: VideoClip, utterance: Utterance, /) -> float:
        """The score of an utterance, which carries ``delta``, out of a clip."""
        ...


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """How videos become a corpus.

    Parameters
    ----------
    layout
        ``hdtf`` or ``mead``.
    driven
        Other faces on which each utterance is played besides its own.
    least_score
        Score of the synchrony network below which an utterance is left out; without a network it has no part.
    seed
        Of which other faces are taken.
    """

    layout: str
    driven: int = 0
    least_score: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class FilmedSpeech:
    """What one clip holds.

    Parameters
    ----------
    samples
        [n] float32 at 16 kHz.
    alignment
        Words, where a transcript lies beside the clip, and phones.
    delta
        [T, 21, 3] float32 at 25 Hz, face frame, unit E: keypoints less those of the relaxed face.
    present
        [T] bool: the face was seen.
    mouth_width
        Of the relaxed face, unit E.
    """

    samples: F32
    alignment: Alignment
    delta: F32
    present: npt.NDArray[np.bool_]
    mouth_width: float


Watch = Callable[[VideoClip], FilmedSpeech]
"""Follows the face of a clip and hears what it says."""


def import_videos(
    folder: Path,
    source: Path,
    settings: VideoSettings,
    *,
    watch: Watch | None = None,
    scorer: SyncScorer | None = None,
    listen: ProgressListener = silent,
) -> CorpusIndex:
    """Make a corpus of a folder of videos, or go on with one.

    Parameters
    ----------
    folder
        Of the corpus; made when it is not there.
    source
        Holds the videos.
    settings
        How they are taken.
    watch
        How clips become motion and phones; :func:`filmed_speech` when not given.
    scorer
        Judge of synchrony; without one every clip counts.
    listen
        Told of every clip; what it raises ends the work, and what is finished stays.

    Returns
    -------
    CorpusIndex
        A shard for each clip that gave utterances; the others stand in its settings, with the reason. Voices and styles are
        the people.

    Raises
    ------
    TrainingError
        When there are no videos, or the folder holds another corpus.
    """
    clips = clips_in(source, settings.layout)
    index = _begun(folder, source, settings, clips)
    finished = {entry.file for entry in index.shards} | set(index.settings[_LEFT_OUT])
    with ExitStack() as stack:
        if watch is None:
            watch = partial(filmed_speech, networks=stack.enter_context(FaceNetworks()))
        for number, clip in enumerate(clips):
            listen(ProgressEvent("videos", number, len(clips)))
            name = f"clip_{number:05d}.npz"
            if name in finished:
                continue
            try:
                index = _with_clip(folder / name, index, _Taken(clip, watch(clip), settings, scorer))
            except (MediaError, FaceError, SpeechError) as error:
                index = _without(index, name, error.user_text)
            write_index(folder, index)
    listen(ProgressEvent("videos", len(clips), len(clips)))
    return index


def _begun(folder: Path, source: Path, settings: VideoSettings, clips: Sequence[VideoClip]) -> CorpusIndex:
    folder.mkdir(parents=True, exist_ok=True)
    people = sorted({clip.identity for clip in clips})
    told = {"layout": settings.layout, "driven": settings.driven, "least_score": settings.least_score, "seed": settings.seed}
    files = content_hash(*(str(clip.path.relative_to(source)) for clip in clips))
    fresh = CorpusIndex(
        {**told, "files": files, _LEFT_OUT: {}, _WIDTHS: {}},
        tuple(VoiceEntry(f"{settings.layout}/{who}", split_by_name(who)) for who in people),
        tuple(people),
        tuple(EMOTIONS),
    )
    if not (folder / INDEX).exists():
        write_index(folder, fresh)
        return fresh
    index = read_index(folder)
    same = all(index.settings.get(key) == value for key, value in {**told, "files": files}.items())
    if not same or index.voices != fresh.voices:
        raise TrainingError(f"'{folder}' holds a corpus of other videos or settings; name another folder.")
    return index


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """A clip that has been watched, and what is to be made of it."""

    clip: VideoClip
    filmed: FilmedSpeech
    settings: VideoSettings
    scorer: SyncScorer | None

    def in_sync(self, utterance: Utterance) -> bool:
        return self.scorer is None or self.scorer(self.clip, utterance) >= self.settings.least_score


def _with_clip(path: Path, index: CorpusIndex, taken: _Taken) -> CorpusIndex:
    """Write the utterances of a clip, on its own face and on others that came before it."""
    clip, filmed = taken.clip, taken.filmed
    widths = {clip.identity: filmed.mouth_width, **index.settings[_WIDTHS]}
    own = list(cut(clip, filmed, index.styles.index(clip.identity)))
    if not own:
        return _without(
            index, path.name, f"The face in '{clip.path}' is never seen for {_FEWEST_FRAMES / VIDEO_RATE:g} s on end."
        )
    others = _other_faces(clip, filmed, taken.settings, widths)
    kept = [u for u in (*own, *(driven(u, *face) for u in own for face in others)) if taken.in_sync(u)]
    if not kept:
        return _without(index, path.name, f"Lips and sound of '{clip.path}' do not belong together.")
    entry = write_shard(path, kept)
    return replace(index, shards=(*index.shards, entry), settings={**index.settings, _WIDTHS: widths})


def _without(index: CorpusIndex, name: str, reason: str) -> CorpusIndex:
    return replace(index, settings={**index.settings, _LEFT_OUT: {**index.settings[_LEFT_OUT], name: reason}})


def filmed_speech(clip: VideoClip, networks: FaceNetworks | None = None) -> FilmedSpeech:
    """Follow the face of a clip and hear what it says.

    A file of the same name ending in ``.txt`` is taken for what is said; without it phones are heard without words.

    Raises
    ------
    MediaError, FaceError, SpeechError
        When sound, face or speech cannot be made out.
    """
    samples = read_sound(clip.sound or clip.path).mono(SAMPLE_RATE)
    track = follow_face(clip.path, file_hash(clip.path), networks=networks)
    count = min(int(len(samples) / SAMPLE_RATE * VIDEO_RATE), int(track.times[-1] * VIDEO_RATE) + 1)
    text = clip.path.with_suffix(".txt")
    alignment = (
        align_transcript(samples, transcript_words(text.read_text(encoding="utf-8", errors="replace")))
        if text.is_file()
        else decode_phones(samples)
    )
    delta, present = motion_of(track, count)
    width = float(np.linalg.norm(track.neutral[78] - track.neutral[308]))
    return FilmedSpeech(samples, alignment, delta, present, width)


def motion_of(track: FaceTrack, count: int) -> tuple[F32, npt.NDArray[np.bool_]]:
    """Motion of a track at 25 frames a second, and whether the face was seen there.

    Parameters
    ----------
    track
        At any frame rate.
    count
        Frames T wanted; frame t is the moment t / 25.

    Returns
    -------
    tuple
        [T, 21, 3] float32 face frame, unit E, and [T] bool.
    """
    rest = MESH.of_landmarks(track.neutral)
    shifts = np.stack([MESH.of_landmarks(shape) - rest for shape in track.shape])
    times = np.arange(count) / VIDEO_RATE
    return between(times, track.times, shifts).astype(np.float32), np.interp(times, track.times, track.presence) > _PRESENT


def cut(clip: VideoClip, filmed: FilmedSpeech, person: int) -> Iterator[Utterance]:
    """The stretches of a clip in which the face is seen, as utterances of two to ten seconds."""
    for first, stop in runs_of(filmed.present):
        parts = max(1, -(-(stop - first) // _MOST_FRAMES))
        bounds = np.linspace(first, stop, parts + 1).astype(int)
        for a, b in pairwise(bounds):
            if b - a >= _FEWEST_FRAMES:
                yield _utterance(clip, filmed, person, int(a), int(b))


def _utterance(clip: VideoClip, filmed: FilmedSpeech, person: int, first: int, stop: int) -> Utterance:
    start, end = first / VIDEO_RATE, stop / VIDEO_RATE
    per_frame = SAMPLE_RATE // VIDEO_RATE
    samples = filmed.samples[first * per_frame : stop * per_frame]
    phones = [p for p in filmed.alignment.phones if p.end > start and p.start < end]
    inside = [Phone(p.label, max(p.start, start) - start, min(p.end, end) - start, p.stress) for p in phones]
    words = tuple(
        Word(w.text, max(w.start, start) - start, min(w.end, end) - start)
        for w in filmed.alignment.words
        if w.said and w.end > start and w.start < end
    )
    inside[-1] = replace(inside[-1], end=end - start)
    label, begin, ends, stress = phone_columns(inside)
    return Utterance(
        mel=mel_of(samples).astype(np.float16),
        phone_label=label,
        phone_start=begin,
        phone_end=ends,
        phone_stress=stress,
        words=words,
        loudness=loudness(samples).astype(np.float16),
        pitch=pitch(samples).astype(np.float16),
        voice=person,
        split=split_by_name(clip.identity),
        style=person,
        emotion=clip.emotion,
        intensity=clip.intensity,
        prosody=clip.emotion,
        text=" ".join(word.text for word in words),
        duration=float(ends[-1]),
        delta=filmed.delta[first:stop].astype(np.float16),
    )


def _other_faces(
    clip: VideoClip, filmed: FilmedSpeech, settings: VideoSettings, widths: Mapping[str, float]
) -> list[tuple[float, bool]]:
    """Other people's mouths relative to this one's, and whether they show the motion mirrored."""
    others = sorted(who for who in widths if who != clip.identity and split_by_name(who) is split_by_name(clip.identity))
    chance = np.random.default_rng((settings.seed, int(content_hash(str(clip.path.name))[:8], 16)))
    chosen = chance.permutation(len(others))[: settings.driven]
    return [(widths[others[i]] / filmed.mouth_width, bool(chance.random() < 0.5)) for i in chosen]


def driven(utterance: Utterance, width: float, mirrored: bool) -> Utterance:
    """An utterance as another face plays it: lips and jaw in proportion to its mouth, the sound unchanged.

    Parameters
    ----------
    utterance
        With measured motion.
    width
        Width of the other mouth relative to the own one.
    mirrored
        Whether left and right change places.
    """
    if utterance.delta is None:
        raise ValueError("only measured motion can be played on another face")
    delta = utterance.delta.astype(np.float32)
    delta[:, list(MESH.indices(Region.LIPS, Region.JAW))] *= np.float32(width)
    if mirrored:
        delta = delta[:, list(keypoint_partners())] * np.array([-1.0, 1.0, 1.0], np.float32)
    return replace(utterance, delta=delta.astype(np.float16))
