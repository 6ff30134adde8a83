"""Faces and recordings made of nothing but numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import LANDMARK_COUNT, MESH
from pctalk_studio.core.speech import SILENCE, Alignment, Phone, SpeechFacts, Word

CENTRES = {
    "lip_upper_mid": (0.0, 0.71, -0.30), "lip_lower_mid": (0.0, 0.78, -0.29), "lip_corner_right": (-0.27, 0.73, -0.14),
    "lip_corner_left": (0.27, 0.73, -0.14), "lip_upper_right": (-0.17, 0.71, -0.24), "lip_upper_left": (0.17, 0.71, -0.24),
    "lip_lower_right": (-0.17, 0.76, -0.24), "lip_lower_left": (0.17, 0.76, -0.24), "chin": (0.0, 1.17, -0.21),
}  # fmt: skip
INNER = {"upper": (80, 81, 13, 311, 310), "lower": (88, 178, 14, 402, 318)}


def make_rig(gap: float = 0.0, stretch: float = 0.0) -> FaceRig:
    """A face whose photo shows lips ``gap`` apart and corners ``stretch`` further out than when relaxed, unit E."""
    shape = np.zeros((LANDMARK_COUNT, 3))
    for keypoint in MESH.keypoints:
        shape[list(keypoint.landmarks)] = CENTRES.get(keypoint.name, (0.2, 0.1, 0.0))
    across = np.array([-0.2, -0.14, 0.0, 0.14, 0.2])
    for row in INNER.values():
        for landmark, x in zip(row, across, strict=True):
            shape[landmark] = (x, 0.74, -0.25)
    shape[78], shape[308], shape[33], shape[263] = (-0.27, 0.74, -0.14), (0.27, 0.74, -0.14), (-0.5, 0, 0), (0.5, 0, 0)
    neutral = shape.copy()
    profile = np.array([0.7, 0.85, 1.0, 0.85, 0.7]) * gap
    shape[list(INNER["upper"]), 1] -= 0.4 * profile
    shape[list(INNER["lower"]), 1] += 0.6 * profile
    shape[78, 0] -= stretch / 2
    shape[308, 0] += stretch / 2
    landmarks = (200.0 * shape + 256.0).astype(np.float32)
    return FaceRig(
        "made", (512, 512), landmarks, np.eye(3), 200.0, np.full(3, 256.0),
        shape.astype(np.float32), neutral.astype(np.float32), "mesh", 1.0,
    )  # fmt: skip


def make_speech(
    phones: Sequence[tuple[str, float]] | Sequence[Phone],
    words: Sequence[Word] = (),
    loud: Callable[[float], float] | None = None,
) -> SpeechFacts:
    """A recording of phones given with their lengths in seconds; voiced and equally loud unless told."""
    listed: list[Phone] = []
    edge = 0.0
    for item in phones:
        if isinstance(item, Phone):
            listed.append(item)
        else:
            stress = 1 if item[0][0] in "AEIOU" else None
            listed.append(Phone(item[0], edge, edge + item[1], stress))
        edge = listed[-1].end
    samples = int(edge * 100)
    at = np.arange(samples) / 100
    speaking = np.zeros(samples, np.bool_)
    for phone in listed:
        if phone.label != SILENCE:
            speaking[(at >= phone.start) & (at < phone.end)] = True
    level = np.array([loud(t) if loud else -20.0 + 3.0 * np.sin(9 * t) for t in at])
    loudness = np.where(speaking, level, -70.0).astype(np.float32)
    pitch = np.where(speaking, 120.0 + 20.0 * np.sin(3.0 * at), np.nan).astype(np.float32)
    return SpeechFacts(Alignment(edge, tuple(words), tuple(listed)), loudness, pitch, speaking, "made")


@pytest.fixture(scope="session")
def face() -> FaceRig:
    """Closed lips."""
    return make_rig()


@pytest.fixture(scope="session")
def laughing() -> FaceRig:
    """A photo of a laugh."""
    return make_rig(gap=0.16, stretch=0.08)


@pytest.fixture(scope="session")
def rig_of() -> Callable[..., FaceRig]:
    """Make a rig."""
    return make_rig


@pytest.fixture(scope="session")
def speech_of() -> Callable[..., SpeechFacts]:
    """Make a recording."""
    return make_speech


SENTENCE = (
    ("SIL", 0.5), ("P", 0.08), ("AA", 0.12), ("S", 0.09), ("B", 0.07), ("IY", 0.11), ("T", 0.06), ("M", 0.06), ("UW", 0.12),
    ("F", 0.09), ("AE", 0.14), ("N", 0.05), ("SIL", 0.6), ("W", 0.07), ("AH", 0.06), ("V", 0.06), ("EY", 0.16), ("SH", 0.1),
    ("AO", 0.13), ("L", 0.06), ("D", 0.05), ("SIL", 0.5),
)  # fmt: skip


@pytest.fixture(scope="session")
def sentence() -> SpeechFacts:
    """Three seconds with one of everything."""
    words = (Word("one", 0.5, 1.55), Word("two", 2.0, 3.0))
    return make_speech(SENTENCE, words)
