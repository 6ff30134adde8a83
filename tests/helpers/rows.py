"""Motion rows said in words."""

from __future__ import annotations

import numpy as np

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.motion import EYE_CHANNELS, MOUTH_CHANNELS, POSE_CHANNELS, MotionRow


def row(**values) -> MotionRow:
    """A row from channels and keypoint displacements by name; a keypoint takes (x, y[, z]), ``zoom`` is 1 unless told."""
    deformation = np.zeros((KEYPOINT_COUNT, 3), np.float32)
    rest = MotionRow.rest()
    channels = {POSE_CHANNELS: rest.pose.copy(), EYE_CHANNELS: rest.eyes.copy(), MOUTH_CHANNELS: rest.mouth.copy()}
    for name, value in values.items():
        for names, numbers in channels.items():
            if name in names:
                numbers[names.index(name)] = value
                break
        else:
            deformation[MESH.index(name), : len(value)] = value
    return MotionRow(deformation, *channels.values())
