from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.prediction import (
    EMOTION_CLASSES,
    NEUTRAL,
    PHONE_CLASSES,
    ExpressionRequest,
    FacePoints,
    LipRequest,
    StyleCode,
    phone_shares,
)
from pctalk_studio.core.speech import Phone
from pctalk_studio.document.project import Emotion


def spoken(*phones: tuple[str, float, float]) -> tuple[Phone, ...]:
    return tuple(Phone(*phone) for phone in phones)


def column(label: str) -> int:
    return PHONE_CLASSES.index(label)


def test_columns_are_the_documents_emotions_in_its_order():
    assert tuple(emotion.value for emotion in Emotion) == EMOTION_CLASSES
    assert EMOTION_CLASSES[NEUTRAL] == Emotion.NEUTRAL


def test_a_frame_is_shared_by_the_phones_that_fill_it():
    shares = phone_shares(spoken(("SIL", 0.0, 0.05), ("M", 0.05, 0.07), ("AA", 0.07, 0.12)), 3)
    assert shares[0, column("SIL")] == pytest.approx(1.0)
    assert shares[1, column("SIL")] == pytest.approx(0.25)
    assert shares[1, column("M")] == pytest.approx(0.5)
    assert shares[1, column("AA")] == pytest.approx(0.25)
    assert shares[2, column("AA")] == pytest.approx(1.0)


@given(st.lists(st.tuples(st.sampled_from(PHONE_CLASSES), st.floats(0.005, 0.4)), min_size=1, max_size=20), st.integers(1, 60))
def test_shares_sum_to_what_phones_fill(said: list[tuple[str, float]], frames: int):
    edges = np.concatenate([[0.0], np.cumsum([length for _, length in said])])
    phones = [(label, a, b) for (label, _), a, b in zip(said, edges[:-1], edges[1:], strict=True)]
    shares = phone_shares(spoken(*phones), frames)
    filled = np.clip(edges[-1] * 25 - np.arange(frames), 0.0, 1.0)
    np.testing.assert_allclose(shares.sum(axis=1), filled, atol=1e-5)
    for label in {label for label, _ in said}:
        filling = sum(max(0.0, min(b, frames / 25) - a) for name, a, b in phones if name == label)
        assert shares[:, column(label)].sum() / 25 == pytest.approx(filling, abs=1e-5)


def test_unknown_labels_leave_a_hole():
    assert phone_shares(spoken(("XX", 0.0, 0.2)), 5).sum() == 0.0


def test_a_style_is_a_name_or_an_embedding():
    with pytest.raises(ValueError, match="either"):
        StyleCode()
    with pytest.raises(ValueError, match="either"):
        StyleCode("Clear", np.zeros(4, np.float32))


def test_requests_of_a_wrong_form_are_refused():
    mel, phones = np.zeros((9, 80), np.float32), np.zeros((3, 40), np.float32)
    style, face = StyleCode("Clear"), FacePoints(np.zeros((21, 3), np.float32), np.zeros((21, 3), np.float32))
    LipRequest(mel, phones, style, face)
    with pytest.raises(ValueError, match="mel"):
        LipRequest(mel[:, :79], phones, style, face)
    with pytest.raises(ValueError, match="phone"):
        LipRequest(mel, phones[:, :39], style, face)
    with pytest.raises(ValueError, match="keypoints"):
        FacePoints(face.k_ori, face.k_c[:20])
    with pytest.raises(ValueError, match="emotions"):
        ExpressionRequest(mel, phones, style, np.zeros((2, 4, 8), np.float32))
