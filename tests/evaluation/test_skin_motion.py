"""A face that is moved by known amounts is read as it was moved, whatever its head does."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pctalk_studio.analysis.face import FaceTracker, find_face
from pctalk_studio.analysis.face.pose import Pose, fit_pose
from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.resources import resource_path
from pctalk_studio.document.project import Emotion
from pctalk_studio.evaluation.pairs import prototype, read_back
from pctalk_studio.evaluation.skin_motion import Shift, compared
from pctalk_studio.media.pictures import read_picture

FELT = [emotion for emotion in Emotion if emotion is not Emotion.NEUTRAL]
STILL = np.float32([[1, 0, 0], [0, 1, 0]])
WIDTH = 0.11
"""How far a keypoint takes skin with it in these pictures, E."""


class Portrait:
    """The sample's face, twice its size, and its landmarks."""

    def __init__(self) -> None:
        picture = read_picture(resource_path("sample") / "portrait.jpg")
        rig = find_face(picture.rgb, picture.content_hash)
        x, y, half = (round(float(v)) for v in (*rig.landmarks[1, :2], 2.2 * rig.scale))
        crop = picture.rgb[max(0, y - half) : y + half, max(0, x - half) : x + half]
        self.picture = cv2.resize(crop, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        with FaceTracker(4) as tracker:
            self.landmarks = tracker.landmarks_of(self.picture)
        self.pose: Pose = fit_pose(self.landmarks)

    def moved(self, keypoints: np.ndarray, head: np.ndarray = STILL) -> np.ndarray:
        """The picture with keypoints displaced by [21, 2] E, each with the skin around it, and the head moved in the plane."""
        shape = self.pose.to_face(self.landmarks)
        at = MESH.of_landmarks(shape)[:, :2]
        near = np.exp(-((at[:, None] - at[None]) ** 2).sum(axis=2) / (2 * WIDTH**2))
        strength = np.linalg.solve(near + 1e-3 * np.eye(len(at)), keypoints)
        y, x = np.mgrid[: self.picture.shape[0], : self.picture.shape[1]].astype(np.float32)
        coarse = np.stack([x[::4, ::4], y[::4, ::4], np.full_like(x[::4, ::4], self.landmarks[168, 2])], axis=-1)
        place = self.pose.to_face(coarse.reshape(-1, 3))[:, :2]
        way = np.exp(-((place[:, None] - at[None]) ** 2).sum(axis=2) / (2 * WIDTH**2)) @ strength
        turned = (np.pad(way, ((0, 0), (0, 1))) @ self.pose.rotation * self.pose.scale)[:, :2]
        flow = cv2.resize(turned.reshape(*coarse.shape[:2], 2).astype(np.float32), x.shape[::-1])
        back = flow
        for _ in range(3):
            back = cv2.remap(flow, x - back[..., 0], y - back[..., 1], cv2.INTER_LINEAR)
        warped = cv2.remap(self.picture, x - back[..., 0], y - back[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return cv2.warpAffine(warped, head, warped.shape[1::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def read(self, other: np.ndarray) -> Shift:
        return compared([(0.0, self.picture, other)], lambda _: self.landmarks).shift()


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return Portrait()


def head_moved(portrait: Portrait) -> np.ndarray:
    """A head tilted by 2.5 degrees, grown by 3 % and shifted by 0.06 E."""
    middle = tuple(float(v) for v in portrait.landmarks[1, :2])
    return cv2.getRotationMatrix2D(middle, 2.5, 1.03) + np.float64([[0, 0, 0.06 * portrait.pose.scale], [0, 0, -3.0]])


def test_the_same_picture_has_not_moved(portrait: Portrait) -> None:
    assert portrait.read(portrait.picture).size < 1e-6


def test_skin_is_found_where_it_went(portrait: Portrait) -> None:
    asked = np.zeros((21, 2))
    asked[[MESH.index("brow_inner_right"), MESH.index("brow_inner_left")], 1] = -0.06
    asked[MESH.index("lip_corner_left")] = (0.04, -0.03)
    seen = portrait.read(portrait.moved(asked)).keypoints
    assert np.abs(seen - asked).max() < 0.025
    assert np.abs(seen[MESH.index("nose_ala_right")]).max() < 0.005


@pytest.mark.parametrize("emotion", FELT)
def test_emotions_are_read_from_skin(portrait: Portrait, emotion: Emotion) -> None:
    shift = portrait.read(portrait.moved(prototype(emotion)))
    nearest, scores = read_back(shift)
    assert nearest is emotion
    assert scores[emotion] > 0.8


@pytest.mark.parametrize("emotion", [Emotion.HAPPY, Emotion.DISGUSTED, Emotion.ANGRY])
def test_a_head_that_moves_hides_no_emotion_and_shows_none(portrait: Portrait, emotion: Emotion) -> None:
    head = head_moved(portrait)
    assert read_back(portrait.read(portrait.moved(np.zeros((21, 2)), head)))[0] is Emotion.NEUTRAL
    nearest, scores = read_back(portrait.read(portrait.moved(prototype(emotion), head)))
    assert nearest is emotion
    assert scores[emotion] > 0.8


def test_pictures_without_a_face_are_not_compared(portrait: Portrait) -> None:
    blank = np.zeros_like(portrait.picture)
    with pytest.raises(FaceError, match="0 of 2 frames"):
        compared([(0.0, blank, blank), (0.2, blank, blank)], lambda _: None, "clip.mp4")
