"""Each metric passes on a face that speaks well and fails on one that is wrong in just its way."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spoken import RATE, WIDEST, asked_apertures, frame_times, sentence, track_with

from pctalk_studio.core.speech import BILABIALS, SILENCE, VOWELS, Alignment, Phone
from pctalk_studio.evaluation import motion_metrics, speech_metrics
from pctalk_studio.evaluation.evaluate import report_of
from pctalk_studio.evaluation.report import ClipReport, Metric, at_least, at_most, pooled, told
from pctalk_studio.evaluation.track import ClipTrack
from pctalk_studio.media.sound import Sound

SENTENCE = sentence()


def by_code(metrics: list[Metric]) -> dict[str, Metric]:
    return {metric.code: metric for metric in metrics}


def spoken_well() -> ClipTrack:
    return track_with(asked_apertures(SENTENCE))


def frames_of(phone: Phone, alignment: Alignment = SENTENCE) -> np.ndarray:
    times = frame_times(alignment)
    return (times >= phone.start - 0.04 - 1e-9) & (times <= phone.end + 0.02 + 1e-9)


def test_a_face_that_speaks_well_passes_what_openness_alone_can_tell() -> None:
    report = report_of(spoken_well(), SENTENCE, None, "clip")
    expected = {"found", "M1", "M1r", "M22", "M3", "M3hold", "M4", "M6", "M6speed", "M9", "M9lips", "M12", "size"}
    assert {m.code for m in report.metrics if m.passed} >= expected


@settings(deadline=None, max_examples=20)
@given(st.floats(-0.16, 0.16))
def test_a_delay_is_measured_to_a_few_milliseconds(delay: float) -> None:
    metrics = by_code(speech_metrics.timing(track_with(asked_apertures(SENTENCE, delay)), SENTENCE))
    assert metrics["M1"].value == pytest.approx(abs(delay) * 1000, abs=6)
    assert metrics["M1"].passed == (metrics["M1"].value <= 20)
    assert metrics["M1r"].value > 0.95
    if abs(delay) > 0.03:
        assert ("behind" in metrics["M1"].sentence) == (delay > 0)


def test_lips_that_do_something_else_are_not_alike() -> None:
    other = np.random.default_rng(1).permutation(asked_apertures(SENTENCE))
    metrics = by_code(speech_metrics.timing(track_with(other), SENTENCE))
    assert metrics["M1r"].passed is False
    assert metrics["M22"].passed is False


def test_matched_extrema_tell_a_late_mouth() -> None:
    good = by_code(speech_metrics.timing(spoken_well(), SENTENCE))["M22"]
    late = by_code(speech_metrics.timing(track_with(asked_apertures(SENTENCE, 0.12)), SENTENCE))["M22"]
    assert good.passed
    assert good.value < 10
    assert late.passed is False
    assert late.value == pytest.approx(120, abs=40)


def test_each_missed_closure_counts() -> None:
    bilabials = [p for p in SENTENCE.phones if p.label in BILABIALS]
    aperture = asked_apertures(SENTENCE)
    for missed in range(3):
        if missed:
            spot = frames_of(bilabials[missed * 3])
            aperture[spot] = np.maximum(aperture[spot], 0.06)
        metric = by_code(speech_metrics.closures(track_with(aperture), SENTENCE))["M3"]
        assert metric.value == pytest.approx(1 - missed / len(bilabials))
        assert metric.passed == (missed == 0)


def test_a_closure_that_only_landmarks_see_is_none() -> None:
    """Landmarks read small gaps as closed; the pixels between the lips must agree."""
    aperture = asked_apertures(SENTENCE)
    open_slit = np.maximum(aperture, np.where(frames_of(next(p for p in SENTENCE.phones if p.label == "P")), 0.05, 0))
    assert by_code(speech_metrics.closures(track_with(aperture), SENTENCE))["M3"].passed
    assert by_code(speech_metrics.closures(track_with(aperture, slit=open_slit), SENTENCE))["M3"].passed is False


def test_lips_that_never_meet_are_not_taken_for_the_faces_own_closed_lips() -> None:
    metrics = by_code(speech_metrics.closures(track_with(0.08 + 0.8 * asked_apertures(SENTENCE)), SENTENCE))
    assert metrics["M3"].value == 0
    assert metrics["M3"].passed is False


def test_a_vowel_that_closes_is_a_false_closure() -> None:
    aperture = asked_apertures(SENTENCE)
    vowel = next(p for p in SENTENCE.phones if p.label == "AA")
    aperture[frames_of(vowel)] = 0
    metric = by_code(speech_metrics.closures(track_with(aperture), SENTENCE))["M4"]
    assert metric.passed is False
    assert metric.value > 0.02


def test_a_dark_gap_in_f_is_no_contact() -> None:
    aperture = asked_apertures(SENTENCE)
    bitten = np.zeros(len(aperture), bool)
    for phone in SENTENCE.phones:
        if phone.label in ("F", "V"):
            bitten |= frames_of(phone)
    touching, apart = np.where(bitten, 0, aperture), np.where(bitten, 0.1, aperture)
    assert by_code(speech_metrics.closures(track_with(aperture, slit=touching), SENTENCE))["M5"].passed
    assert by_code(speech_metrics.closures(track_with(aperture, slit=apart), SENTENCE))["M5"].passed is False


def test_the_dark_seam_of_closed_lips_is_no_opening() -> None:
    """Dark lips in hard light show a seam of 0.05 E, which vanishes behind pale teeth as soon as they part."""
    aperture = asked_apertures(SENTENCE)
    seam = np.where(aperture < 0.01, 0.06, 0.0)
    metrics = by_code(speech_metrics.closures(track_with(aperture, slit=np.maximum(aperture, seam)), SENTENCE))
    assert metrics["M3"].passed
    assert metrics["M4"].passed


def test_motion_in_silence_is_noticed() -> None:
    aperture = asked_apertures(SENTENCE)
    silent = np.zeros(len(aperture), bool)
    for phone in SENTENCE.phones:
        if phone.label == SILENCE:
            silent |= frames_of(phone)
    trembling = aperture + silent * 0.03 * (np.arange(len(aperture)) % 2)
    hanging = np.maximum(aperture, silent * 0.1)
    still = by_code(speech_metrics.stillness(track_with(aperture), SENTENCE))
    assert still["M6"].passed
    assert still["M6speed"].passed
    assert by_code(speech_metrics.stillness(track_with(trembling), SENTENCE))["M6speed"].passed is False
    assert by_code(speech_metrics.stillness(track_with(hanging), SENTENCE))["M6"].passed is False


def test_vowels_in_the_wrong_order_are_noticed() -> None:
    upside_down = np.where(asked_apertures(SENTENCE) > 0.02, WIDEST - asked_apertures(SENTENCE), 0)
    assert by_code(speech_metrics.vowel_order([(spoken_well(), SENTENCE)] * 3))["M7open"].passed
    assert by_code(speech_metrics.vowel_order([(track_with(upside_down), SENTENCE)] * 3))["M7open"].passed is False


def voice(loudness: np.ndarray) -> np.ndarray:
    """16 kHz noise as loud as a series of 100 values a second."""
    noise = np.random.default_rng(0).normal(size=len(loudness) * 160)
    return (noise * np.repeat(loudness, 160) * 0.1).astype(np.float32)


def test_mouth_and_voice_that_move_together_are_in_sync() -> None:
    _, asked = speech_metrics.asked_openness(SENTENCE)
    well = by_code(speech_metrics.envelope_sync(spoken_well(), voice(asked), 16000))
    assert well["M2"].value > 0.5
    assert abs(well["M2lag"].value) < 25
    ahead = by_code(speech_metrics.envelope_sync(track_with(asked_apertures(SENTENCE, -0.15)), voice(asked), 16000))
    assert ahead["M2lag"].value == pytest.approx(-150, abs=30)
    unrelated = track_with(asked_apertures(SENTENCE)[::-1].copy())
    assert by_code(speech_metrics.envelope_sync(unrelated, voice(asked), 16000))["M2"].value < well["M2"].value - 0.2


def test_louder_vowels_that_open_wider_show_a_slope() -> None:
    times, asked = speech_metrics.asked_openness(SENTENCE)
    gains = np.random.default_rng(2).uniform(0.5, 1.5, len(SENTENCE.phones))
    owner = np.searchsorted([p.end for p in SENTENCE.phones[:-1]], times, side="right")
    following = np.interp(frame_times(SENTENCE), times, asked * gains[owner]) * WIDEST
    loud = voice(gains[owner] ** 2)
    slope = by_code(speech_metrics.loudness_slope(track_with(following), SENTENCE, loud, 16000))["M8"].value
    flat = by_code(speech_metrics.loudness_slope(spoken_well(), SENTENCE, loud, 16000))["M8"].value
    assert slope > 0.5
    assert flat < 0.3


@pytest.mark.parametrize(("scale", "passed"), [(0.3, False), (1.0, True), (2.0, False)])
def test_a_mouth_of_unnatural_size_is_noticed(scale: float, passed: bool) -> None:
    (metric,) = motion_metrics.natural_size(track_with(asked_apertures(SENTENCE) * scale), SENTENCE)
    assert metric.passed is passed


def test_jitter_is_told_from_motion() -> None:
    count = round(SENTENCE.duration * RATE)
    seconds = np.arange(count) / RATE
    sway = np.zeros((count, 478, 2))
    sway[:, :, 0] = 0.02 * np.sin(2 * np.pi * 0.7 * seconds)[:, None]
    shake = sway + 0.008 * np.sin(2 * np.pi * 10.0 * seconds + 0.3)[:, None, None]
    calm = by_code(motion_metrics.jitter(track_with(asked_apertures(SENTENCE), jitter=sway)))
    shaken = by_code(motion_metrics.jitter(track_with(asked_apertures(SENTENCE), jitter=shake)))
    assert calm["M9"].passed
    assert calm["M9lips"].passed
    assert shaken["M9"].passed is False


def test_a_face_that_becomes_another_is_noticed() -> None:
    count = round(SENTENCE.duration * RATE)
    longer = np.zeros((count, 478, 2))
    longer[:, 4, 1] = np.linspace(0, 0.03, count)
    assert motion_metrics.identity_drift(spoken_well())[0].passed
    assert motion_metrics.identity_drift(track_with(asked_apertures(SENTENCE), jitter=longer))[0].passed is False


def blinking_track(blinks: int, closing: int = 2, opening: int = 5) -> ClipTrack:
    count = 500
    share = np.zeros(count)
    shape = np.concatenate([np.linspace(0, 1, closing + 1)[1:], np.linspace(1, 0, opening + 1)])
    for k in range(blinks):
        at = 20 + k * (count - 60) // max(blinks, 1)
        share[at : at + len(shape)] = shape
    return track_with(np.zeros(count), closed_share=share)


@pytest.mark.parametrize(("blinks", "passed"), [(0, False), (1, False), (6, True), (10, True), (14, False)])
def test_blinks_are_counted(blinks: int, passed: bool) -> None:
    metrics = by_code(motion_metrics.blinking(blinking_track(blinks)))
    assert metrics["M21"].value == pytest.approx(blinks * 3)
    assert metrics["M21"].passed is passed


def test_lids_close_faster_than_they_open() -> None:
    assert by_code(motion_metrics.blinking(blinking_track(6)))["M21shape"].passed
    assert by_code(motion_metrics.blinking(blinking_track(6, closing=5, opening=2)))["M21shape"].passed is False


def test_half_shut_eyes_are_no_blinks() -> None:
    share = 0.5 * (np.arange(500) % 50 < 8)
    track = track_with(np.zeros(500), closed_share=share)
    assert by_code(motion_metrics.blinking(track))["M21"].value == 0


def test_a_report_becomes_json_and_knows_whether_it_passed() -> None:
    sound = Sound.of(voice(np.ones(round(SENTENCE.duration * 100))), 16000, __file__)
    report = report_of(spoken_well(), SENTENCE, sound, "clip.mp4")
    again = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert again["clip"] == "clip.mp4"
    assert again["frames"] == len(spoken_well())
    assert {row["code"] for row in again["metrics"]} >= {"M1", "M2", "M8", "M21"}
    failing = ClipReport("x", 1, 25.0, 0.04, (Metric("a", "a", 1.0, "", "at most 0", False, ""),))
    assert failing.passed is False
    with pytest.raises(KeyError):
        failing.metric("b")


def test_what_cannot_be_measured_has_no_value_and_fails_nothing() -> None:
    silence = Alignment(2.0, (), (Phone(SILENCE, 0.0, 2.0),))
    report = report_of(track_with(np.zeros(50)), silence, None, "silent")
    unmeasured = {m.code for m in report.metrics if m.value is None}
    assert unmeasured >= {"M1r", "M3", "M4", "M5", "M7open", "M21"}
    assert all(report.metric(code).passed is None for code in unmeasured)
    assert not any("nan" in m.sentence for m in report.metrics)
    assert report.metric("M6").passed


def test_every_vowel_of_the_sentence_takes_part() -> None:
    assert {p.label for p in SENTENCE.phones} & VOWELS == {"AA", "IY", "UW", "AE", "EH", "AO", "IH"}


def report_with(*metrics: Metric) -> ClipReport:
    return ClipReport("c", 50, 25.0, 2.0, metrics)


def test_clips_are_pooled_by_their_occasions_and_judged_anew() -> None:
    one = report_with(at_least("M3", "closure", 1.0, 0.98, "", "", 99), told("M8", "slope", 0.2, "", ""))
    two = report_with(at_least("M3", "closure", 0.0, 0.98, "", "", 1), at_most("M1", "lag", 30.0, 20, "ms", ""))
    three = report_with(at_least("M3", "closure", None, 0.98, "", "", 0), at_most("M1", "lag", 6.0, 20, "ms", ""))
    whole = pooled([one, two, three])
    assert whole.metric("M3").value == pytest.approx(0.99)
    assert whole.metric("M3").passed
    assert whole.metric("M3").count == 100
    assert whole.metric("M1").value == pytest.approx(18)
    assert whole.metric("M1").passed
    assert whole.metric("M8").passed is None
    assert whole.frames == 150
    assert pooled([three]).metric("M3").value is None
    assert pooled([two]).metric("M1").passed is False
