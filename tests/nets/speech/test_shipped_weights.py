"""The weights that ship: whole, described, and doing what they are for."""

from __future__ import annotations

import numpy as np
import pytest

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.prediction import EMOTION_CLASSES, PHONE_CLASSES, ExpressionRequest, FacePoints, LipRequest, StyleCode
from pctalk_studio.core.resources import model_path
from pctalk_studio.core.topology import face_topology
from pctalk_studio.nets.speech.audio_encoder import mel_windows
from pctalk_studio.nets.speech.manifest import read_manifest, verified
from pctalk_studio.nets.speech.models import load_sync
from pctalk_studio.nets.speech.motion_predictor import LearnedMotion, shipped_motion
from pctalk_studio.storage.presets import shipped_presets
from pctalk_studio.training.shipping import MOST_BYTES, PURPOSES

POINTS = MESH.of_landmarks(face_topology().vertices)
FACE = FacePoints(POINTS, POINTS)
CLEAR = StyleCode("Clear")
QUIET = np.full((161, 80), -4.0, np.float32)


@pytest.fixture(scope="module")
def motion() -> LearnedMotion:
    return shipped_motion()


def shares(*labels: tuple[str, int]) -> np.ndarray:
    """Phone shares of phones that each fill some frames."""
    rows = [np.eye(len(PHONE_CLASSES), dtype=np.float32)[[PHONE_CLASSES.index(label)] * count] for label, count in labels]
    return np.concatenate(rows)


def opening(lips: np.ndarray) -> np.ndarray:
    return lips[:, MESH.index("lip_lower_mid"), 1] - lips[:, MESH.index("lip_upper_mid"), 1]


def width(lips: np.ndarray) -> np.ndarray:
    return lips[:, MESH.index("lip_corner_left"), 0] - lips[:, MESH.index("lip_corner_right"), 0]


def said(motion: LearnedMotion, phones: np.ndarray, style: str = "Clear") -> np.ndarray:
    return motion.lips(LipRequest(QUIET, phones, StyleCode(style), FACE))


def test_every_file_is_what_the_manifest_says_and_has_a_card():
    folder = model_path("speech.json").parent
    assert {file.name for file in read_manifest(folder)} == set(PURPOSES)
    for file in read_manifest(folder):
        assert verified(folder, file.name).stat().st_size == file.bytes <= MOST_BYTES
        card = (folder / file.card).read_text(encoding="utf-8")
        assert "Weak where" in card
        assert "pctalk-studio train" in card


def test_the_audio_encoder_is_the_one_of_synchrony(motion: LearnedMotion):
    sync = load_sync(verified(model_path("speech.json").parent, "sync"))
    for name, tensor in sync.audio_encoder.state_dict().items():
        assert tensor.equal(motion._lac.audio_encoder.state_dict()[name])


def test_its_styles_are_the_programs(motion: LearnedMotion):
    assert motion.styles == tuple(preset.name for preset in shipped_presets())


def test_vowels_open_and_bilabials_close(motion: LearnedMotion):
    lips = said(motion, shares(("SIL", 10), ("AA", 8), ("M", 4), ("AA", 8), ("SIL", 15)))
    gap = opening(lips - motion.rest(CLEAR, FACE))
    assert gap[14:17].min() > 0.06
    assert gap[19:21].min() < 0.03
    assert gap[24:28].min() > 0.06
    assert np.abs(gap[-4:]).max() < 0.015


def test_spread_and_round_lips_differ(motion: LearnedMotion):
    spread = width(said(motion, shares(("SIL", 8), ("IY", 10), ("SIL", 8))))[13]
    rounded = width(said(motion, shares(("SIL", 8), ("UW", 10), ("SIL", 8))))[13]
    assert spread > rounded + 0.05


def test_styles_differ_as_their_names_say(motion: LearnedMotion):
    phones = shares(("SIL", 8), ("AA", 8), ("K", 3), ("AE", 8), ("SIL", 8))
    mumbled, clear, shouted = (opening(said(motion, phones, name)).max() for name in ("Mumbling", "Clear", "Shout"))
    assert mumbled < 0.8 * clear
    assert shouted > 1.15 * clear


def test_phones_lead_where_the_sound_says_something_else(motion: LearnedMotion):
    rng = np.random.default_rng(0)
    mel = rng.uniform(-1.0, 2.0, (161, 80)).astype(np.float32)
    silence = motion.lips(LipRequest(mel, shares(("SIL", 50)), CLEAR, FACE))
    assert np.abs(opening(silence - motion.rest(CLEAR, FACE))).max() < 0.03


def test_a_stream_gives_what_the_batch_gives(motion: LearnedMotion):
    rng = np.random.default_rng(1)
    mel = rng.uniform(-4.0, 2.0, (181, 80)).astype(np.float32)
    phones = shares(("SIL", 6), ("AA", 10), ("B", 4), ("IY", 20), ("SIL", 16))
    together = motion.lips(LipRequest(mel, phones, CLEAR, FACE))
    rows = np.concatenate([shares(("SIL", 3)), phones, shares(("SIL", 3))])
    stream = motion.stream(CLEAR, FACE)
    steps = [stream.step(window[0], row) for window, row in zip(mel_windows(mel, -3, len(rows)), rows, strict=True)]
    np.testing.assert_allclose(np.stack(steps[6:]), together, atol=1e-5)


def test_emotions_show_where_they_should(motion: LearnedMotion):
    phones = shares(("SIL", 25), ("AA", 10), ("SIL", 15))
    felt = np.zeros((3, 50, 8), np.float32)
    for row, name in enumerate(("happy", "surprised", "neutral")):
        felt[row, :, EMOTION_CLASSES.index(name)] = 1.0
    happy, surprised, neutral = motion.expression(ExpressionRequest(QUIET, phones, CLEAR, felt))
    assert not neutral.any()
    assert width(happy)[10:20].mean() > 0.04
    assert surprised[10:20, MESH.index("brow_inner_right"), 1].mean() < -0.03
    assert surprised[10:20, MESH.index("brow_outer_left"), 1].mean() < -0.03
