"""A clip's motion as a motion template, with which LivePortrait and its relatives drive other faces."""

from __future__ import annotations

import numpy as np

from pctalk_studio.core.motion import Motion
from pctalk_studio.interchange.motion_template import MotionTemplate
from pctalk_studio.render.liveportrait.driving import Driver


def template_of(driver: Driver, motion: Motion) -> MotionTemplate:
    """What the face does in a clip, frame by frame, before stitching, which belongs to the picture that is drawn.

    Parameters
    ----------
    driver
        The face.
    motion
        The clip, at least one frame.

    Raises
    ------
    ValueError
        When the clip is empty.
    """
    if not len(motion):
        raise ValueError("a template has at least one frame")
    rows = [motion.row(frame) for frame in range(len(motion))]
    faces, expression = [driver.driven(row) for row in rows], driver.expression
    return MotionTemplate(
        rate=motion.rate,
        rotation=np.array([face.rotation for face in faces], np.float32),
        expression=np.array([face.expression for face in faces], np.float32),
        scale=np.array([face.scale for face in faces], np.float32),
        translation=np.array([face.translation for face in faces], np.float32),
        canonical=np.repeat(driver.motion.canonical[None], len(rows), axis=0),
        keypoints=np.array([driver.keypoints_of(face) for face in faces], np.float32),
        eyes=np.array([[eye.of_row(row) for eye in expression.eyes] for row in rows], np.float32),
        lips=np.array([expression.lips.of_row(row) for row in rows], np.float32),
    )
