"""What deformation asks of learned motion, and how: plain values and a protocol, so that it needs to know no network.

Everything here counts frames at :data:`LAC_RATE`, in the MESH layout, face frame, unit E. Clips of other rates are
sampled from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, KeypointsF32
from pctalk_studio.core.speech import ARPABET, SILENCE, Phone

ArrayF32 = npt.NDArray[np.float32]

LAC_RATE = 25
"""Frames a second of all learned motion."""

MEL_BANDS = 80
MEL_RATE = 80
"""Bands, and rows a second, of the mel spectrogram that the networks hear."""

PHONE_CLASSES = (*ARPABET, SILENCE)
"""Columns of phone shares."""

EMOTION_CLASSES = ("angry", "contempt", "disgusted", "fear", "happy", "neutral", "sad", "surprised")
"""Columns of emotion conditions, MEAD's eight in alphabetical order; the smirk of contempt is on the subject's right."""

NEUTRAL = EMOTION_CLASSES.index("neutral")


@dataclass(frozen=True, slots=True, eq=False)
class StyleCode:
    """How somebody speaks: a style that the networks were trained with, by name, or one found in motion.

    Parameters
    ----------
    name
        One of :attr:`MotionPredictor.styles`; empty when there is an embedding.
    embedding
        [D] float32 from :meth:`MotionPredictor.style_of`; None when there is a name.
    """

    name: str = ""
    embedding: ArrayF32 | None = None

    def __post_init__(self) -> None:
        if (self.name == "") == (self.embedding is None):
            raise ValueError("a style code is either a name or an embedding")


@dataclass(frozen=True, slots=True, eq=False)
class FacePoints:
    """A face as the networks know it.

    Parameters
    ----------
    k_ori
        [21, 3] float32 keypoints as they are in the picture, face frame, unit E.
    k_c
        [21, 3] float32 keypoints of the same face with its lips closed and at ease (paper equation 1's K_c, here upright).
    """

    k_ori: KeypointsF32
    k_c: KeypointsF32

    def __post_init__(self) -> None:
        if self.k_ori.shape != (KEYPOINT_COUNT, 3) or self.k_c.shape != (KEYPOINT_COUNT, 3):
            raise ValueError(f"keypoints of shapes {self.k_ori.shape} and {self.k_c.shape}")


@dataclass(frozen=True, slots=True, eq=False)
class LipRequest:
    """One recording for one face.

    Parameters
    ----------
    mel
        [M, 80] float32, the whole recording's mel spectrogram, values -4 to 4.
    phones
        [T, 40] float32 as from :func:`phone_shares`, or zeros where no phones are known. T is the number of frames asked for.
    style
        How it is spoken.
    face
        Who says it.
    """

    mel: ArrayF32
    phones: ArrayF32
    style: StyleCode
    face: FacePoints

    def __post_init__(self) -> None:
        check_heard(self.mel, self.phones)


@dataclass(frozen=True, slots=True, eq=False)
class ExpressionRequest:
    """Emotions to be felt while one recording is spoken.

    Parameters
    ----------
    mel, phones, style
        As for :class:`LipRequest`.
    emotions
        [E, T, 8] float32: for each expression asked for, the intensity of each emotion (1 is MEAD's level 3) in each frame.
        ``neutral`` is the absence of the others; its column is not read.
    """

    mel: ArrayF32
    phones: ArrayF32
    style: StyleCode
    emotions: ArrayF32

    def __post_init__(self) -> None:
        check_heard(self.mel, self.phones)
        if self.emotions.ndim != 3 or self.emotions.shape[1:] != (len(self.phones), len(EMOTION_CLASSES)):
            raise ValueError(f"emotions of shape {self.emotions.shape} for {len(self.phones)} frames")


def check_heard(mel: ArrayF32, phones: ArrayF32) -> None:
    """Refuse a mel spectrogram or phone shares of another form than the networks hear.

    Raises
    ------
    ValueError
        When a shape is wrong.
    """
    if mel.ndim != 2 or mel.shape[1] != MEL_BANDS or not len(mel):
        raise ValueError(f"mel spectrogram of shape {mel.shape}")
    if phones.ndim != 2 or phones.shape[1] != len(PHONE_CLASSES) or not len(phones):
        raise ValueError(f"phone shares of shape {phones.shape}")


class MotionPredictor(Protocol):
    """Motion out of sound. Results depend on the request alone: equal requests, equal bits, in any order."""

    @property
    def styles(self) -> tuple[str, ...]:
        """Names of the styles that can be asked for."""
        ...

    @property
    def identity(self) -> str:
        """Content hash of the weights, so that what was kept from other weights is known as such."""
        ...

    def lips(self, request: LipRequest) -> KeypointsF32:
        """D_l = K_refine - K_ori, [T, 21, 3] float32: absolute lip shapes for this face; zero except at lips and chin."""
        ...

    def rest(self, style: StyleCode, face: FacePoints) -> KeypointsF32:
        """D_l of a face in silence, [21, 3] float32: what :meth:`lips` takes for closed, relaxed lips."""
        ...

    def expression(self, request: ExpressionRequest) -> KeypointsF32:
        """D_e = CPred(emotion) - CPred(neutral) (paper equation 9), [E, T, 21, 3] float32; exactly 0 for neutral."""
        ...

    def style_of(self, delta: KeypointsF32) -> StyleCode:
        """The style of motion [T, 21, 3] of the canonical face, as an embedding; at least one second of it."""
        ...


_CLASS_OF = {label: index for index, label in enumerate(PHONE_CLASSES)}


def phone_shares(phones: Sequence[Phone], frames: int) -> ArrayF32:
    """How much of each frame each phone fills.

    Parameters
    ----------
    phones
        Labels outside of ARPAbet count as none.
    frames
        T, frames from 0 on at :data:`LAC_RATE`.

    Returns
    -------
    ArrayF32
        [T, 40] shares of the interval [t/25, (t+1)/25); what no phone fills is missing from the row's sum.
    """
    shares = np.zeros((frames, len(PHONE_CLASSES)), np.float64)
    edges = np.arange(frames + 1) / LAC_RATE
    for phone in phones:
        if phone.label not in _CLASS_OF or phone.end <= phone.start:
            continue
        first = max(0, int(np.searchsorted(edges, phone.start, side="right")) - 1)
        last = min(frames, int(np.searchsorted(edges, phone.end, side="left")))
        overlap = np.minimum(edges[first + 1 : last + 1], phone.end) - np.maximum(edges[first:last], phone.start)
        shares[first:last, _CLASS_OF[phone.label]] += np.maximum(overlap, 0.0) * LAC_RATE
    return shares.astype(np.float32)
