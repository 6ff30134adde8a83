"""Lips by ear: the channels of the mouth out of learned motion, in the place of what dominance blends from the phones.

The networks hear the recording, know the phones, and give D_l for the face (paper, section 3.2). It is read back as channels, so
that styles of words, lip scale, emotions and closures act on it exactly as on the phones' own: what a person has directed
is kept whoever moves the lips, and P B M close in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.prediction import LAC_RATE, ArrayF32, FacePoints, LipRequest, MotionPredictor, StyleCode, phone_shares
from pctalk_studio.core.sampling import between
from pctalk_studio.core.speech import Alignment, Phone
from pctalk_studio.deformation.direction import style_gains
from pctalk_studio.deformation.lac.articulation import Plan
from pctalk_studio.deformation.lac.dominance import Tracks
from pctalk_studio.deformation.lac.mapping import MouthGeometry
from pctalk_studio.deformation.lac.reading import tracks_of
from pctalk_studio.deformation.lac.targets import lip_targets
from pctalk_studio.deformation.smoothing import Smoothing, smoothed
from pctalk_studio.deformation.style import styled
from pctalk_studio.document.learned import LearnedStyle
from pctalk_studio.document.project import Project

ArrayF64 = npt.NDArray[np.float64]

PLAIN_STYLE = "Clear"
"""Style that the networks speak in when nobody asks for another: gains and scale of the document act on top of it."""

_JAW_WITH_OPEN = 0.9
"""Part of a change of openness by style that the jaw makes; as for the phones."""

_SMOOTHING = Smoothing()

_HEARD = ("recognised", "phone-loop")
"""How phones were found that nobody told."""

DOUBTED, BELIEVED = 0.3, 0.6
"""Trust in such phones up to which the lips go by the sound alone, and from which on by the phones.

What is recognised badly misleads: in 102 noisy synthetic recordings the opening correlated with the true one by 0.67 with these
phones, by 0.81 without them, and by 0.83 so; in 102 clean ones by 0.83, 0.86 and 0.89; in 59 real ones by 0.91, 0.82 and 0.90.
"""

_PASSING = 3
"""Frames over which belief passes from one to the other."""
_PASS = np.full(_PASSING, 1 / _PASSING)


@dataclass(frozen=True, slots=True, eq=False)
class Ear:
    """A recording as the networks hear it.

    Parameters
    ----------
    mel
        [M, 80] float32; see :mod:`pctalk_studio.media.mel`.
    predictor
        The networks.
    """

    mel: ArrayF32
    predictor: MotionPredictor


def style_code(style: LearnedStyle | None, predictor: MotionPredictor) -> StyleCode:
    """How the networks are to speak."""
    if style is not None:
        return StyleCode(embedding=np.array(style.embedding, np.float32))
    return StyleCode(PLAIN_STYLE if PLAIN_STYLE in predictor.styles else predictor.styles[0])


def heard_frames(alignment: Alignment) -> int:
    """Frames at LAC_RATE that cover a recording."""
    return max(1, ceil(alignment.duration * LAC_RATE))


def trust_in_phones(alignment: Alignment) -> float:
    """How far phones are believed, 0 to 1: those of a transcript or a file wholly, recognised ones as far as they are trusted."""
    if alignment.method not in _HEARD:
        return 1.0
    return float(np.clip((alignment.trust - DOUBTED) / (BELIEVED - DOUBTED), 0.0, 1.0))


def belief(alignment: Alignment, set_by_hand: Sequence[Phone] = ()) -> ArrayF32:
    """How far the phones are believed where they and the sound may differ, [T] float32 at LAC_RATE, 0 to 1.

    Parameters
    ----------
    alignment
        The phones. Those of a transcript or a file are believed; those that were recognised are as far as they are trusted.
    set_by_hand
        Those among them that a person has set, who is always believed.
    """
    frames, whole = heard_frames(alignment), trust_in_phones(alignment)
    if whole == 1.0:
        return np.ones(frames, np.float32)
    told = np.maximum(phone_shares(set_by_hand, frames).sum(axis=1), whole)
    return np.convolve(np.pad(told, _PASSING // 2, mode="edge"), _PASS, mode="valid").astype(np.float32)


def learned_tracks(
    ear: Ear, alignment: Alignment, style: LearnedStyle | None, rig: FaceRig, set_by_hand: Sequence[Phone] = ()
) -> Tracks:
    """Channels of the mouth as the networks move it, each [T] at LAC_RATE.

    Parameters
    ----------
    ear
        Recording and networks.
    alignment
        The phones that they are told, edited ones where there are.
    style
        A style that was learned from a clip; None: the plain one.
    rig
        The face.
    set_by_hand
        See :func:`belief`.
    """
    code, face = style_code(style, ear.predictor), FacePoints(MESH.of_landmarks(rig.shape), rig.k_c())
    phones = phone_shares(alignment.phones, heard_frames(alignment))
    believed = belief(alignment, set_by_hand)[:, None, None]

    def lips(known: ArrayF32) -> ArrayF32:
        return ear.predictor.lips(LipRequest(ear.mel, known, code, face))

    # A network that is not believed anywhere need not be asked; it takes a second for a minute of speech.
    lip = lips(phones if believed.any() else np.zeros_like(phones))
    if believed.any() and believed.min() < 1:
        by_sound = lips(np.zeros_like(phones))
        lip = by_sound + believed * (lip - by_sound)
    tracks = tracks_of(lip, ear.predictor.rest(code, face), MouthGeometry.of(rig))
    return Tracks.of_stacked(smoothed(tracks.stacked(), _SMOOTHING))


def by_ear(plan: Plan, tracks: Tracks, project: Project) -> Plan:
    """A plan whose mouth moves by ear, as far as the document asks for it.

    Parameters
    ----------
    plan
        Of the phones, for the output frames.
    tracks
        From :func:`learned_tracks`.
    project
        Says how far, and the styles of clip and words, which the phones' shapes in ``plan`` have already.
    """
    frames = plan.times * LAC_RATE
    stacked = tracks.stacked()
    heard = between(frames, np.arange(len(stacked), dtype=np.float64), stacked)
    opening, width, purse, jaw = heard.T
    gains = style_gains(project, plan.times)
    if not np.all(gains == 1.0):
        shapes = styled(heard[:, :3], gains, lip_targets())
        jaw = np.maximum(0.0, jaw + _JAW_WITH_OPEN * (shapes[:, 0] - opening))
        opening, width, purse = shapes.T
    share = project.learned.lips
    mixed = (1.0 - share) * plan.shape.stacked() + share * np.stack([opening, width, purse, jaw], axis=1)
    return Plan(plan.segments, plan.times, Tracks.of_stacked(mixed), plan.active, plan.windows, plan.asked)
