"""A stand-in for trained networks: opens the mouth for vowels that it is told of, or for loud sound, and smiles when told to."""

from __future__ import annotations

import numpy as np

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH, KeypointsF32
from pctalk_studio.core.prediction import (
    EMOTION_CLASSES,
    MEL_BANDS,
    NEUTRAL,
    PHONE_CLASSES,
    ExpressionRequest,
    FacePoints,
    LipRequest,
    StyleCode,
)
from pctalk_studio.core.speech import VOWELS
from pctalk_studio.deformation.lac.learned import Ear

_VOWEL = np.array([phone in VOWELS for phone in PHONE_CLASSES], np.float32)
REST = 0.004
"""Gap that it takes for closed, as networks err."""


def toy_ear() -> Ear:
    """A recording of silence, heard by the toy networks."""
    return Ear(np.full((400, MEL_BANDS), -4.0, np.float32), ToyMotion())


class ToyMotion:
    """See the module; counts what it is asked."""

    styles = ("Clear", "Mumbling")
    identity = "toy"

    def __init__(self, widest: float = 0.15) -> None:
        self.widest = widest
        self.asked: list[LipRequest | ExpressionRequest] = []

    def lips(self, request: LipRequest) -> KeypointsF32:
        """The lower lip and the chin fall with vowels, half as far in another style than "Clear"."""
        self.asked.append(request)
        return self._opened(request.phones @ _VOWEL if request.phones.any() else self._loud(request), request.style)

    def rest(self, style: StyleCode, face: FacePoints) -> KeypointsF32:
        """What it takes for closed."""
        return self._opened(np.zeros(1, np.float32), style)[0]

    def expression(self, request: ExpressionRequest) -> KeypointsF32:
        """The right corner of the mouth and brow rise with any emotion, by 0.1 E at intensity 1."""
        self.asked.append(request)
        out = np.zeros((*request.emotions.shape[:2], KEYPOINT_COUNT, 3), np.float32)
        level = np.delete(request.emotions, NEUTRAL, axis=2).sum(axis=2)
        for name in ("lip_corner_right", "brow_inner_right"):
            out[:, :, MESH.index(name), 1] = -0.1 * level
        assert request.emotions.shape[2] == len(EMOTION_CLASSES)
        return out

    def style_of(self, delta: KeypointsF32) -> StyleCode:
        """The mean of the motion's first numbers."""
        return StyleCode(embedding=np.asarray(delta.reshape(len(delta), -1)[:, :4].mean(axis=0), np.float32))

    def _loud(self, request: LipRequest) -> np.ndarray:
        rows = np.minimum(np.round(np.arange(len(request.phones)) * 3.2).astype(int), len(request.mel) - 1)
        return (request.mel[rows].mean(axis=1) > -3).astype(np.float32)

    def _opened(self, open_: np.ndarray, style: StyleCode) -> KeypointsF32:
        gap = REST + self.widest * open_ * (1.0 if style.name == "Clear" else 0.5)
        out = np.zeros((len(open_), KEYPOINT_COUNT, 3), np.float32)
        for name, part in (("lip_lower_mid", 1.0), ("lip_lower_right", 0.72), ("lip_lower_left", 0.72), ("chin", 0.5)):
            out[:, MESH.index(name), 1] = part * gap
        return out
