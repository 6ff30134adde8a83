"""Emotions that a network makes: D_e = CPred(emotion) - CPred(neutral) (paper, equation 9), instead of the tables' action units.

The network hears the recording and gives, for each emotion that is felt, how the face moves at intensity 1. Intensity, regions,
painted masks, fades and envelopes act on that exactly as on action units, and so does the closure that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.prediction import EMOTION_CLASSES, LAC_RATE, ExpressionRequest, phone_shares
from pctalk_studio.core.speech import Alignment
from pctalk_studio.core.topology import keypoint_partners
from pctalk_studio.deformation.emc.mood import FeltEmotion
from pctalk_studio.deformation.lac.learned import Ear, heard_frames, style_code
from pctalk_studio.document.learned import LearnedStyle
from pctalk_studio.document.project import Emotion, EmotionClip, Side

ArrayF64 = npt.NDArray[np.float64]
Learned = dict[Emotion, ArrayF64]
"""Displacement [T, 21, 3] at LAC_RATE and intensity 1, by emotion."""


def emotions_to_learn(clips: Sequence[EmotionClip]) -> tuple[Emotion, ...]:
    """Emotions that a network is to make: those of clips that show no look of their own, in a fixed order."""
    felt = {clip.emotion for clip in clips if not clip.look and clip.emotion is not Emotion.NEUTRAL}
    return tuple(emotion for emotion in Emotion if emotion in felt)


def learned_expressions(ear: Ear, alignment: Alignment, style: LearnedStyle | None, emotions: Sequence[Emotion]) -> Learned:
    """How a network moves the face for some emotions.

    Parameters
    ----------
    ear
        Recording and networks.
    alignment
        The phones that they are told.
    style
        A style that was learned from a clip; None: the plain one.
    emotions
        Those that are asked for.
    """
    if not emotions:
        return {}
    frames = heard_frames(alignment)
    asked = np.zeros((len(emotions), frames, len(EMOTION_CLASSES)), np.float32)
    for row, emotion in enumerate(emotions):
        asked[row, :, EMOTION_CLASSES.index(emotion)] = 1.0
    request = ExpressionRequest(ear.mel, phone_shares(alignment.phones, frames), style_code(style, ear.predictor), asked)
    return dict(zip(emotions, ear.predictor.expression(request).astype(np.float64), strict=True))


def felt_by_network(
    felt: Sequence[FeltEmotion], clips: Sequence[EmotionClip], learned: Learned, share: float, times: ArrayF64
) -> tuple[FeltEmotion, ...]:
    """Emotions that are made by a network, as far as the document asks for it.

    Parameters
    ----------
    felt, clips
        Composed emotions and the clips that they come from, in the same order.
    learned
        From :func:`learned_expressions`.
    share
        0 to 1, the network's part.
    times
        [T] seconds that the output frames show.
    """
    out = []
    for each, clip in zip(felt, clips, strict=True):
        if clip.look or clip.emotion not in learned:
            out.append(each)
            continue
        moved = _at(learned[clip.emotion], times)
        if clip.side is Side.LEFT:
            moved = _mirrored(moved)
        # What the tables do to articulation is in what the network gives.
        spec, left = each.spec, 1.0 - share
        calm = replace(
            spec,
            open_gain=1.0 + left * (spec.open_gain - 1.0),
            open_bias=left * spec.open_bias,
            width_bias=left * spec.width_bias,
        )
        out.append(replace(each, spec=calm, learned=moved, share=share))
    return tuple(out)


def _at(motion: ArrayF64, times: ArrayF64) -> ArrayF64:
    """Motion at LAC_RATE at other times, [T, 21, 3]; straight between frames."""
    place = np.clip(times * LAC_RATE, 0.0, len(motion) - 1.0)
    before = np.minimum(place.astype(np.intp), max(0, len(motion) - 2))
    after = np.minimum(before + 1, len(motion) - 1)
    part = (place - before)[:, None, None]
    return np.asarray(motion[before] * (1.0 - part) + motion[after] * part)


def _mirrored(motion: ArrayF64) -> ArrayF64:
    return np.asarray(motion[:, list(keypoint_partners())] * np.array([-1.0, 1.0, 1.0]))
