"""What a clip's motion is relative to: the mouth and the expression that the source shows by itself, at each output frame.

A picture shows one. In a movie they change from frame to frame, and each is taken back where it shows, so that what the face said
there is not seen under what it says now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.deformation.emc.resting import RELAXED, resting_units
from pctalk_studio.deformation.emc.tables import ActionUnits
from pctalk_studio.deformation.lac.mapping import MouthGeometry

ArrayF64 = npt.NDArray[np.float64]

_LASTING_SECONDS = 0.4
"""Standard deviation of the time over which a movie's own expression is averaged: a smile lasts, speech under it does not."""

_STAYS = 0.75
"""Part of what lasts that stays in lips that speak anew: it belongs to the performance, and so does how a face reads while the
head is turned. More than of a picture's smile, which nobody has seen end."""

_CHIN = MESH.index("chin")


@dataclass(frozen=True, slots=True, eq=False)
class Footing:
    """The source at T output frames.

    Parameters
    ----------
    mouth
        Its mouth; ``closing`` is [21, 3] of a picture, [T, 21, 3] of a movie.
    resting
        Its own expression in action units, [U, 2] of a picture, [T, U, 2] of a movie.
    source
        [T] int32 frames of the movie; None of a picture.
    presence
        [T, 1] float64 0 to 1: how far it may be animated.
    rotation
        Its pose, as in FaceRig: [3, 3] of a picture, [T, 3, 3] of a movie.
    """

    mouth: MouthGeometry
    resting: ArrayF64
    source: npt.NDArray[np.int32] | None
    presence: ArrayF64
    rotation: ArrayF64


class Grounds:
    """Footings of one source.

    Parameters
    ----------
    face
        In the picture, or through the movie.
    units
        Action units.
    """

    def __init__(self, face: FaceRig | FaceTrack, units: ActionUnits) -> None:
        self._track = face if isinstance(face, FaceTrack) else None
        rigs = [face] if isinstance(face, FaceRig) else [face.rig(frame) for frame in range(len(face))]
        delta = np.stack([rig.delta().astype(np.float64) for rig in rigs])
        if self._track is None:
            mouths, told = [MouthGeometry.of(rigs[0])], RELAXED
        else:
            delta, told = _lasting(delta, self._track.times), 1.0
            staying = _STAYS * delta
            staying[:, _CHIN, 1] = 0.0
            mouths = [MouthGeometry.of(rig, part) for rig, part in zip(rigs, staying, strict=True)]
        self._closing = np.stack([mouth.closing for mouth in mouths])
        self._resting = np.stack([resting_units(each, units, told) for each in delta])
        self._rotation = np.stack([rig.rotation for rig in rigs])
        self._mouth = mouths[0]

    def at(self, times: ArrayF64) -> Footing:
        """The source at times [T], seconds from the clip's beginning."""
        if self._track is None:
            ones = np.ones((len(times), 1))
            return Footing(self._mouth, self._resting[0], None, ones, self._rotation[0])
        source = self._track.frames_at(times)
        mouth = MouthGeometry(self._mouth.width, self._closing[source], self._mouth.reach)
        presence = self._track.presence[source].astype(np.float64)[:, None]
        return Footing(mouth, self._resting[source], source, presence, self._rotation[source])


def _lasting(delta: ArrayF64, times: ArrayF64) -> ArrayF64:
    """Expressions [N, 21, 3] of a movie's frames, as far as they last."""
    if len(times) < 2:
        return delta
    frame = float(times[-1] - times[0]) / (len(times) - 1)
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(delta, _LASTING_SECONDS / frame, axis=0, mode="nearest"))
