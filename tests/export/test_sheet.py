"""Contact sheets show every tile unchanged with its caption; the chosen frames are those that tell something."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import Motion
from pctalk_studio.core.speech import Alignment, Phone
from pctalk_studio.core.time import FrameRate
from pctalk_studio.export.sheet import BACKGROUND, TellingFrame, contact_sheet, telling_frames

RATE = FrameRate.parse("25")
SAID = ["SIL", "P", "AA", "B", "IY", "M", "SIL", "F", "UW", "V", "TH", "SIL"]


def alignment_of(labels: list[str], frames_each: int = 5) -> Alignment:
    length = frames_each / float(RATE)
    return Alignment(len(labels) * length, (), tuple(Phone(p, i * length, (i + 1) * length) for i, p in enumerate(labels)))


def speaking(labels: list[str] = SAID, frames_each: int = 5) -> Motion:
    """A motion with one clear extreme inside each phone, in its middle frame."""
    count = len(labels) * frames_each
    lip, mouth, eyes = np.zeros((count, 21, 3), np.float32), np.zeros((count, 4), np.float32), np.zeros((count, 4), np.float32)
    pose = np.zeros((count, 6), np.float32)
    pose[:, 5] = 1
    lower, left, right = (MESH.index(name) for name in ("lip_lower_mid", "lip_corner_left", "lip_corner_right"))
    lip[:, lower, 1] = 0.02
    for i, label in enumerate(labels):
        middle = i * frames_each + frames_each // 2
        if label == "AA":
            lip[middle, lower, 1] = 0.2
        elif label in ("P", "B", "M"):
            mouth[middle, 0], lip[middle, lower, 1] = 1, 0
        elif label in ("F", "V"):
            mouth[middle, 2] = 1
        elif label == "TH":
            mouth[middle, 3] = 0.9
        elif label in ("IY", "UW"):
            lip[middle, left, 0], lip[middle, right, 0] = (0.05, -0.05) if label == "IY" else (-0.06, 0.06)
    return Motion(RATE, lip, np.zeros_like(lip), pose, eyes, mouth, np.zeros(count, np.float32))


def by_reason(frames: tuple[TellingFrame, ...]) -> dict[str, TellingFrame]:
    return {reason: frame for frame in frames for reason in frame.reason.split(", ")}


def test_each_extreme_is_found_in_its_own_phone():
    frames = telling_frames(speaking(), alignment_of(SAID), 16)
    wanted = {"AA": "widest open", "UW": "roundest", "IY": "widest", "TH": "tongue"}
    wanted |= dict.fromkeys("PBM", "closed") | dict.fromkeys("FV", "teeth on lip")
    told = {frame.frame: frame for frame in frames}
    for phone, reason in wanted.items():
        frame = told[SAID.index(phone) * 5 + 2]
        assert (frame.phone, frame.reason) == (phone, reason)
        assert frame.time == pytest.approx(frame.frame / 25)
    found = by_reason(frames)
    assert found["first"].frame == 0
    assert found["silent"].phone == "SIL"


def test_blink_head_emotion_and_glance_are_found_where_there_are_any():
    motion = speaking()
    assert not {"blink", "head turned", "emotion", "glance"} & set(by_reason(telling_frames(motion, alignment_of(SAID), 40)))
    motion.eyes[33, :2], motion.eyes[44, 2] = 1, 8
    motion.pose[21, 1] = -6
    motion.emotion[51] = 0.03
    found = by_reason(telling_frames(motion, alignment_of(SAID), 20))
    assert {reason: found[reason].frame for reason in ("blink", "head turned", "emotion", "glance")} == {
        "blink": 33,
        "head turned": 21,
        "emotion": 51,
        "glance": 44,
    }


def test_of_equal_frames_the_middle_one_is_taken():
    motion = speaking()
    motion.emotion[:] = 0.01
    motion.eyes[10:15, :2] = 1
    found = by_reason(telling_frames(motion, alignment_of(SAID), 40))
    assert found["emotion"].frame == (len(motion) - 1) // 2
    assert found["blink"].frame == 12


def test_emotion_counts_towards_the_opening():
    motion = speaking()
    motion.emotion[57, MESH.index("lip_lower_mid"), 1] = 0.5
    assert by_reason(telling_frames(motion, alignment_of(SAID), 16))["widest open"].frame == 57


@settings(deadline=None)
@given(st.lists(st.sampled_from(SAID), min_size=1, max_size=12), st.integers(1, 3), st.integers(1, 30))
def test_as_many_as_asked_in_order_and_none_twice(labels, frames_each, count):
    frames = telling_frames(speaking(labels, frames_each), alignment_of(labels, frames_each), count)
    numbers = [frame.frame for frame in frames]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == min(count, len(labels) * frames_each)
    assert all(frame.phone == labels[frame.frame // frames_each] for frame in frames)


def test_frames_that_fill_up_lie_far_from_the_others():
    labels = ["SIL"] * 20
    frames = telling_frames(speaking(labels), alignment_of(labels), 6)
    assert max(np.diff([0, *(frame.frame for frame in frames), 99])) <= 50


def test_sound_shorter_than_the_motion_counts_as_silence():
    frames = telling_frames(speaking(), alignment_of(SAID[:3]), 60)
    assert {frame.phone for frame in frames if frame.frame >= 15} == {"SIL"}


def test_caption_names_reason_phone_time_and_frame():
    assert TellingFrame(1934, 77.36, "AA", "widest open").caption == "AA  widest open\n1:17.360  #1934"
    assert TellingFrame(5, 0.2, "SIL", "").caption == "SIL\n0:00.200  #5"


def tiles(count: int, size: tuple[int, int] = (120, 90)) -> list[tuple[np.ndarray, str]]:
    rng = np.random.default_rng(0)
    return [(rng.integers(40, 256, (size[1], size[0], 3), dtype=np.uint8), f"tile {i}\n0:0{i % 10}  #{i}") for i in range(count)]


def find(sheet: np.ndarray, tile: np.ndarray) -> tuple[int, int]:
    """(left, top) of a tile in a sheet; fails where it is not there unchanged."""
    rows, columns = np.nonzero((sheet == tile[0, 0]).all(axis=2))
    for top, left in zip(rows, columns, strict=True):
        if np.array_equal(sheet[top : top + tile.shape[0], left : left + tile.shape[1]], tile):
            return int(left), int(top)
    raise AssertionError("the tile is not on the sheet")


@pytest.mark.parametrize(("count", "columns"), [(1, None), (5, 2), (7, 7), (16, None), (3, 10)])
def test_tiles_are_shown_as_they_are_in_reading_order(count, columns):
    shown = tiles(count)
    sheet = contact_sheet(shown, columns)
    places = [find(sheet, rgb) for rgb, _ in shown]
    assert sorted(places, key=lambda place: (place[1], place[0])) == places
    if columns:
        assert len({left for left, _ in places}) == min(columns, count)


def test_captions_are_written_below_on_neutral_grey():
    sheet = contact_sheet(tiles(4), 2)
    assert tuple(sheet[0, 0]) == tuple(sheet[-1, -1]) == BACKGROUND
    for rgb, _ in tiles(4):
        left, top = find(sheet, rgb)
        below = sheet[top + 90 : top + 90 + 40, left : left + 120].astype(int)
        # Two lines: the first brighter than the second; grey alone.
        assert np.ptp(below, axis=2).max() == 0
        bright = below[..., 0].max(axis=1)
        lit = np.flatnonzero(bright > 100)
        assert bright[lit[0] : lit[0] + 8].max() > bright[lit[-1] - 8 : lit[-1] + 1].max()


def test_large_tiles_are_scaled_down_and_long_captions_cut():
    picture = np.full((1000, 500, 3), (200, 100, 50), np.uint8)
    sheet = contact_sheet([(picture, "x" * 500), (picture, "short")], 2, side=200)
    columns = np.flatnonzero((sheet == (200, 100, 50)).all(axis=2).any(axis=0))
    assert len(columns) == 200
    assert sheet.shape[1] < 300


def test_tiles_of_different_size_stand_in_equal_cells():
    shown = [(np.full((100, 60, 3), 90, np.uint8), "a"), (np.full((60, 100, 3), 180, np.uint8), "b")]
    sheet = contact_sheet(shown, 2)
    for rgb, _ in shown:
        assert (sheet == rgb[0, 0]).all(axis=2).sum() >= 6000


def test_a_sheet_needs_a_tile():
    with pytest.raises(ValueError, match="at least one"):
        contact_sheet([])
