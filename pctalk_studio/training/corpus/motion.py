"""The motion of an utterance on the canonical face, solved by the program's own articulation and emotions.

The canonical face is the mean face with the lips closed and at ease. On it nothing has to be taken back before speech, so D_l is
the mouth's motion alone: gap, width, purse and jaw can be read back from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import KEYPOINT_COUNT
from pctalk_studio.core.speech import Phone
from pctalk_studio.core.time import FrameRate
from pctalk_studio.core.topology import face_topology
from pctalk_studio.deformation.emc.deformation import express, neutral_gap
from pctalk_studio.deformation.emc.mood import felt_emotions
from pctalk_studio.deformation.emc.tables import emotion_tables
from pctalk_studio.deformation.lac.articulation import articulate, frame_times, planned, voiced
from pctalk_studio.deformation.lac.mapping import MouthGeometry, lip_deformation
from pctalk_studio.deformation.lac.segments import segments_of
from pctalk_studio.deformation.lac.targets import lip_targets
from pctalk_studio.document.edits.presets import StylePreset
from pctalk_studio.document.project import Emotion, EmotionClip, Project
from pctalk_studio.storage.presets import shipped_presets
from pctalk_studio.training.corpus.delivery import EMOTIONS
from pctalk_studio.training.corpus.utterance import Utterance

LAC_RATE = FrameRate(Fraction(25))
"""Frames a second at which networks predict motion."""


@dataclass(frozen=True, slots=True, eq=False)
class SolvedMotion:
    """Motion at 25 frames a second.

    Parameters
    ----------
    lip
        D_l, [T, 21, 3] float32, face frame, unit E; non-zero at lips and chin only.
    emotion
        D_e, the same; exactly 0 for the neutral emotion.
    openness
        [T] float32: inner-lip gap of D_l over that of the widest conversational opening, 0 where the lips meet.
    """

    lip: npt.NDArray[np.float32]
    emotion: npt.NDArray[np.float32]
    openness: npt.NDArray[np.float32]


@cache
def canonical_rig() -> FaceRig:
    """The mean face as a rig, E = 1 pixel, frontal."""
    shape = face_topology().vertices
    return FaceRig("canonical", (1, 1), shape, np.eye(3), 1.0, np.zeros(3), shape, shape, "points", 1.0)


@cache
def canonical_mouth() -> MouthGeometry:
    """The mean face's mouth; it is closed already, so that nothing is left to close."""
    measured = MouthGeometry.of(canonical_rig())
    return MouthGeometry(measured.width, np.zeros((KEYPOINT_COUNT, 3)))


@cache
def styles() -> tuple[StylePreset, ...]:
    """The speaking styles that ship, in the order in which utterances number them."""
    return shipped_presets()


def solve(
    utterance: Utterance,
    style: int,
    emotion: int,
    intensity: float,
    seed: int,
    phones: tuple[Phone, ...] | None = None,
) -> SolvedMotion:
    """Solve an utterance's motion.

    Parameters
    ----------
    utterance
        What is said when, and how loudly.
    style, emotion
        Numbers of :func:`styles` and :data:`pctalk_studio.training.corpus.delivery.EMOTIONS`.
    intensity
        Of the emotion, 0 to 1.5.
    seed
        Of what an emotion does by chance.
    phones
        In place of the utterance's own, without gap from 0 to its end.
    """
    preset, feeling = styles()[style], EMOTIONS[emotion]
    clips = (EmotionClip(feeling, intensity),) if feeling is not Emotion.NEUTRAL and intensity > 0 else ()
    project = Project(
        rate=LAC_RATE,
        style=preset.style,
        lip_scale=preset.lip_scale,
        follow_volume=preset.follow_volume,
        emotions=clips,
        seed=seed,
    )
    facts = utterance.facts(phones)
    plain = segments_of(facts.alignment, lip_targets())
    art = articulate(project, planned(project, utterance.duration, plain, voiced(plain, facts, project.follow_volume)))
    mouth, times = canonical_mouth(), frame_times(utterance.duration, LAC_RATE)
    gap = neutral_gap(art, mouth)
    tables = emotion_tables()
    resting = np.zeros((len(tables.units.names), 2))
    expression = express(felt_emotions(clips, tables, times, seed), tables, resting, art, mouth, times)
    return SolvedMotion(
        lip_deformation(art.shape, gap, mouth).astype(np.float32),
        expression.deformation.astype(np.float32),
        (art.shape.open * art.free).astype(np.float32),
    )
