"""Faces are found where they are, and nowhere else; the rig says what it promises."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.drawn_face import draw, posed, with_lids, with_mouth

from pctalk_studio.analysis.face import FaceNetworks, find_face, list_faces
from pctalk_studio.analysis.face.pose import Pose
from pctalk_studio.core.errors import FaceError
from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.motion import rotation_of
from pctalk_studio.core.topology import face_topology

SIZE = (400, 480)
CENTRE = (200.0, 200.0)
SCALE = 110.0


def angles(rig: FaceRig) -> tuple[float, float, float]:
    return Pose(rig.rotation, rig.scale, rig.translation).angles


def codes(rig: FaceRig) -> set[str]:
    return {problem.code for problem in rig.problems}


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return draw(posed(with_mouth(0.08), SCALE, CENTRE), SIZE)


@pytest.fixture(scope="module")
def rig(picture: np.ndarray, networks: FaceNetworks) -> FaceRig:
    return find_face(picture, "drawn", networks=networks)


def test_pose_identity_and_landmarks_agree_to_float_precision(rig: FaceRig) -> None:
    again = rig.scale * (rig.shape.astype(np.float64) @ rig.rotation) + rig.translation
    np.testing.assert_allclose(again, rig.landmarks, atol=1e-4)
    np.testing.assert_allclose(rig.rotation @ rig.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rig.rotation) == pytest.approx(1.0)
    np.testing.assert_allclose(
        rig.k_c() + rig.delta(), rig.scale**-1 * (rig.k_ori() - rig.translation) @ rig.rotation.T, atol=1e-5
    )


def test_a_drawn_face_is_measured_as_it_was_drawn(rig: FaceRig) -> None:
    truth = posed(with_mouth(0.08), SCALE, CENTRE)
    distance = np.linalg.norm((rig.landmarks - truth)[:468, :2], axis=1) / SCALE
    assert np.sqrt((distance**2).mean()) < 0.03
    assert rig.scale == pytest.approx(SCALE, rel=0.04)
    np.testing.assert_allclose(angles(rig), 0, atol=6)
    np.testing.assert_allclose(rig.translation[:2], CENTRE, atol=0.04 * SCALE)
    assert rig.mouth_gap == pytest.approx(0.08, abs=0.02)
    assert rig.origin == "mesh"
    assert rig.confidence > 0.7
    assert rig.picture_size == SIZE
    assert rig.problems == ()


@pytest.mark.parametrize(("pitch", "yaw", "roll"), [(0, 22, 0), (0, -22, 0), (10, 0, 0), (-10, 0, 0), (0, 0, 25), (0, 0, -25)])
def test_turns_are_read_with_the_signs_of_the_pose_channels(
    pitch: float, yaw: float, roll: float, networks: FaceNetworks
) -> None:
    shape = face_topology().vertices
    drawn = draw(posed(shape, SCALE, CENTRE, rotation_of(pitch, yaw, roll)), SIZE)
    rig = find_face(drawn, "", networks=networks)
    np.testing.assert_allclose(angles(rig), (pitch, yaw, roll), atol=7)
    assert rig.scale == pytest.approx(SCALE, rel=0.06), "a turned head is no smaller head"


@pytest.mark.parametrize(("factor", "shift"), [(0.5, (0, 0)), (1.7, (0, 0)), (7.0, (0, 0)), (1.0, (131, 57))])
def test_scaled_and_shifted_pictures_give_the_same_rig(
    factor: float, shift: tuple[int, int], picture: np.ndarray, rig: FaceRig, networks: FaceNetworks
) -> None:
    size = (round(SIZE[0] * factor), round(SIZE[1] * factor))
    mode = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    other = cv2.resize(picture, size, interpolation=mode)
    other = cv2.copyMakeBorder(other, shift[1], 20, shift[0], 40, cv2.BORDER_REPLICATE)
    expected = rig.placed(factor, (-shift[0], -shift[1]), (other.shape[1], other.shape[0]), "")
    found = find_face(other, "", networks=networks)
    rms = np.sqrt(((found.landmarks - expected.landmarks)[:468, :2] ** 2).sum(axis=1).mean())
    assert rms / expected.scale < 0.006
    assert found.scale == pytest.approx(expected.scale, rel=0.006)
    assert abs(found.mouth_gap - rig.mouth_gap) < 0.012


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_lying_face_is_found_too(quarters: int, picture: np.ndarray, rig: FaceRig, networks: FaceNetworks) -> None:
    found = find_face(np.rot90(picture, quarters), "", networks=networks)
    turned = abs((angles(found)[2] + quarters * 90 + 180) % 360 - 180)
    assert turned < 3
    assert found.scale == pytest.approx(rig.scale, rel=0.02)


def test_neutral_closes_the_lips_and_leaves_the_upper_face(rig: FaceRig) -> None:
    assert np.linalg.norm(rig.neutral[13] - rig.neutral[14]) < 1e-5
    above = face_topology().vertices[:, 1] < 0.3
    np.testing.assert_array_equal(rig.neutral[above], rig.shape[above])
    assert rig.neutral[152, 1] < rig.shape[152, 1], "the jaw rises"
    delta = rig.delta()
    assert delta[1, 1] > 1.5 * abs(delta[0, 1]) > 0, "the resting expression is a lowered lower lip"


def test_neutral_of_a_relaxed_face_is_the_face(networks: FaceNetworks) -> None:
    drawn = draw(posed(face_topology().vertices, SCALE, CENTRE), SIZE)
    rig = find_face(drawn, "", networks=networks)
    assert np.abs(rig.neutral - rig.shape).max() < 0.012


def test_neutral_takes_back_a_part_of_a_smile(networks: FaceNetworks) -> None:
    drawn = draw(posed(with_mouth(0.05, width=0.14, pull=0.06), SCALE, CENTRE), SIZE)
    rig = find_face(drawn, "", networks=networks)
    smiling = float(np.linalg.norm(rig.shape[78] - rig.shape[308]))
    assert smiling > 0.6
    assert 0.5 < rig.mouth_width < smiling - 0.01


def test_neutral_opens_shut_eyes(networks: FaceNetworks) -> None:
    drawn = draw(posed(with_lids(face_topology().vertices, 1.0), SCALE, CENTRE), SIZE)
    rig = find_face(drawn, "", networks=networks)
    assert np.linalg.norm(rig.shape[159] - rig.shape[145]) < 0.03
    assert np.linalg.norm(rig.neutral[159] - rig.neutral[145]) == pytest.approx(0.055, abs=0.015)


def side_by_side(scales: tuple[float, ...]) -> np.ndarray:
    return np.hstack([draw(posed(face_topology().vertices, s, (150, 200)), (300, 480), seed=i) for i, s in enumerate(scales)])


def test_of_several_like_faces_one_must_be_chosen(networks: FaceNetworks) -> None:
    group = side_by_side((70, 75, 72))
    with pytest.raises(FaceError, match=r"3 faces.*--face N") as caught:
        find_face(group, "", networks=networks)
    assert "1 to 3" in caught.value.user_text
    faces = list_faces(group, networks)
    assert [face.number for face in faces] == [1, 2, 3]
    for face in faces:
        rig = find_face(group, "", face=face.number, networks=networks)
        assert rig.translation[0] == pytest.approx(150 + 300 * (face.number - 1), abs=6)
        assert face.box[0] < rig.translation[0] < face.box[2]
    with pytest.raises(FaceError, match="no face 4"):
        find_face(group, "", face=4, networks=networks)


def test_a_dominant_face_is_taken_and_named(networks: FaceNetworks) -> None:
    rig = find_face(side_by_side((45, 105)), "", networks=networks)
    assert rig.translation[0] > 300
    assert [p.code for p in rig.problems] == ["face-chosen"]
    assert "number 2" in rig.problems[0].text


def test_a_small_face_in_a_large_picture_is_found_and_warned_of(networks: FaceNetworks) -> None:
    picture = np.full((1500, 2000, 3), 128, np.uint8)
    picture[1000:1160, 1500:1640] = draw(posed(face_topology().vertices, 32, (70, 65)), (140, 160))
    rig = find_face(picture, "", networks=networks)
    np.testing.assert_allclose(rig.translation[:2], (1570, 1065), atol=3)
    assert "small-face" in codes(rig)


def test_a_tiny_face_is_refused(networks: FaceNetworks) -> None:
    tiny = draw(posed(face_topology().vertices, 14, (40, 40)), (80, 90))
    with pytest.raises(FaceError, match=r"larger picture|No face"):
        find_face(tiny, "", networks=networks)


def test_a_face_over_the_border(picture: np.ndarray, networks: FaceNetworks) -> None:
    warned = find_face(picture[:, 150:], "", networks=networks)
    assert "face-cut" in codes(warned)
    with pytest.raises(FaceError, match=r"outside|No face|cannot be read"):
        find_face(picture[:240], "", networks=networks)


@pytest.mark.parametrize("kind", ["black", "clouds", "one pixel", "stripes"])
def test_pictures_without_a_face_say_so(kind: str, networks: FaceNetworks) -> None:
    rng = np.random.default_rng(3)
    pictures = {
        "black": np.zeros((300, 400, 3), np.uint8),
        "clouds": cv2.resize(rng.integers(0, 256, (12, 12, 3)).astype(np.uint8), (320, 300), interpolation=cv2.INTER_CUBIC),
        "one pixel": np.zeros((1, 1, 3), np.uint8),
        "stripes": np.tile(np.repeat(np.array([20, 220], np.uint8), 20), (300, 10))[..., None].repeat(3, axis=2),
    }
    with pytest.raises(FaceError, match="--face-points FILE"):
        find_face(pictures[kind], "", networks=networks)
    assert list_faces(pictures[kind], networks) == ()


def read(path: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("animal_dog.png", "not human"),
        ("real_012.jpg", "turned away"),
        ("solvay1927_group.jpg", "29 faces"),
    ],
)
def test_portraits_that_end_in_a_sentence(name: str, expected: str, shared_media: Path, networks: FaceNetworks) -> None:
    with pytest.raises(FaceError, match=expected):
        find_face(read(shared_media / "portraits" / name), name, networks=networks)


@pytest.mark.parametrize(
    ("name", "yaw", "warned"),
    [
        ("real_040.jpg", 48, {"strong-turn"}),
        ("ai_female_66.jpg", 48, {"strong-turn"}),
        ("real_013.jpg", -30, set()),
        ("statue_terracotta.jpg", 0, set()),
        ("sketch_charcoal.jpg", 0, set()),
        ("painting_lady_agnew.jpg", 0, set()),
        ("anime_small_face.jpeg", 15, set()),
        ("ai_male_38.jpg", -7, set()),
    ],
)
def test_portraits_that_are_read(name: str, yaw: float, warned: set[str], shared_media: Path, networks: FaceNetworks) -> None:
    rig = find_face(read(shared_media / "portraits" / name), name, networks=networks)
    assert angles(rig)[1] == pytest.approx(yaw, abs=6)
    assert codes(rig) == warned


@pytest.mark.parametrize(("mirrored", "border"), [(False, 60), (True, 150)])
def test_a_dog_is_no_face_however_it_is_shown(mirrored: bool, border: int, shared_media: Path, networks: FaceNetworks) -> None:
    """Shown smaller or on a plain ground, the mesh network takes this dog for a face with certainty; its looks disagree."""
    dog = read(shared_media / "portraits" / "animal_dog.png")
    dog = cv2.resize(dog[:, ::-1] if mirrored else dog, (500, 500), interpolation=cv2.INTER_AREA)
    shown = cv2.copyMakeBorder(dog, border, border, border, border, cv2.BORDER_CONSTANT, value=(200, 190, 180))
    assert list_faces(shown, networks) == ()


def test_a_small_face_beside_a_large_thing_that_is_none_is_found(shared_media: Path, networks: FaceNetworks) -> None:
    picture = np.full((1000, 1300, 3), 200, np.uint8)
    picture[60:930, 20:888] = read(shared_media / "portraits" / "animal_dog.png")
    picture[700:832, 1120:1230] = draw(posed(face_topology().vertices, 30, (55, 50)), (110, 132))
    rig = find_face(picture, "", networks=networks)
    np.testing.assert_allclose(rig.translation[:2], (1175, 750), atol=4)
