"""How fast a minute of motion is solved, in processor time.

``python -m pytest -m perf -n 0 -s tests/perf/test_motion_speed.py``
"""

from __future__ import annotations

import time

import numpy as np
import pytest

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.speech import Alignment, Phone, SpeechFacts, Word
from pctalk_studio.core.topology import face_topology
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, HeadMotion, Project

SYLLABLES = (
    ("SIL", 0.15),
    ("B", 0.07),
    ("AY", 0.14),
    ("S", 0.08),
    ("T", 0.05),
    ("M", 0.06),
    ("UW", 0.1),
    ("F", 0.08),
    ("AE", 0.12),
)
REPEATS = 70


def minute() -> SpeechFacts:
    """A minute of syllables with a rising and falling voice."""
    phones: list[Phone] = []
    for label, length in SYLLABLES * REPEATS:
        start = phones[-1].end if phones else 0.0
        phones.append(Phone(label, start, start + length))
    words = tuple(Word("bye", p.start, p.end) for p in phones if p.label == "AY")
    at = np.arange(int(phones[-1].end * 100)) / 100
    loudness = (-25 + 8 * np.sin(3 * at)).astype(np.float32)
    pitch = (120 + 20 * np.sin(2 * at)).astype(np.float32)
    return SpeechFacts(Alignment(phones[-1].end, words, tuple(phones)), loudness, pitch, loudness > -31, "minute")


def face() -> FaceRig:
    """The mean face, 200 pixels to E."""
    shape = np.zeros((478, 3))
    vertices = face_topology().vertices
    shape[: len(vertices)] = vertices
    landmarks = (200 * shape + 256).astype(np.float32)
    mean = shape.astype(np.float32)
    return FaceRig("mean", (512, 512), landmarks, np.eye(3), 200.0, np.full(3, 256.0), mean, mean, "mesh", 1.0)


@pytest.mark.perf
def test_a_minute_is_solved_in_a_thousandth_of_its_length():
    speech, rig = minute(), face()
    eyes = frozenset({EmotionRegion.EYES, EmotionRegion.BROWS})
    clips = (EmotionClip(Emotion.HAPPY), EmotionClip(Emotion.SAD, regions=eyes, start=10.0))
    ratios = []
    for project in (Project(), Project(emotions=clips, head=HeadMotion.LIVELY)):
        evaluate(project, rig, speech)
        times = []
        for _ in range(5):
            start = time.process_time()
            evaluate(project, rig, speech)
            times.append(time.process_time() - start)
        ratios.append(min(times) / speech.alignment.duration)
    plain, emotional = ratios
    print(f"\nmotion of {speech.alignment.duration:.0f} s: {plain:.6f} x its length, with two emotions {emotional:.6f}")  # noqa: T201
    assert max(ratios) <= 0.001
