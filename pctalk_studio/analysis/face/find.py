"""From a picture to a FaceRig: which face, how sure, what to beware of."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.face.detection import MeshedFace, meshed_faces
from pctalk_studio.analysis.face.inspection import geometric_problems, photometric_problems
from pctalk_studio.analysis.face.networks import FaceNetworks, PictureU8
from pctalk_studio.analysis.face.neutral import relaxed
from pctalk_studio.analysis.face.points import FacePoints, fit_points
from pctalk_studio.analysis.face.pose import fit_pose
from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.problems import Problem

ANALYSIS_VERSION = "2"
"""Changes whenever the same picture would give another rig."""

_DOMINANT = 1.8
"""How many times more weight (area, nearness to the middle) the face must have that is taken without asking."""


@dataclass(frozen=True, slots=True)
class FoundFace:
    """One face of a picture, for a picker.

    Parameters
    ----------
    number
        From 1, left to right; what ``face`` of :func:`find_face` takes.
    box
        (left, top, right, bottom) in pixels.
    confidence
        0 to 1.
    """

    number: int
    box: tuple[float, float, float, float]
    confidence: float


def _left_to_right(faces: list[MeshedFace]) -> list[MeshedFace]:
    return sorted(faces, key=lambda face: (face.box[0] + face.box[2], face.box[1]))


def list_faces(picture: PictureU8, networks: FaceNetworks | None = None) -> tuple[FoundFace, ...]:
    """All faces of a picture [H, W, 3] uint8 RGB, numbered left to right; empty when there is none."""
    with _ready(networks) as nets:
        faces = _left_to_right(meshed_faces(nets, picture)[0])
    return tuple(FoundFace(number, face.box, face.confidence) for number, face in enumerate(faces, 1))


def _ready(networks: FaceNetworks | None) -> AbstractContextManager[FaceNetworks]:
    """Given networks, which stay open, or new ones, which are closed afterwards."""
    return nullcontext(networks) if networks is not None else FaceNetworks()


def _weight(face: MeshedFace, width: int, height: int) -> float:
    """How much a face looks like the picture's subject: its area, less towards the border."""
    left, top, right, bottom = face.box
    away = np.hypot((left + right) / width - 1, (top + bottom) / height - 1) / np.sqrt(2)
    return face.area * float(1.0 - 0.5 * away)


def _chosen(faces: list[MeshedFace], face: int | None, width: int, height: int) -> tuple[MeshedFace, tuple[Problem, ...]]:
    """The face that was asked for, or the one that dominates."""
    ordered = _left_to_right(faces)
    if face is not None:
        if not 1 <= face <= len(ordered):
            there = "is only one face" if len(ordered) == 1 else f"are {len(ordered)} faces"
            raise FaceError(
                f"There is no face {face}: in the picture there {there}, numbered from 1, left to right; choose one of them."
            )
        return ordered[face - 1], ()
    if len(ordered) == 1:
        return ordered[0], ()
    weights = [_weight(one, width, height) for one in ordered]
    best = int(np.argmax(weights))
    if weights[best] < _DOMINANT * sorted(weights)[-2]:
        raise FaceError(
            f"The picture shows {len(ordered)} faces of similar size; choose one with --face N, "
            f"numbered 1 to {len(ordered)} from left to right."
        )
    text = f"The picture shows {len(ordered)} faces; the largest is used, number {best + 1} from the left."
    return ordered[best], (Problem("face-chosen", text),)


def _rig_of(landmarks: npt.NDArray[np.float64], picture: PictureU8, picture_hash: str, origin: str, confidence: float) -> FaceRig:
    """Split landmarks [478, 3] into pose, identity and resting expression."""
    height, width = picture.shape[:2]
    pose = fit_pose(landmarks)
    shape = pose.to_face(landmarks).astype(np.float32)
    return FaceRig(
        picture_hash=picture_hash,
        picture_size=(width, height),
        # From the rounded shape, so that shape, pose and landmarks agree to float precision.
        landmarks=pose.to_picture(shape.astype(np.float64)).astype(np.float32),
        rotation=pose.rotation,
        scale=pose.scale,
        translation=pose.translation,
        shape=shape,
        neutral=relaxed(shape).astype(np.float32),
        origin=origin,
        confidence=confidence,
    )


def find_face(
    picture: PictureU8,
    picture_hash: str,
    *,
    face: int | None = None,
    points: FacePoints | None = None,
    networks: FaceNetworks | None = None,
) -> FaceRig:
    """Find one face in a picture and split it into pose, identity and resting expression.

    Parameters
    ----------
    picture
        [H, W, 3] uint8 RGB, upright.
    picture_hash
        Content hash of the picture; kept in the rig.
    face
        Which face, from 1, left to right; without it the one that dominates.
    points
        Fit a template to these points instead of looking for a face.
    networks
        Networks to use again for many pictures; without them they are made and closed here.

    Returns
    -------
    FaceRig
        With problems for what an animator should know: ``face-chosen``, ``small-face``, ``strong-turn``, ``face-cut``,
        ``mouth-occluded``, ``lips-unclear``, ``eyes-hidden``, ``irises-unclear``.

    Raises
    ------
    FaceError
        When no face is found, several are and none is chosen, or the face cannot be animated.
    """
    height, width = picture.shape[:2]
    if points is not None:
        rig = _rig_of(fit_points(points), picture, picture_hash, "points", 1.0)
        return replace(rig, problems=geometric_problems(rig))
    with _ready(networks) as nets:
        sure, unsure = meshed_faces(nets, picture)
    if not sure:
        raise FaceError(_nothing_sentence(unsure))
    found, problems = _chosen(sure, face, width, height)
    rig = _rig_of(found.reading.landmarks, picture, picture_hash, "mesh", found.confidence)
    return replace(rig, problems=(*problems, *geometric_problems(rig), *photometric_problems(rig, picture, found.reading)))


def _nothing_sentence(unsure: list[MeshedFace]) -> str:
    if unsure:
        return (
            "Something like a face is in the picture, but turned away, hidden or not human, so that it cannot be read; "
            "use another picture or give its points with --face-points FILE."
        )
    return "No face was found in the picture; use one that shows a face or give its points with --face-points FILE."
