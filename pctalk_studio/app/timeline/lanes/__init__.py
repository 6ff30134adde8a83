"""The lanes, from top to bottom; a new kind of lane is added here."""

from __future__ import annotations

from pctalk_studio.app.timeline.lane import Board, Lane
from pctalk_studio.app.timeline.lanes.markers import MarkerLane


def all_lanes(board: Board) -> list[Lane]:
    """One of each, as the timeline shows them."""
    return [MarkerLane(board)]
