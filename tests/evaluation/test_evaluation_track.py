"""From pixels to measurements: drawn clips whose mouth is known exactly are read as they were drawn, without delay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from helpers.drawn_face import draw, posed, with_lids, with_mouth
from spoken import RATE, asked_apertures, sentence

from pctalk_studio.analysis.face import FaceNetworks, FaceTracker
from pctalk_studio.core.errors import FaceError, MediaError
from pctalk_studio.core.speech import BILABIALS, Alignment
from pctalk_studio.evaluation import evaluate_clip, motion_metrics, speech_metrics
from pctalk_studio.evaluation.mouth_pixels import mouth_opening
from pctalk_studio.evaluation.track import ClipTrack, track_frames

SIZE, SCALE, CENTRE = (280, 330), 78.0, (140.0, 130.0)
WIDTH = 0.5345


@pytest.fixture(scope="module")
def networks() -> Iterator[FaceNetworks]:
    with FaceNetworks() as made:
        yield made


def frames_with(apertures: np.ndarray, lids: np.ndarray | None = None) -> Iterator[tuple[float, np.ndarray]]:
    for k, aperture in enumerate(apertures):
        shape = with_mouth(0.002 + aperture * WIDTH)
        shape = with_lids(shape, float(lids[k])) if lids is not None else shape
        yield k / RATE, draw(posed(shape, SCALE, CENTRE), SIZE, seed=k)


def tracked(apertures: np.ndarray, networks: FaceNetworks, lids: np.ndarray | None = None) -> ClipTrack:
    with FaceTracker(networks=networks) as tracker:
        return track_frames(frames_with(apertures, lids), RATE, tracker.landmarks_of)


@pytest.fixture(scope="module")
def spoken(networks: FaceNetworks) -> tuple[ClipTrack, Alignment]:
    """The first two seconds of the sentence, drawn 60 ms late, with one P that does not quite close."""
    alignment = sentence()
    apertures = asked_apertures(alignment, delay=0.06)[:62]
    spoiled = next(p for p in alignment.phones if p.label == "P")
    late = np.arange(62) / RATE
    apertures[(late >= spoiled.start - 0.05) & (late <= spoiled.end + 0.15)] += 0.075
    return tracked(apertures, networks), alignment


def test_the_delay_that_was_drawn_is_read_from_pixels(spoken: tuple[ClipTrack, Alignment]) -> None:
    track, alignment = spoken
    timing = {m.code: m for m in speech_metrics.timing(track, alignment)}
    assert timing["M1"].value == pytest.approx(60, abs=12)
    assert "behind" in timing["M1"].sentence
    assert timing["M1r"].value > 0.9


def test_a_gap_of_a_few_pixels_is_no_closure(spoken: tuple[ClipTrack, Alignment]) -> None:
    """0.04 E is three pixels here: the network reads less, but the pixels between the lips tell."""
    track, alignment = spoken
    closed = speech_metrics.closed_frames(track)
    for phone in alignment.phones:
        inside = (track.times >= phone.start) & (track.times <= phone.end + 0.08)
        if phone.label in BILABIALS and phone.end < 2.3:
            assert closed[inside].any() == (phone.label != "P"), phone


def test_apertures_are_read_as_drawn(networks: FaceNetworks) -> None:
    drawn = np.array([0.0, 0.1, 0.2, 0.3, 0.05, 0.0, 0.15, 0.25, 0.0, 0.0])
    track = tracked(drawn, networks)
    np.testing.assert_allclose(track.aperture, drawn, atol=0.02, rtol=0.35)
    np.testing.assert_allclose(track.slit, drawn, atol=0.035)
    assert track.neutral_width == pytest.approx(WIDTH, abs=0.04)
    np.testing.assert_allclose(track.angles, 0, atol=6)


def test_blinks_are_read_as_drawn(networks: FaceNetworks) -> None:
    lids = np.array([0, 0, 0.5, 1, 1, 0.5, 0.2, 0, 0, 0, 0, 0], float)
    track = tracked(np.zeros(len(lids)), networks, lids)
    opening = track.eye_openings.mean(axis=1)
    assert opening[3:5].max() < 0.3 * opening[8:].min()


@pytest.mark.parametrize("gap", [0.002, 0.03, 0.06, 0.12])
def test_what_lies_between_the_lips_is_measured_by_pixels(gap: float) -> None:
    landmarks = posed(with_mouth(gap), SCALE, CENTRE)
    seen = mouth_opening(draw(landmarks, SIZE), landmarks)
    assert seen.cavity == pytest.approx(gap + 0.012, abs=0.014)
    assert seen.teeth < 0.005


def test_teeth_between_the_lips_are_seen_as_teeth() -> None:
    landmarks = posed(with_mouth(0.1), SCALE, CENTRE)
    picture = draw(landmarks, SIZE)
    top, bottom = (int(landmarks[i, 1]) for i in (13, 14))
    left, right = (int(landmarks[i, 0]) for i in (81, 311))
    picture[top + 1 : bottom, left:right] = (226, 220, 205)
    seen = mouth_opening(picture, landmarks)
    assert seen.teeth > 0.06
    assert seen.cavity < 0.04


def test_flickering_skin_is_told_from_a_speaking_and_moving_face(networks: FaceNetworks) -> None:
    moved = []
    for k, (_, picture) in enumerate(frames_with(np.tile([0.0, 0.2, 0.1], 4))):
        moved.append(np.roll(picture, (k // 3, k // 2), axis=(0, 1)))
    flickering = [np.clip(p.astype(int) + 4 * (k % 2), 0, 255).astype(np.uint8) for k, p in enumerate(moved)]
    values = []
    for pictures in (moved, flickering):
        with FaceTracker(networks=networks) as tracker:
            track = track_frames(((k / RATE, p) for k, p in enumerate(pictures)), RATE, tracker.landmarks_of)
        values.append(motion_metrics.flicker(track)[0])
    assert values[0].passed
    assert values[1].passed is False
    assert values[1].value == pytest.approx(4, abs=1)


def test_frames_without_a_face_are_filled_from_their_neighbours(networks: FaceNetworks) -> None:
    blank = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    frames = [(t, blank if k in (2, 3) else p) for k, (t, p) in enumerate(frames_with(np.zeros(8)))]
    with FaceTracker(networks=networks) as tracker:
        track = track_frames(frames, RATE, tracker.landmarks_of)
    assert track.found.tolist() == [True, True, False, False, True, True, True, True]
    assert np.isfinite(track.shapes).all()
    assert np.isfinite(track.cavity).all()


def test_a_clip_without_a_face_is_refused(networks: FaceNetworks) -> None:
    blank = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    with FaceTracker(networks=networks) as tracker, pytest.raises(FaceError, match="0 of 5 frames"):
        track_frames([(k / RATE, blank) for k in range(5)], RATE, tracker.landmarks_of, "clip.mp4")


def test_no_movie_no_report(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="nothing"):
        evaluate_clip(tmp_path / "nothing.mp4")


def test_a_real_talker_speaks_in_time(shared_media: Path) -> None:
    """A filmed face without a transcript: a voice's loudness and the mouth move together, and lips open naturally."""
    report = evaluate_clip(shared_media / "video" / "grid_lwbsza.mpg")
    assert report.metric("found").passed
    assert report.metric("M2").value > 0.35
    assert -120 < report.metric("M2lag").value < 60
    assert report.metric("size").passed
    assert report.metric("M9").passed
