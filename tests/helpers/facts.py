"""Faces and recordings as plain facts, without any picture or sound."""

from __future__ import annotations

import numpy as np

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import rotation_of
from pctalk_studio.core.speech import FEATURE_RATE, SILENCE, Alignment, SpeechFacts
from pctalk_studio.core.topology import face_topology


def frontal_rig(size: int = 512) -> FaceRig:
    """The mean face, seen from the front, in the middle of a square picture."""
    shape = face_topology().vertices
    scale, translation = size * 0.25, np.array([size / 2, size * 0.42, 0.0])
    landmarks = (scale * shape + translation).astype(np.float32)
    return FaceRig("mean face", (size, size), landmarks, rotation_of(0, 0, 0), scale, translation, shape, shape, "mesh", 1.0)


def spoken(alignment: Alignment) -> SpeechFacts:
    """A voice of even loudness and pitch that speaks where the phones are no silence."""
    times = (np.arange(int(alignment.duration * FEATURE_RATE) + 1)) / FEATURE_RATE
    ends = np.array([phone.end for phone in alignment.phones])
    owner = np.minimum(np.searchsorted(ends, times, side="right"), len(ends) - 1)
    speaking = np.array([phone.label != SILENCE for phone in alignment.phones])[owner]
    loudness = np.where(speaking, -20.0, -70.0).astype(np.float32)
    pitch = np.where(speaking, 120.0, np.nan).astype(np.float32)
    return SpeechFacts(alignment, loudness, pitch, speaking, "an even voice")
