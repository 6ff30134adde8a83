"""Lips on real speech: hand-labelled phones of TIMIT, before anything is drawn."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.speech import BILABIALS, SILENCE, VOWELS, SpeechFacts
from pctalk_studio.core.time import FrameRate
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Project
from pctalk_studio.interchange.timit import read_timit


def facts(path) -> SpeechFacts:
    """Hand labels with an even voice."""
    alignment = read_timit(path)
    count = int(alignment.duration * 100)
    at = np.arange(count) / 100
    speaking = np.zeros(count, np.bool_)
    for phone in alignment.phones:
        if phone.label != SILENCE:
            speaking |= (at >= phone.start) & (at < phone.end)
    level = np.where(speaking, -20.0, -70.0).astype(np.float32)
    return SpeechFacts(alignment, level, np.full(count, np.nan, np.float32), speaking, path.stem)


@pytest.fixture(scope="module")
def corpus(shared_media) -> list[SpeechFacts]:
    return [facts(path) for path in sorted((shared_media / "alignment" / "timit").glob("*/*.phn"))]


def aperture(motion) -> np.ndarray:
    upper, lower = MESH.index("lip_upper_mid"), MESH.index("lip_lower_mid")
    return motion.lip[:, lower, 1] - motion.lip[:, upper, 1]


def lag_and_correlation(a: np.ndarray, o: np.ndarray, rate: float) -> tuple[float, float]:
    """Milliseconds by which a is late, and the correlation there (metric M1)."""
    reach = int(0.4 * rate)
    found = [
        float(np.corrcoef(a[reach : len(a) - reach], o[reach - k : len(o) - reach - k])[0, 1]) for k in range(-reach, reach + 1)
    ]
    i = int(np.argmax(found))
    before, here, after = found[i - 1 : i + 2]
    return 1000 / rate * (i - reach + 0.5 * (before - after) / (before - 2 * here + after)), here


@pytest.mark.parametrize("rate", ["24", "25", "30", "60"])
def test_lips_keep_time_close_and_open_as_the_hand_labels_say(rate, corpus, face):
    fps = FrameRate(Fraction(rate))
    gaps, asked, closed, centres = [], [], [], []
    for speech in corpus:
        motion = evaluate(Project(rate=fps), face, speech)
        a, t = aperture(motion), np.arange(len(motion)) / float(fps)
        gaps.append(a)
        asked.append(motion.target_openness)
        for phone in speech.alignment.phones:
            near = (t >= phone.start - 0.04) & (t <= phone.end + 0.02)
            if phone.label in BILABIALS:
                closed.append(int((a[near] < 1e-5).sum()))
            elif phone.label in VOWELS and phone.duration >= 0.06:
                quarter = phone.duration / 4
                centres.extend(a[(t >= phone.start + quarter) & (t <= phone.end - quarter)] / face.mouth_width)
    lag, correlation = lag_and_correlation(np.concatenate(gaps), np.concatenate(asked), float(fps))
    assert abs(lag) <= 10
    assert correlation >= 0.94
    assert min(closed) >= 1
    assert np.mean(np.array(closed) >= 2) >= 0.6
    assert min(centres) > 0.03
    spoken = np.concatenate(gaps)[np.concatenate(asked) > 0.05]
    assert 0.10 <= np.quantile(spoken, 0.95) <= 0.16
