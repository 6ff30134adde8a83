"""The table that says what moves LivePortrait's keypoints, read from ``resources/liveportrait_controls.json`` and checked.

The neural engine reads it forwards, from a deformation to an expression; motion templates are read with it backwards.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.keypoints import KEYPOINT_COUNT, MESH, Region
from pctalk_studio.core.motion import MOUTH_CHANNELS
from pctalk_studio.core.resources import resource_path

F32 = npt.NDArray[np.float32]

TABLE = "liveportrait_controls.json"
_AXES = "xyz"


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """One way of moving, in proportion to something read off the deformation.

    Parameters
    ----------
    name
        For messages and tests.
    reads
        [21, 3] float32: the measure is the sum of these times the deformation in the MESH layout, over the control's unit in E.
    one_sided
        Only measures above zero count.
    limit
        Measures are bent smoothly towards it: a face that does several things at once stays one that people have.
    moves
        [21, 3] float32 expression per unit of the measure, LivePortrait's layout.
    shows
        [21, 3] float32 deformation in the MESH layout that a unit of the measure stands for, unit E.
    typical
        Measure of a face that moves much.
    """

    name: str
    reads: F32
    one_sided: bool
    limit: float
    moves: F32
    shows: F32
    typical: float

    def amount(self, deformation: F32) -> float:
        """How much of it a deformation [21, 3] in the MESH layout asks for, in units."""
        measure = float((self.reads * deformation).sum())
        return self.limit * math.tanh(max(measure, 0.0) / self.limit if self.one_sided else measure / self.limit)


@dataclass(frozen=True, slots=True, eq=False)
class Aperture:
    """An opening that is set outright, so that closed is closed.

    Parameters
    ----------
    measure
        [21, 3] float32: expression times these, summed, is the opening over the width that it makes.
    along
        [21, 3] float32: how points move per unit of opening over width.
    """

    measure: F32
    along: F32

    def opening(self, expression: F32) -> float:
        """Opening over width that a change of expression [21, 3] makes."""
        return float((self.measure * expression).sum())

    def set_to(self, opening: float, expression: F32) -> F32:
        """A change of expression [21, 3] with this opening over width, whatever it was."""
        lacking = (opening - self.opening(expression)) / float((self.measure * self.along).sum())
        return expression + np.float32(lacking) * self.along


@dataclass(frozen=True, slots=True, eq=False)
class ControlTable:
    """All that the file says.

    Parameters
    ----------
    regions
        Points of LivePortrait's layout that a region's deformation may touch.
    controls
        By which deformation moves them.
    channels
        [4, 21, 3] float32 expression of each mouth channel.
    lips
        Opening of the lips.
    eyes
        Of the subject's right eye, and of the left one.
    gaze_right, gaze_left, gaze_up
        [21, 3] float32 expression per degree to the picture's right, to its left, and up.
    neutral
        [21, 3] float32 expression of a neutral face with its mouth closed.
    parting
        [21, 3] float32 deformation in the MESH layout that stands for an E between the middles of the lips.
    """

    regions: Mapping[Region, tuple[int, ...]]
    controls: tuple[Control, ...]
    channels: F32
    lips: Aperture
    eyes: tuple[Aperture, Aperture]
    gaze_right: F32
    gaze_left: F32
    gaze_up: F32
    neutral: F32
    parting: F32

    def mask(self, *regions: Region) -> npt.NDArray[np.bool_]:
        """Points [21] bool that some regions may touch."""
        inside = np.zeros(KEYPOINT_COUNT, np.bool_)
        for region in regions:
            inside[list(self.regions[region])] = True
        return inside


@cache
def control_table() -> ControlTable:
    """The shipped table."""
    return parse_table(json.loads(resource_path(TABLE).read_text(encoding="utf-8")))


def parse_table(content: Mapping[str, Any]) -> ControlTable:
    """Make a table of what a file holds.

    Raises
    ------
    ValueError
        When it moves points that the regions it reads may not touch; a packaging error, not a user's.
    """
    regions = {region: tuple(content["regions"][region.value]) for region in Region}
    channels = np.zeros((len(MOUTH_CHANNELS), KEYPOINT_COUNT, 3), np.float32)
    for each in content["channels"]:
        channels[MOUTH_CHANNELS.index(each["channel"])] = _moves(each["moves"])
    lips = Aperture(_moves(content["lips"]["measure"]), _moves(content["lips"]["along"]))
    by_region = {each["region"]: _lid(_moves(each["along"])) for each in content["eyes"]}
    gaze = content["gaze"]
    table = ControlTable(
        regions,
        tuple(_control(each) for each in content["controls"]),
        channels,
        lips,
        (by_region[Region.EYE_RIGHT.value], by_region[Region.EYE_LEFT.value]),
        _moves(gaze["right"]),
        _moves(gaze["left"]),
        _moves(gaze["up"]),
        _moves(content["neutral"]["at"]),
        _of_mesh(content["opening"]["shows"]),
    )
    _check(table)
    return table


def _moves(entries: list[list[Any]]) -> F32:
    out = np.zeros((KEYPOINT_COUNT, 3), np.float32)
    for point, axis, value in entries:
        out[point, _AXES.index(axis)] += value
    return out


def _lid(along: F32) -> Aperture:
    """An eye's opening is measured by the same points that it moves."""
    return Aperture(along / np.float32((along * along).sum()), along)


def _of_mesh(entries: list[list[Any]], unit: float = 1.0) -> F32:
    out = np.zeros((KEYPOINT_COUNT, 3), np.float32)
    for name, axis, value in entries:
        out[MESH.index(name), _AXES.index(axis)] += value / unit
    return out


def _control(entry: Mapping[str, Any]) -> Control:
    if entry["side"] not in ("above", "both"):
        raise ValueError(f"'{entry['side']}' is no side of a control")
    return Control(
        entry["name"],
        _of_mesh(entry["reads"], entry["unit"]),
        entry["side"] == "above",
        float(entry["limit"]),
        _moves(entry["moves"]),
        _of_mesh(entry["shows"]),
        float(entry["typical"]),
    )


def _check(table: ControlTable) -> None:
    """Refuse a table in which a region's deformation leaks out of the region."""
    for control in table.controls:
        read = {MESH.keypoints[index].region for index in np.flatnonzero(control.reads.any(axis=1))}
        # What one region alone sets in motion stays within what that region may touch.
        for region in read:
            if control.moves[~table.mask(region)].any():
                raise ValueError(f"the control '{control.name}' moves points outside of {region}")
        if abs(float((control.reads * control.shows).sum()) - 1.0) > 1e-5:
            raise ValueError(f"what the control '{control.name}' shows is not what it reads")
    pieces = [(table.lips, Region.LIPS), (table.eyes[0], Region.EYE_RIGHT), (table.eyes[1], Region.EYE_LEFT)]
    for aperture, region in pieces:
        if aperture.along[~table.mask(region)].any():
            raise ValueError(f"the opening of {region} moves points outside of it")
    if table.channels[:, ~table.mask(Region.LIPS)].any():
        raise ValueError("a mouth channel moves points outside of the lips")
