"""What hides mouth or eyes is noticed by the pixels, and what does not hide them is not."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.drawn_face import draw, posed, with_mouth

from pctalk_studio.analysis.face import FaceNetworks, find_face

SIZE, SCALE, CENTRE = (400, 480), 110.0, (200.0, 200.0)


def drawn(gap: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    landmarks = posed(with_mouth(gap), SCALE, CENTRE)
    return draw(landmarks, SIZE), landmarks


def codes(picture: np.ndarray, networks: FaceNetworks) -> set[str]:
    return {problem.code for problem in find_face(picture, "", networks=networks).problems}


def test_a_plain_face_has_nothing_to_warn_of(networks: FaceNetworks) -> None:
    for gap in (0.0, 0.1, 0.25):
        assert codes(drawn(gap)[0], networks) == set()


@pytest.mark.parametrize("colour", [(230, 30, 30), (30, 160, 60), (40, 60, 220)])
def test_a_straw_over_the_lips_is_noticed(colour: tuple[int, int, int], networks: FaceNetworks) -> None:
    picture, points = drawn()
    x, y = points[13, :2].astype(int)
    cv2.line(picture, (x + 2, y), (x + 6, y + 120), colour, 7, cv2.LINE_AA)
    assert "mouth-occluded" in codes(picture, networks)


def test_a_tongue_over_the_lip_is_noticed(networks: FaceNetworks) -> None:
    picture, points = drawn(0.28)
    x, y = points[[13, 14], :2].mean(axis=0)
    box = ((x + 4.0, y + 10.0), (26.0, 40.0), 8.0)
    cv2.ellipse(picture, box, (228, 150, 150), -1, cv2.LINE_AA)
    assert "mouth-occluded" in codes(picture, networks)


def test_a_dark_beard_is_no_occlusion(networks: FaceNetworks) -> None:
    picture, points = drawn()
    beard = np.zeros(picture.shape[:2], np.uint8)
    jaw = points[[132, 172, 150, 176, 152, 400, 379, 397, 361, 425, 164, 205], :2]
    cv2.fillPoly(beard, [np.round(jaw).astype(int)], 255)
    lips = points[[61, 40, 0, 270, 291, 405, 17, 181], :2]
    cv2.fillPoly(beard, [np.round(lips).astype(int)], 0)
    share = cv2.GaussianBlur(beard, (0, 0), 3)[..., None] / 255.0
    rng = np.random.default_rng(0)
    hair = np.array((66, 48, 38)) + rng.normal(0, 14, picture.shape)
    bearded = np.clip(picture * (1 - 0.8 * share) + hair * 0.8 * share, 0, 255).astype(np.uint8)
    assert codes(bearded, networks) == set()


def test_dark_glasses_are_noticed_and_clear_ones_are_not(networks: FaceNetworks) -> None:
    picture, points = drawn()
    dark = picture.copy()
    for side in ((33, 133), (263, 362)):
        centre = tuple(np.round(points[list(side), :2].mean(axis=0)).astype(int).tolist())
        cv2.ellipse(dark, (centre, (56, 40), 0), (18, 14, 14), -1, cv2.LINE_AA)
        cv2.ellipse(picture, (centre, (56, 40), 0), (30, 22, 20), 3, cv2.LINE_AA)
    assert "eyes-hidden" in codes(dark, networks)
    assert codes(picture, networks) == set()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("real_023.jpg", {"mouth-occluded"}),
        ("stock-emotions-a-6.jpg", {"mouth-occluded"}),
        ("real_099.jpg", {"lips-unclear", "eyes-hidden"}),
        ("statue_marble_girl.png", {"irises-unclear"}),
        ("real_089.jpg", set()),
        ("real_097.jpg", set()),
        ("real_016.jpg", set()),
        ("ai_male_23.jpg", set()),
        ("art_13.png", set()),
        ("ai_female_69.jpg", set()),
    ],
)
def test_portraits(name: str, expected: set[str], shared_media: Path, networks: FaceNetworks) -> None:
    picture = cv2.cvtColor(cv2.imread(str(shared_media / "portraits" / name)), cv2.COLOR_BGR2RGB)
    assert codes(picture, networks) == expected
