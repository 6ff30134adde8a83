"""evaluate: controls and facts in, motion out. Pure and deterministic; a minute of motion takes milliseconds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import Motion
from pctalk_studio.core.speech import SpeechFacts
from pctalk_studio.deformation.direction import directed_speech
from pctalk_studio.deformation.emc.deformation import Expression, express, neutral_gap
from pctalk_studio.deformation.emc.mood import attitude, felt_emotions
from pctalk_studio.deformation.emc.resting import resting_units
from pctalk_studio.deformation.emc.tables import emotion_tables
from pctalk_studio.deformation.eyes import eye_motion
from pctalk_studio.deformation.lac.articulation import Articulation, articulate, frame_times
from pctalk_studio.deformation.lac.mapping import MouthGeometry, lip_deformation
from pctalk_studio.deformation.pose import directed_pose
from pctalk_studio.document.project import Project, Track

ArrayF64 = npt.NDArray[np.float64]

_SEALED = 0.012
"""Gap in E below which the lips begin to stick together."""


def _mouth(art: Articulation, expression: Expression) -> ArrayF64:
    """Mouth channels [T, 4]; see MOUTH_CHANNELS."""
    seal = np.clip(1.0 - expression.gap / _SEALED, 0.0, 1.0)
    press = np.clip(art.press + expression.press * (1.0 - art.press), 0.0, 1.0)
    return np.stack([seal, press, art.tuck, art.tongue], axis=1)


def evaluate(project: Project, rig: FaceRig, speech: SpeechFacts) -> Motion:
    """Compute a clip's motion.

    Parameters
    ----------
    project
        All controls, the seed among them.
    rig
        The face.
    speech
        The recording; where the project has words and phones, they are used instead of the analysis.

    Returns
    -------
    Motion
        One row per frame; equal inputs give equal bits.
    """
    speech = directed_speech(project, speech)
    duration = speech.alignment.duration
    shown = frame_times(duration, project.rate)
    tables, mouth = emotion_tables(), MouthGeometry.of(rig)
    art = articulate(project, speech)
    clips = project.emotions if project.active(Track.EMOTION) else ()
    emotions = felt_emotions(clips, tables, shown, project.seed)
    expression = express(emotions, tables, resting_units(rig, tables.units), art, mouth, shown)
    mood = attitude(emotions, shown)
    pose = directed_pose(project, speech, mood, shown)
    eyes = eye_motion(project, speech.alignment, mood, pose, shown)
    # A muted mouth is the photo's own, not a closed one: no deformation and no channel acts on it.
    spoken = float(project.active(Track.LIPS))
    return Motion(
        rate=project.rate,
        lip=(spoken * lip_deformation(art.shape, neutral_gap(art, mouth), mouth)).astype(np.float32),
        emotion=expression.deformation.astype(np.float32),
        pose=pose.astype(np.float32),
        eyes=eyes.astype(np.float32),
        mouth=(spoken * _mouth(art, expression)).astype(np.float32),
        target_openness=art.asked,
    )
