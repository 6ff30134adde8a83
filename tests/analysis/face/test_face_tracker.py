"""The tracker follows a face from frame to frame and adds neither delay nor smoothing of its own."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.drawn_face import draw, posed, with_mouth

from pctalk_studio.analysis.face import FaceNetworks, FaceTracker
from pctalk_studio.core.topology import face_topology

SIZE, SCALE, CENTRE = (320, 380), 90.0, (160.0, 150.0)


def frame_with(gap: float, shift: float = 0.0, seed: int = 0) -> np.ndarray:
    return draw(posed(with_mouth(gap), SCALE, (CENTRE[0] + shift, CENTRE[1])), SIZE, seed=seed)


def gap_of(landmarks: np.ndarray) -> float:
    return float(np.linalg.norm((landmarks[13] - landmarks[14])[:2])) / SCALE


def test_an_opening_mouth_is_read_in_its_own_frame(networks: FaceNetworks) -> None:
    """A step from closed to open must be whole in the very frame in which it happens, and gone in the next."""
    frames = [frame_with(gap, seed=i) for i, gap in enumerate([0.0] * 4 + [0.16] * 2 + [0.0] * 3)]
    with FaceTracker(networks=networks) as tracker:
        gaps = [gap_of(found) for found in map(tracker.landmarks_of, frames) if found is not None]
    assert len(gaps) == len(frames)
    closed, opened = gaps[:4] + gaps[6:], gaps[4:6]
    assert max(closed) < 0.015
    assert min(opened) > 0.14


def test_the_order_of_frames_does_not_matter(networks: FaceNetworks) -> None:
    frames = [frame_with(gap, seed=i) for i, gap in enumerate((0.0, 0.05, 0.1, 0.02))]
    tracker = FaceTracker(networks=networks)
    tracker.landmarks_of(frames[0])
    forwards = [tracker.landmarks_of(frame) for frame in frames]
    backwards = [tracker.landmarks_of(frame) for frame in frames[::-1]][::-1]
    np.testing.assert_allclose(forwards, backwards, atol=1e-4)


def test_a_moving_face_is_followed(networks: FaceNetworks) -> None:
    tracker = FaceTracker(networks=networks)
    for shift in (-40.0, -20.0, 0.0, 20.0, 40.0):
        found = tracker.landmarks_of(frame_with(0.03, shift))
        truth = posed(with_mouth(0.03), SCALE, (CENTRE[0] + shift, CENTRE[1]))
        assert found is not None
        assert np.sqrt(((found - truth)[:468, :2] ** 2).sum(axis=1).mean()) < 0.035 * SCALE


def test_a_face_that_goes_and_comes_is_found_again(networks: FaceNetworks) -> None:
    tracker = FaceTracker(networks=networks)
    face, nothing = frame_with(0.0), np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    seen = [tracker.landmarks_of(frame) is not None for frame in (nothing, face, nothing, face)]
    assert seen == [False, True, False, True]


def test_noise_in_the_pixels_hardly_moves_a_still_face(networks: FaceNetworks) -> None:
    landmarks = posed(face_topology().vertices, SCALE, CENTRE)
    tracker = FaceTracker(networks=networks)
    readings = np.array([tracker.landmarks_of(draw(landmarks, SIZE, noise=3.0, seed=i)) for i in range(8)])
    assert readings[1:, :468, :2].std(axis=0).mean() < 0.004 * SCALE


def test_the_number_of_looks_is_checked() -> None:
    with pytest.raises(ValueError, match="looks"):
        FaceTracker(looks=0)
