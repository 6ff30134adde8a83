"""Emotions measured on the pixels of finished clips: ``python -m pytest -m slow -n 0 -s tests/corpus -k emotions``.

Nine portraits, laughing, frowning, drawn and with glasses among them, speak TIMIT sentences neutrally and under every emotion.
All is measured as :func:`pctalk_studio.evaluation.compare_clips` measures it for users: what an emotion changed by the skin's own
displacement, what it left alone by the mouth's opening. Every clip must pass; there are no allowances.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pctalk_studio.analysis.face.find import find_face
from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, Gaze, HeadMotion, Project
from pctalk_studio.evaluation.pairs import leakage, lip_metrics, read_back
from pctalk_studio.evaluation.skin_motion import Shift, skin_motion
from pctalk_studio.evaluation.track import ClipTrack, track_clip
from pctalk_studio.export.clip import export_clip
from pctalk_studio.interchange.timit import read_timit
from pctalk_studio.media.pictures import read_picture
from pctalk_studio.media.sound import read_sound
from pctalk_studio.render.framing import Framing, frame_source
from pctalk_studio.render.mesh import MeshRenderer

PORTRAITS = (
    "ai_female_2.jpg", "ai_male_7.jpg", "real_089.jpg", "art_3.png", "ai_male_60.jpg", "sad1.png", "ai_female_69.jpg",
    "real_009.jpg", "real_057.jpg",
)  # fmt: skip
SENTENCES = ("dr2-marc0/sx18", "dr3-falk0/sx276", "dr7-fblv0/sx248")
FELT = [emotion for emotion in Emotion if emotion is not Emotion.NEUTRAL]
GRADES = (0.4, 0.7, 1.0, 1.3)
ALONE = (
    (Emotion.HAPPY, EmotionRegion.MOUTH),
    (Emotion.SURPRISED, EmotionRegion.BROWS),
    (Emotion.FEAR, EmotionRegion.EYES),
    (Emotion.HAPPY, EmotionRegion.CHEEKS),
    (Emotion.DISGUSTED, EmotionRegion.NOSE),
)


@dataclass(frozen=True)
class Reading:
    """An emotion read back: the nearest, the likeness to what was meant, and what it did to the lips."""

    meant: Emotion
    nearest: Emotion
    likeness: float
    lips: float
    changed: float


@dataclass(frozen=True)
class Found:
    """All that was measured on one portrait.

    Parameters
    ----------
    readings
        Of the emotions, against the neutral clip.
    moving
        The nearest emotion where the head moves and the eyes blink, for two emotions.
    calm, smile
        How far the neutral clip is from one without any emotion, E, and how much that is like the end of a smile, -1 to 1.
    sizes
        Shift at each of GRADES, E.
    leaks
        Happy mouth with sad eyes and brows, and one region alone.
    """

    name: str
    readings: list[Reading]
    moving: dict[Emotion, Emotion]
    calm: float
    smile: float
    graded: Emotion
    sizes: list[float]
    leaks: list[float]


class Studio:
    """One portrait and one sentence, filmed under any emotions."""

    def __init__(self, portrait: Path, spoken: Path, out: Path) -> None:
        picture = read_picture(portrait)
        self.rig = find_face(picture.rgb, picture.content_hash)
        self.face = MeshRenderer().prepare(frame_source(picture, self.rig, Framing(crop_to_face=True)))
        self.sound = read_sound(spoken.with_suffix(".wav"))
        # TIMIT's text files begin with the first and last sample.
        text = spoken.with_suffix(".txt").read_text().split(maxsplit=2)[2]
        self.phones = read_timit(spoken.with_suffix(".phn"))
        self.speech = speech_facts(self.sound.mono(16000), text, self.sound.content_hash)
        self.out = out / portrait.stem
        self.out.mkdir()

    def filmed(self, *clips: EmotionClip, moving: bool = False) -> Path:
        """A finished clip; ``moving`` gives it a lively head and blinks."""
        still = Project(head=HeadMotion.STILL, gaze=Gaze.CAMERA, blink=False, emotions=clips)
        project = Project(head=HeadMotion.LIVELY, emotions=clips) if moving else still
        clip = self.out / f"{len(list(self.out.iterdir()))}.mp4"
        export_clip(self.face, evaluate(project, self.rig, self.speech), self.sound, clip)
        return clip


def shift_between(neutral: Path, other: Path) -> Shift:
    return skin_motion(neutral, other).shift()


def read(meant: Emotion, neutral: Path, calm: ClipTrack, other: Path, studio: Studio) -> Reading:
    """Read an emotion back from a finished clip."""
    nearest, scores = read_back(shift_between(neutral, other))
    lips = {metric.code: metric.value for metric in lip_metrics(calm, track_clip(other), studio.phones)}
    assert lips["M17"] is not None
    assert lips["M17closures"] is not None
    return Reading(meant, nearest, scores[meant], lips["M17"], lips["M17closures"])


def one_portrait(number: int, media: Path, out: Path) -> Found:
    """Film and measure one portrait."""
    spoken = media / "alignment" / "timit" / SENTENCES[number % len(SENTENCES)]
    studio = Studio(media / "portraits" / PORTRAITS[number], spoken, out)
    plain, neutral = studio.filmed(), studio.filmed(EmotionClip(Emotion.NEUTRAL))
    track = track_clip(neutral)
    felt = {emotion: studio.filmed(EmotionClip(emotion)) for emotion in FELT}
    readings = [read(emotion, neutral, track, clip, studio) for emotion, clip in felt.items()]
    graded, swaying = FELT[number % len(FELT)], studio.filmed(EmotionClip(Emotion.NEUTRAL), moving=True)
    moving = {
        emotion: read_back(shift_between(swaying, studio.filmed(EmotionClip(emotion), moving=True)))[0]
        for emotion in (graded, FELT[(number + 3) % len(FELT)])
    }
    grades = [felt[graded] if grade == 1.0 else studio.filmed(EmotionClip(graded, grade)) for grade in GRADES]
    calm = shift_between(neutral, plain)
    alone, region = ALONE[number % len(ALONE)]
    mouth, eyes = frozenset({EmotionRegion.MOUTH}), frozenset({EmotionRegion.EYES, EmotionRegion.BROWS})
    mixed = studio.filmed(EmotionClip(Emotion.HAPPY, regions=mouth), EmotionClip(Emotion.SAD, regions=eyes))
    single = studio.filmed(EmotionClip(alone, regions=frozenset({region})))
    leaks = [leakage(shift_between(plain, mixed), mouth | eyes), leakage(shift_between(plain, single), {region})]
    smile, sizes = read_back(calm)[1][Emotion.HAPPY], [shift_between(plain, clip).size for clip in grades]
    return Found(PORTRAITS[number], readings, moving, calm.size, smile, graded, sizes, leaks)


def nearest_of(one: Found) -> list[tuple[Emotion, Emotion]]:
    """What was meant and what was read, with heads still and moving."""
    return [*((r.meant, r.nearest) for r in one.readings), *one.moving.items()]


def told(found: Sequence[Found]) -> str:
    """Table of all figures."""
    lines = []
    for one in found:
        likeness = " ".join(f"{r.meant:.3} {r.likeness:.2f}" for r in one.readings)
        wrong = [f"{meant} read as {nearest}" for meant, nearest in nearest_of(one) if nearest is not meant]
        lips = [round(r.lips, 3) for r in one.readings]
        grades = f"{one.graded} {np.round(one.sizes, 3).tolist()}"
        calm = f"neutral {one.calm:.3f} like a smile {one.smile:.2f}"
        lines.append(f"{one.name:16} {likeness}; {grades}; leaks {np.round(one.leaks, 3).tolist()}; {calm}")
        lines.append(f"{'':16} lips {lips}, closures changed {[r.changed for r in one.readings]}; wrong {wrong}")
    return "\n".join(lines)


@pytest.mark.slow
def test_emotions_are_seen_and_leave_speech_alone(shared_media, tmp_path, capsys):
    count = len(PORTRAITS)
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        found = list(pool.map(one_portrait, range(count), [shared_media] * count, [tmp_path] * count))
    with capsys.disabled():
        print("\n" + told(found))  # noqa: T201
    for one in found:
        assert all(nearest is meant for meant, nearest in nearest_of(one)), one.name
        for reading in one.readings:
            assert reading.likeness >= 0.75, (one.name, reading)
            assert reading.lips >= 0.95, (one.name, reading)
            assert reading.changed == 0, (one.name, reading)
        # Neutral changes nothing in a face at rest; from a smiling one it takes the smile.
        assert one.calm < 0.002 or one.smile > 0.6, one.name
        assert np.all(np.diff(one.sizes) > 0), one.name
        assert max(one.leaks) <= 0.05, one.name
    for emotion in FELT:
        own = [reading.likeness for one in found for reading in one.readings if reading.meant is emotion]
        assert np.mean(own) >= 0.9, emotion
