"""The lanes, from top to bottom; a new kind of lane is added here."""

from __future__ import annotations

from pctalk_studio.app.timeline.lane import Board, Lane
from pctalk_studio.app.timeline.lanes.blinks import BlinkLane
from pctalk_studio.app.timeline.lanes.emotions import EmotionLane
from pctalk_studio.app.timeline.lanes.markers import MarkerLane
from pctalk_studio.app.timeline.lanes.motion_lanes import GazeLane, HeadLane, LipScaleLane
from pctalk_studio.app.timeline.lanes.performances import PerformanceLane
from pctalk_studio.app.timeline.lanes.phones import PhoneLane
from pctalk_studio.app.timeline.lanes.sound import SoundLane, SpectrogramLane
from pctalk_studio.app.timeline.lanes.word_style import WordStyleLane
from pctalk_studio.app.timeline.lanes.words import WordLane


def all_lanes(board: Board) -> list[Lane]:
    """One of each, as the timeline shows them."""
    kinds = (
        MarkerLane,
        SoundLane,
        SpectrogramLane,
        WordLane,
        PhoneLane,
        LipScaleLane,
        WordStyleLane,
        EmotionLane,
        PerformanceLane,
        HeadLane,
        GazeLane,
        BlinkLane,
    )
    return [made(board) for made in kinds]
