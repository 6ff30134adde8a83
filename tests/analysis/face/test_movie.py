"""Following a face through a movie: poses that are known, faces that are lost, shots that change."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.videos import moved, sample_portrait, written

from pctalk_studio.analysis.face import TrackCache, find_face
from pctalk_studio.analysis.face.movie import follow_face
from pctalk_studio.analysis.face.person import presence_of
from pctalk_studio.analysis.face.pose import Pose
from pctalk_studio.core.errors import FaceError

COUNT = 44
TIME = np.arange(COUNT)
ROLL, ZOOM = 8 * np.sin(TIME / 7), 1 + 0.08 * np.sin(TIME / 9)
X, Y = 14 * np.sin(TIME / 6), 6 * np.cos(TIME / 8)


def angles(rotation):
    return np.array([Pose(each, 1.0, np.zeros(3)).angles for each in rotation])


@pytest.fixture(scope="module")
def moving(tmp_path_factory, networks):
    """A portrait that rolls, comes nearer and sways, and then rests; the track, and the events that were told."""
    frames = [moved(sample_portrait(), *values) for values in zip(ROLL, ZOOM, X, Y, strict=True)]
    rest = [frames[-1][0]] * 20
    path = written(tmp_path_factory.mktemp("moving") / "moving.mp4", [picture for picture, _ in frames] + rest)
    told = []
    track = follow_face(path, "moving", networks=networks, listen=told.append)
    return path, track, [matrix for _, matrix in frames], told


def test_each_frame_has_its_own_pose(moving, networks):
    _, track, matrices, _ = moving
    still = find_face(sample_portrait(), "", networks=networks)
    first = angles(still.rotation[None])[0]
    found = angles(track.rotation[:COUNT])
    assert np.abs(found[:, 2] - first[2] - ROLL).max() < 1.0
    assert np.abs(found[:, :2] - first[:2]).max() < 3.0
    assert np.abs(track.scale[:COUNT] / still.scale / ZOOM - 1).max() < 0.02
    places = np.array([matrix[:, :2] @ still.translation[:2] + matrix[:, 2] for matrix in matrices])
    assert np.linalg.norm(track.translation[:COUNT, :2] - places, axis=1).max() < 0.02 * still.scale
    assert track.presence.min() == 1


def test_k_ori_lies_on_the_face_in_every_frame(moving, networks):
    _, track, matrices, _ = moving
    still = find_face(sample_portrait(), "", networks=networks).k_ori()[:, :2]
    for frame in range(0, COUNT, 5):
        there = still @ matrices[frame][:, :2].T + matrices[frame][:, 2]
        assert np.linalg.norm(track.rig(frame).k_ori()[:, :2] - there, axis=1).max() < 0.035 * track.scale[frame]


def test_a_head_at_rest_is_held_still_and_one_that_moves_is_not_late(moving):
    track = moving[1]
    rest = slice(COUNT + 6, None)
    assert np.abs(np.diff(angles(track.rotation[rest]), axis=0)).max() < 0.05
    assert np.abs(np.diff(track.translation[rest, :2], axis=0)).max() < 0.05
    # Which of several delays, in frames, explains the roll best.
    found = angles(track.rotation[:COUNT])[:, 2]
    errors = [
        np.abs((found - found.mean()) - np.interp(TIME - lag, TIME, ROLL - ROLL.mean())).sum() for lag in (-1, -0.5, 0, 0.5, 1)
    ]
    assert int(np.argmin(errors)) == 2


def test_the_person_is_one(moving):
    _, track, _, _ = moving
    spread = np.linalg.norm(track.shape - track.neutral, axis=2)[:, [33, 263, 1, 4]].max()
    assert spread < 0.05
    assert np.allclose(track.neutral[13, :2], track.neutral[14, :2], atol=1e-3)


def test_progress_is_told_frame_by_frame(moving):
    _, track, _, told = moving
    assert [event.done for event in told] == list(range(1, len(track) + 1))
    assert {event.total for event in told} == {len(track)}


def test_a_movie_is_followed_once(moving, tmp_path):
    path, track, _, _ = moving
    cache, calls = TrackCache(tmp_path), []

    def follow(*args, **named):
        calls.append(args)
        return track

    first = cache.track(path, "moving", follow=follow)
    again = cache.track(path, "moving", follow=follow)
    assert len(calls) == 1
    assert first is track
    assert again.content_hash == track.content_hash
    cache.track(path, "moving", face=2, follow=follow)
    assert len(calls) == 2
    next(tmp_path.glob("track-*")).write_bytes(b"damaged")
    cache.track(path, "moving", follow=follow)
    cache.track(path, "moving", face=2, follow=follow)
    assert len(calls) == 3


def test_stretches_without_the_face_are_told_and_short_ones_bridged(tmp_path, networks):
    face, wall = sample_portrait(), np.full_like(sample_portrait(), 90)
    wall = (0.8 * wall + 0.2 * face.mean()).astype(np.uint8)
    shown = [face] * 12 + [wall] * 3 + [face] * 10 + [wall] * 14 + [face] * 10
    track = follow_face(written(tmp_path / "lost.mp4", shown), "lost", networks=networks)
    lost = [problem for problem in track.problems if problem.code == "face-lost"]
    assert len(lost) == 1
    assert 24 / 25 <= lost[0].start <= 26 / 25
    assert track.presence[12:15].min() > 0.9
    assert (track.presence[26:38] == 0).all()
    assert np.abs(np.diff(track.presence)).max() < 0.6
    assert track.presence[-4:].min() == 1


def test_a_movie_without_a_face_is_refused_in_a_sentence(tmp_path, networks):
    path = written(tmp_path / "wall.mp4", [np.full((96, 96, 3), 120, np.uint8)] * 3)
    with pytest.raises(FaceError, match=r"No face was found in any frame of '.*wall\.mp4'"):
        follow_face(path, "wall", networks=networks)
    with pytest.raises(FaceError, match="There is no face 3"):
        follow_face(written(tmp_path / "one.mp4", [sample_portrait()] * 2), "one", face=3, networks=networks)


def test_presence_falls_smoothly_into_long_losses_only():
    times = np.arange(40) / 25
    seen = np.ones(40, np.bool_)
    seen[[5, 6]] = False
    assert (presence_of(times, seen) == 1).all()
    seen[20:30] = False
    presence = presence_of(times, seen)
    assert (presence[20:30] == 0).all()
    assert 0 < presence[18] < 1
    assert (presence[:14] == 1).all()
