"""Phones without words: for languages that have no dictionary here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.acoustic_model import AcousticModel
from pctalk_studio.analysis.speech.features import Features
from pctalk_studio.analysis.speech.lattice import Unit, stay_probabilities
from pctalk_studio.analysis.speech.search import Segment
from pctalk_studio.analysis.speech.viterbi import STATES, Lattice, best_path
from pctalk_studio.core.speech import ARPABET, SILENCE

_NEXT_PHONE = -6.0
"""Log weight of going on to another phone, nats; about as many phones are left out as are put in."""

_FLATNESS = 0.3
"""Factor on log likelihoods before they are turned into shares."""


def decode_loop(model: AcousticModel, features: Features) -> tuple[tuple[Segment, ...], npt.NDArray[np.float64]]:
    """Best sequence of phones, any after any.

    Parameters
    ----------
    model
        Scores the frames.
    features
        At least three frames, 10 ms apart.

    Returns
    -------
    tuple[tuple[Segment, ...], npt.NDArray[np.float64]]
        Segments without gaps, and for each how clearly it is this phone and no other, 0 to 1.
    """
    labels = (*ARPABET, SILENCE)
    senones = model.sequences[model.single[[model.phones.index(label) for label in labels]]]
    scores = model.score(features, senones.ravel())
    visits, _ = best_path(_loop(model, labels), scores)
    best = scores.reshape(len(scores), len(labels), STATES).max(axis=2)
    share = np.exp(_FLATNESS * (best - best.max(axis=1, keepdims=True)))
    share /= share.sum(axis=1, keepdims=True)
    top = best.max(axis=1)
    segments = tuple(
        Segment(
            Unit(labels[visit.unit], None, 0, tuple(senones[visit.unit].tolist())),
            visit.start,
            visit.end,
            float(np.mean((best[:, visit.unit] - top)[visit.start : visit.end])),
        )
        for visit in visits
    )
    clear = np.array([float(np.sqrt(share[visit.start : visit.end, visit.unit].mean())) for visit in visits])
    return segments, clear


def _loop(model: AcousticModel, labels: tuple[str, ...]) -> Lattice:
    count = len(labels)
    none = np.zeros(0, np.int32)
    return Lattice(
        columns=np.arange(count * STATES, dtype=np.int32).reshape(count, STATES),
        stay=stay_probabilities(model, labels),
        sources=np.tile(np.arange(count, dtype=np.int32), count),
        targets=np.repeat(np.arange(count, dtype=np.int32), count),
        prices=np.full(count * count, _NEXT_PHONE),
        gap_of=np.full(count, -1, np.int32),
        gap_sources=none,
        gap_targets=none,
        gap_prices=np.zeros(0),
        gap_count=1,
        skips=(),
        starts=np.zeros(count),
        finals=np.zeros(count),
    )
