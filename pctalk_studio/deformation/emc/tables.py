"""Emotions as data: action units and what they move, the eight emotions, and the soft regions of the face.

Three files under resources/: ``action_units.json`` (what each unit moves at intensity 1, unit E), ``emotions.json`` (which
units make an emotion, and what it does to articulation, head and eyes) and ``region_weights.json`` (how much of each keypoint
belongs to each region). Keypoints are named without their side; ``out`` points away from the middle of the face, ``down`` to
the chin, ``back`` from the viewer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH
from pctalk_studio.core.resources import resource_path
from pctalk_studio.document.project import Emotion, EmotionRegion

ArrayF64 = npt.NDArray[np.float64]

REGIONS = tuple(EmotionRegion)
SIDES = ("right", "left")


@dataclass(frozen=True, slots=True, eq=False)
class ActionUnits:
    """Effects of action units.

    Parameters
    ----------
    names
        U names such as ``AU12``.
    effects
        [U, 2, 21, 3] displacement that the right and the left half of each unit make, face frame, unit E.
    press
        [U] how far each rolls the lips in.
    """

    names: tuple[str, ...]
    effects: ArrayF64
    press: ArrayF64


@dataclass(frozen=True, slots=True, eq=False)
class EmotionSpec:
    """One emotion at intensity 1.

    Parameters
    ----------
    weights
        [U, 2] strength of each action unit, right and left.
    in_speech
        [U] what is left of each unit while the mouth speaks.
    lasting
        [U] what is left of each unit after the onset has worn off.
    open_gain, open_bias, width_bias
        Articulation: factor and offset of openness, offset of width.
    pitch, yaw, roll, zoom
        Attitude of the head; degrees, and change of size.
    amplitude, tempo
        Factors of the head's own motion.
    gaze_x, gaze_y
        Attitude of the eyes, degrees.
    blink_rate
        Factor of the blink rate, up to 1.
    blink_hold
        Seconds after the onset without a blink.
    rise, fall
        Seconds of onset and offset.
    """

    weights: ArrayF64
    in_speech: ArrayF64
    lasting: ArrayF64
    open_gain: float
    open_bias: float
    width_bias: float
    pitch: float
    yaw: float
    roll: float
    zoom: float
    amplitude: float
    tempo: float
    gaze_x: float
    gaze_y: float
    blink_rate: float
    blink_hold: float
    rise: float
    fall: float


@dataclass(frozen=True, slots=True, eq=False)
class EmotionTables:
    """All three tables.

    Parameters
    ----------
    units
        Action units.
    emotions
        By emotion.
    regions
        [21, 5] weight of each region (order of EmotionRegion) at each keypoint; rows sum to 1.
    """

    units: ActionUnits
    emotions: Mapping[Emotion, EmotionSpec]
    regions: ArrayF64


def _load(path: Path, key: str) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as stream:
            rows = json.load(stream)[key]
    except (ValueError, KeyError, TypeError) as error:
        raise InterchangeError(f"'{path}' is no JSON with a list '{key}'; restore it.", repr(error)) from error
    return list(rows)


def _sided(path: Path, name: str) -> list[tuple[int, int, float]]:
    """(keypoint, side, share) of a keypoint named without its side; a middle one belongs half to each side."""
    known = {keypoint.name: i for i, keypoint in enumerate(MESH.keypoints)}
    if name in known:
        return [(known[name], 0, 0.5), (known[name], 1, 0.5)]
    if f"{name}_right" in known:
        return [(known[f"{name}_{side}"], s, 1.0) for s, side in enumerate(SIDES)]
    raise InterchangeError(f"'{path}' names the keypoint '{name}', which the layout lacks; correct it.")


def read_action_units(path: Path) -> ActionUnits:
    """Read the effects of action units.

    Raises
    ------
    InterchangeError
        When the file is no such table or names an unknown keypoint.
    """
    rows = _load(path, "units")
    effects = np.zeros((len(rows), 2, KEYPOINT_COUNT, 3))
    try:
        for u, row in enumerate(rows):
            for move in row["moves"]:
                for keypoint, side, share in _sided(path, move["keypoint"]):
                    outward = (-1.0 if side == 0 else 1.0) * move["out"]
                    effects[u, side, keypoint] += share * np.array([outward, move["down"], move["back"]])
        names = tuple(str(row["unit"]) for row in rows)
        return ActionUnits(names, effects, np.array([float(row["press"]) for row in rows]))
    except (KeyError, TypeError) as error:
        raise InterchangeError(f"'{path}' has an incomplete action unit; correct it.", repr(error)) from error


def _spec(path: Path, row: Mapping[str, Any], units: ActionUnits) -> EmotionSpec:
    weights = np.zeros((len(units.names), 2))
    in_speech, lasting = np.ones(len(units.names)), np.ones(len(units.names))
    for action in row["actions"]:
        if action["unit"] not in units.names:
            raise InterchangeError(f"'{path}' names the action unit '{action['unit']}', which no table has; correct it.")
        u = units.names.index(action["unit"])
        weights[u] = [float(action[side]) for side in SIDES]
        in_speech[u], lasting[u] = float(action["in_speech"]), float(action["lasting"])
    flat = {**row["articulation"], **row["head"], **row["eyes"], "rise": row["rise"], "fall": row["fall"]}
    return EmotionSpec(weights, in_speech, lasting, **{name: float(value) for name, value in flat.items()})


def read_emotions(path: Path, units: ActionUnits) -> Mapping[Emotion, EmotionSpec]:
    """Read the eight emotions.

    Raises
    ------
    InterchangeError
        When one is missing, incomplete or unknown.
    """
    try:
        table = {Emotion(row["emotion"]): _spec(path, row, units) for row in _load(path, "emotions")}
    except (KeyError, TypeError, ValueError) as error:
        raise InterchangeError(f"'{path}' has an unknown or incomplete emotion; correct it.", repr(error)) from error
    missing = [emotion for emotion in Emotion if emotion not in table]
    if missing:
        raise InterchangeError(f"'{path}' lacks {', '.join(missing)}; add them.")
    return table


def read_region_weights(path: Path) -> ArrayF64:
    """Read the soft regions, [21, 5].

    Raises
    ------
    InterchangeError
        When a keypoint is missing or its weights do not sum to 1.
    """
    weights = np.zeros((KEYPOINT_COUNT, len(REGIONS)))
    for row in _load(path, "keypoints"):
        for keypoint, _, _ in _sided(path, str(row.get("keypoint"))):
            weights[keypoint] = [float(row.get(region, 0.0)) for region in REGIONS]
    if np.abs(weights.sum(axis=1) - 1.0).max() > 1e-9 or weights.min() < 0:
        raise InterchangeError(f"'{path}': the weights of each keypoint must be positive and sum to 1; correct it.")
    return weights


@cache
def emotion_tables() -> EmotionTables:
    """The tables that ship, read once."""
    units = read_action_units(resource_path("action_units.json"))
    emotions = read_emotions(resource_path("emotions.json"), units)
    return EmotionTables(units, emotions, read_region_weights(resource_path("region_weights.json")))
