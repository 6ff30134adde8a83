"""Motion as an .npz file for looking at and for other programs: K_d and its parts, plain arrays, nothing pickled.

Arrays (T frames, keypoints in the order of ``keypoint_names``):

=================  ==============  ==========================================================================
K_ori              [21, 3]         source keypoints, pixels (paper equation 1); of a movie [T, 21, 3]
K_d                [T, 21, 3]      driven keypoints, pixels, posed (paper equation 2)
D_l, D_e           [T, 21, 3]      lip and emotion deformation, face frame, unit E
pose, eyes, mouth  [T, 6 | 4 | 4]  channels named by ``pose_names``, ``eye_names``, ``mouth_names``
target_openness    [T]             aperture that the phones ask for, 0 to 1
time               [T]             start of each frame, seconds
rate               [2]             frames a second as numerator and denominator
scale              []              pixels per E; of a movie [T]
=================  ==============  ==========================================================================
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import EYE_CHANNELS, MOUTH_CHANNELS, POSE_CHANNELS, Motion


def write_motion(path: Path, motion: Motion, face: FaceRig | FaceTrack) -> None:
    """Write a clip's motion for the face in a picture or through a movie.

    Raises
    ------
    MediaError
        When the file cannot be written.
    """
    rate = motion.rate.value
    arrays: dict[str, npt.ArrayLike] = {
        "K_ori": motion.k_ori(face),
        "K_d": motion.k_d(face),
        "D_l": motion.lip,
        "D_e": motion.emotion,
        "pose": motion.pose,
        "eyes": motion.eyes,
        "mouth": motion.mouth,
        "target_openness": motion.target_openness,
        "time": np.arange(len(motion)) / float(rate),
        "rate": np.array([rate.numerator, rate.denominator]),
        "scale": _scale(motion, face),
        "layout": np.array(MESH.name),
        "keypoint_names": np.array([keypoint.name for keypoint in MESH.keypoints]),
        "pose_names": np.array(POSE_CHANNELS),
        "eye_names": np.array(EYE_CHANNELS),
        "mouth_names": np.array(MOUTH_CHANNELS),
    }
    with written_whole(path) as draft, draft.open("wb") as stream:
        np.savez_compressed(stream, **arrays)


def _scale(motion: Motion, face: FaceRig | FaceTrack) -> npt.NDArray[np.float64]:
    if isinstance(face, FaceRig) or motion.source is None:
        return np.asarray(face.scale, np.float64)
    return np.asarray(face.scale[motion.source], np.float64)
