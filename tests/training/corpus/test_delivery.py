from __future__ import annotations

import numpy as np
import pytest

from pctalk_studio.document.project import Emotion
from pctalk_studio.training.corpus.delivery import EMOTIONS, drawn_delivery, drawn_prosody
from pctalk_studio.training.corpus.voices import Delivery, Voice

VOICE = Voice("a", "b", shifts=(0.9, 1.2))


def drawn(emotion: Emotion, count: int = 400) -> list[Delivery]:
    chance = np.random.default_rng(1)
    return [drawn_delivery(EMOTIONS.index(emotion), VOICE, chance) for _ in range(count)]


def test_all_emotions_are_spoken_and_none_most_often():
    chance = np.random.default_rng(0)
    counts = np.bincount([drawn_prosody(chance) for _ in range(2000)], minlength=len(EMOTIONS))
    assert counts.min() > 80
    assert counts.argmax() == EMOTIONS.index(Emotion.NEUTRAL)


@pytest.mark.parametrize(
    ("emotion", "rate", "pitch", "level"),
    [(Emotion.ANGRY, 1, 1, 1), (Emotion.SAD, -1, -1, -1), (Emotion.HAPPY, 1, 1, 1), (Emotion.FEAR, 1, 1, 1)],
)
def test_emotions_go_where_the_literature_says(emotion, rate, pitch, level):
    feeling, plain = drawn(emotion), drawn(Emotion.NEUTRAL)
    for name, sign in (("rate", rate), ("pitch", pitch), ("level", level)):
        away = np.mean([getattr(d, name) for d in feeling]) - np.mean([getattr(d, name) for d in plain])
        assert sign * away > 0.02


def test_deliveries_stay_within_what_voices_can_do():
    for emotion in Emotion:
        for delivery in drawn(emotion, 100):
            assert 0.65 <= delivery.rate <= 1.5
            assert 0.7 <= delivery.pitch <= 1.5
            assert 0.3 <= delivery.spread <= 2.2
            assert 0.9 <= delivery.shift <= 1.2
            assert delivery.stretch == pytest.approx(delivery.shift / delivery.rate)
