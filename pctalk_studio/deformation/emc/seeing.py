"""From a face back to action units: the expression of a picture, or of a movie over time, as looks that emotion clips can show.

A face is explained as a person's build plus action units that only ever pull (non-negative least squares). How builds differ is
known from portraits at rest (``resources/face_spread.npz``), so that a high brow is not taken for a raised one sooner than it
should. Where the person's own neutral face is known, as in a movie, only the reading's error is left to doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.face import FaceRig
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.resources import resource_path
from pctalk_studio.deformation.emc.tables import emotion_tables
from pctalk_studio.document.looks import STRONGEST, ActionUnit, Look, UnitStrength
from pctalk_studio.document.project import Emotion

ArrayF64 = npt.NDArray[np.float64]

_READING = 0.008
"""Error of a keypoint that is found in a picture, E."""
_RESTRAINT = 2.0
"""Weight of the squared strengths beside the squared, whitened misfit: units that explain little stay near nothing."""
_LEAST = 0.1
"""Strength below which a unit is left out of a look."""
_CLEAR = 3.0
"""Likeness to an emotion, in standard deviations of faces at rest, at which it is as sure as not."""


@dataclass(frozen=True, eq=False)
class Spread:
    """How faces at rest differ.

    Parameters
    ----------
    middle
        [42] median of x and y of the keypoints less those of the mean face, unit E.
    covariance
        [42, 42] about it.
    """

    middle: ArrayF64
    covariance: ArrayF64

    @cached_property
    def whitening(self) -> ArrayF64:
        """[42, 42] by which differences get unit covariance."""
        return np.asarray(np.linalg.cholesky(np.linalg.inv(self.covariance + np.eye(len(self.covariance)) * _READING**2)).T)


@cache
def people() -> Spread:
    """The spread that ships, made by ``python -m pctalk_studio.training.face_spread``."""
    with np.load(resource_path("face_spread.npz"), allow_pickle=False) as stored:
        return Spread(stored["middle"].astype(np.float64), stored["covariance"].astype(np.float64))


@cache
def one_person() -> Spread:
    """No spread but the reading's: for shifts from a person's own neutral face."""
    return Spread(np.zeros(2 * KEYPOINT_COUNT), np.zeros((2 * KEYPOINT_COUNT, 2 * KEYPOINT_COUNT)))


@dataclass(frozen=True, slots=True, eq=False)
class SeenExpression:
    """What a face shows.

    Parameters
    ----------
    strengths
        [U, 2] of every action unit, right and left, 0 to 2.
    emotion
        The emotion that it is most like; neutral when it is like none.
    confidence
        0 to 1 that it is that one and neither another nor a face at rest.
    """

    strengths: ArrayF64
    emotion: Emotion
    confidence: float

    @property
    def look(self) -> Look:
        """The units that do something."""
        names = emotion_tables().units.names
        return tuple(
            UnitStrength(ActionUnit(name), round(float(right), 3), round(float(left), 3))
            for name, (right, left) in zip(names, self.strengths, strict=True)
            if max(right, left) >= _LEAST
        )


def expression_of_rig(rig: FaceRig) -> SeenExpression:
    """What a single picture shows, by comparison with faces of other people at rest."""
    mean = _mean_keypoints()
    return expression_of(MESH.of_landmarks(rig.shape).astype(np.float64) - mean, people())


def expression_of(shift: ArrayF64, spread: Spread) -> SeenExpression:
    """Explain a shift of keypoints.

    Parameters
    ----------
    shift
        [21, 3] face frame, unit E; depth is not used, since pictures hardly show it.
    spread
        What of it may be anything but expression.
    """
    whitening = spread.whitening
    strengths = _strengths(shift, spread, whitening)
    scores = _likeness(strengths, whitening)
    winner = max(scores, key=scores.__getitem__)
    # A face at rest counts as much as a likeness of _CLEAR; all are compared as odds.
    odds = {emotion: np.exp(min(score, 30.0) - _CLEAR) for emotion, score in scores.items()}
    confidence = float(odds[winner] / (sum(odds.values()) + 1.0))
    if scores[winner] < _CLEAR:
        return SeenExpression(strengths, Emotion.NEUTRAL, float(1.0 / (sum(odds.values()) + 1.0)))
    return SeenExpression(strengths, winner, confidence)


def mean_expression(seen: Sequence[SeenExpression], weights: Sequence[float]) -> SeenExpression:
    """The average of a movie's frames, which is what the paper's supplement (C) takes from a video as direct control.

    Parameters
    ----------
    seen
        Of the frames, at least one.
    weights
        How much each counts; not all 0.
    """
    share = np.asarray(weights, np.float64) / float(np.sum(weights))
    strengths = np.einsum("t,tus->us", share, np.array([one.strengths for one in seen]))
    effects = emotion_tables().units.effects
    return expression_of(np.asarray(np.einsum("us,uskc->kc", strengths, effects)), one_person())


@cache
def _mean_keypoints() -> ArrayF64:
    from pctalk_studio.core.topology import face_topology

    return MESH.of_landmarks(face_topology().vertices).astype(np.float64)


@cache
def _effects() -> ArrayF64:
    """[42, 2 U]: x and y of the keypoints by unit and side."""
    return np.asarray(emotion_tables().units.effects[:, :, :, :2].reshape(-1, 2 * KEYPOINT_COUNT).T)


def _strengths(shift: ArrayF64, spread: Spread, whitening: ArrayF64) -> ArrayF64:
    # With all that it draws in, this takes longer to import than the window takes to open.
    from scipy.optimize import nnls

    effects = _effects()
    wanted = whitening @ (shift[:, :2].ravel() - spread.middle)
    system = np.vstack([whitening @ effects, np.sqrt(_RESTRAINT) * np.eye(effects.shape[1])])
    found, _ = nnls(system, np.concatenate([wanted, np.zeros(effects.shape[1])]))
    return np.asarray(np.minimum(found, STRONGEST).reshape(-1, 2))


def _likeness(strengths: ArrayF64, whitening: ArrayF64) -> dict[Emotion, float]:
    """Length of what was found along each emotion, in standard deviations; one-sided emotions may be on either side."""
    tables = emotion_tables()
    found = whitening @ (_effects() @ strengths.ravel())
    out: dict[Emotion, float] = {}
    for emotion, spec in tables.emotions.items():
        if emotion is Emotion.NEUTRAL:
            continue
        sides = [whitening @ (_effects() @ weights.ravel()) for weights in (spec.weights, spec.weights[:, ::-1])]
        out[emotion] = max(float(found @ side / np.linalg.norm(side)) for side in sides)
    return out
