"""Emotions measured on the pixels of finished clips: ``python -m pytest -m slow -n 0 -s tests/corpus -k emotions``.

Nine portraits, laughing, frowning, painted and with glasses among them, speak TIMIT sentences neutrally and under every emotion.
Two instruments look at the clips. Optical flow between the same frame of two clips follows the skin itself, at the 21 keypoints.
The landmark network finds the face anew in every frame; it judges faces as a whole, hardly sees cheeks, nose and the inward way
of brows, and so is trusted with the nearest emotion and with the lips, but not with single regions.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import pytest

from pctalk_studio.analysis.face import FaceTracker
from pctalk_studio.analysis.face.find import find_face
from pctalk_studio.analysis.face.pose import fit_pose
from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.core.keypoints import LANDMARK_COUNT, MESH
from pctalk_studio.core.speech import Alignment
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, Gaze, HeadMotion, Project
from pctalk_studio.evaluation.pairs import Shift, leakage, pair_metrics, read_back, shift_between
from pctalk_studio.evaluation.track import ClipTrack, track_clip
from pctalk_studio.export.clip import export_clip
from pctalk_studio.interchange.timit import read_timit
from pctalk_studio.media.pictures import read_picture
from pctalk_studio.media.reader import MovieReader
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
EVERY = 4
"""Frames from one look of the optical flow to the next."""


@dataclass(frozen=True)
class Filmed:
    """A finished clip: some of its frames, and what the landmark network sees in it."""

    frames: list[np.ndarray]
    track: ClipTrack

    @classmethod
    def of(cls, clip: Path) -> Filmed:
        return cls([frame.rgb for frame in MovieReader(clip) if frame.index % EVERY == 0], track_clip(clip))

    @cached_property
    def points(self) -> list[np.ndarray]:
        """Landmarks of the frames."""
        with FaceTracker(looks=2) as tracker:
            found = [tracker.landmarks_of(frame) for frame in self.frames]
        assert all(points is not None for points in found)
        return found


def flow_between(neutral: Filmed, other: Filmed) -> Shift:
    """Mean displacement of the keypoints by dense optical flow (DIS, Kroeger et al. 2016) from frame to same frame."""
    flow_of = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    # At half resolution, which is the preset's finest, low brows and lids are one.
    flow_of.setFinestScale(0)
    moved = []
    for before, after, points in zip(neutral.frames, other.frames, neutral.points, strict=True):
        grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (before, after)]
        flow = flow_of.calc(grey[0], grey[1], None)
        place = np.clip(points[:, :2], 0, np.array(before.shape[1::-1]) - 1).astype(np.float32)
        way = np.zeros((LANDMARK_COUNT, 3))
        way[:, :2] = cv2.remap(flow, place[:, None, 0], place[:, None, 1], cv2.INTER_LINEAR)[:, 0]
        pose = fit_pose(points)
        moved.append(MESH.of_landmarks(way @ pose.rotation.T / pose.scale)[:, :2])
    return Shift(np.mean(moved, axis=0, dtype=np.float64))


@dataclass(frozen=True)
class Reading:
    """An emotion read back: the nearest by each instrument, the likeness to what was meant, and what it did to the lips."""

    meant: Emotion
    by_flow: Emotion
    by_landmarks: Emotion
    likeness: float
    lips: float
    lost: float


@dataclass(frozen=True)
class Found:
    """All that was measured on one portrait.

    Parameters
    ----------
    readings
        Of the emotions, against the neutral clip.
    calm, smile
        How far the neutral clip is from one without any emotion, E, and how much that is like the end of a smile, -1 to 1.
    sizes
        Shift at each of GRADES, E.
    leaks
        Happy mouth with sad eyes and brows, and one region alone.
    """

    name: str
    readings: list[Reading]
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
        self.speech = speech_facts(self.sound.mono(16000), text, self.sound.content_hash)
        self.clip = out / f"{portrait.stem}.mp4"

    def filmed(self, *clips: EmotionClip) -> Filmed:
        project = Project(head=HeadMotion.STILL, gaze=Gaze.CAMERA, blink=False, emotions=clips)
        export_clip(self.face, evaluate(project, self.rig, self.speech), self.sound, self.clip)
        found = Filmed.of(self.clip)
        self.clip.unlink()
        return found


def read(meant: Emotion, neutral: Filmed, other: Filmed, phones: Alignment) -> Reading:
    """Read an emotion back from a finished clip."""
    by_flow, scores = read_back(flow_between(neutral, other))
    by_landmarks, _ = read_back(shift_between(neutral.track, other.track))
    lips = {metric.code: metric.value for metric in pair_metrics(neutral.track, other.track, phones)}
    assert lips["M17"] is not None
    assert lips["M17closures"] is not None
    return Reading(meant, by_flow, by_landmarks, scores[meant], lips["M17"], lips["M17closures"])


def one_portrait(number: int, media: Path, out: Path) -> Found:
    """Film and measure one portrait."""
    spoken = media / "alignment" / "timit" / SENTENCES[number % len(SENTENCES)]
    studio = Studio(media / "portraits" / PORTRAITS[number], spoken, out)
    phones = read_timit(spoken.with_suffix(".phn"))
    plain, neutral = studio.filmed(), studio.filmed(EmotionClip(Emotion.NEUTRAL))
    readings, sizes = [], {}
    graded = FELT[number % len(FELT)]
    for emotion in FELT:
        felt = studio.filmed(EmotionClip(emotion))
        readings.append(read(emotion, neutral, felt, phones))
        if emotion is graded:
            sizes[1.0] = flow_between(plain, felt).size
    for grade in set(GRADES) - {1.0}:
        sizes[grade] = flow_between(plain, studio.filmed(EmotionClip(graded, grade))).size
    calm = flow_between(neutral, plain)
    alone, region = ALONE[number % len(ALONE)]
    mouth, eyes = frozenset({EmotionRegion.MOUTH}), frozenset({EmotionRegion.EYES, EmotionRegion.BROWS})
    mixed = studio.filmed(EmotionClip(Emotion.HAPPY, regions=mouth), EmotionClip(Emotion.SAD, regions=eyes))
    single = studio.filmed(EmotionClip(alone, regions=frozenset({region})))
    leaks = [leakage(flow_between(plain, mixed), mouth | eyes), leakage(flow_between(plain, single), {region})]
    smile = read_back(calm)[1][Emotion.HAPPY]
    return Found(PORTRAITS[number], readings, calm.size, smile, graded, [sizes[grade] for grade in GRADES], leaks)


def told(found: Sequence[Found]) -> str:
    """Table of all figures."""
    lines = []
    for one in found:
        likeness = " ".join(f"{r.meant:.3} {r.likeness:.2f}" for r in one.readings)
        wrong = [
            f"{r.meant}: flow {r.by_flow}, landmarks {r.by_landmarks}" for r in one.readings if r.by_landmarks is not r.meant
        ]
        lips = [round(r.lips, 3) for r in one.readings]
        grades = f"{one.graded} {np.round(one.sizes, 3).tolist()}"
        calm = f"neutral {one.calm:.3f} like a smile {one.smile:.2f}"
        lines.append(f"{one.name:16} {likeness}; {grades}; leaks {np.round(one.leaks, 3).tolist()}; {calm}")
        lines.append(f"{'':16} lips {lips}, lost {[r.lost for r in one.readings]}; wrong {wrong}")
    return "\n".join(lines)


@pytest.mark.slow
def test_emotions_are_seen_and_leave_speech_alone(shared_media, tmp_path, capsys):
    count = len(PORTRAITS)
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        found = list(pool.map(one_portrait, range(count), [shared_media] * count, [tmp_path] * count))
    with capsys.disabled():
        print("\n" + told(found))  # noqa: T201
    readings = [reading for one in found for reading in one.readings]
    assert all(reading.by_flow is reading.meant for reading in readings)
    assert np.mean([reading.by_landmarks is reading.meant for reading in readings]) >= 0.9
    for emotion in FELT:
        own = [reading for reading in readings if reading.meant is emotion]
        assert np.mean([reading.likeness for reading in own]) >= 0.9, emotion
        assert np.mean([reading.lips for reading in own]) >= 0.95, emotion
    for one in found:
        # Neutral changes nothing in a face at rest; from a smiling one it takes the smile.
        assert one.calm < 0.002 or one.smile > 0.6, one.name
        assert np.all(np.diff(one.sizes) > 0), one.name
        assert max(one.leaks) <= 0.05, one.name
    assert min(reading.lips for reading in readings) >= 0.9
    # The landmark network misses a closure now and then; those asked for are exact (tests/deformation).
    assert np.mean([reading.lost for reading in readings]) <= 0.05
