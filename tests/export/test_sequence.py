from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pctalk_studio.core.errors import MediaError, UsageError
from pctalk_studio.core.motion import Motion, MotionRow
from pctalk_studio.core.time import FrameRate, FrameSet
from pctalk_studio.export.sequence import export_sequence, is_sequence, numbered
from pctalk_studio.media.pictures import read_picture


class Grey:
    """Draws each row as an even grey, and counts."""

    def __init__(self) -> None:
        self.drawn = 0

    def frame(self, row: MotionRow) -> np.ndarray:
        self.drawn += 1
        return np.full((64, 64, 3), round(float(row.pose[0]) * 10), np.uint8)


def motion(frames: int = 12) -> Motion:
    still = np.zeros((frames, 21, 3), np.float32)
    pose = np.zeros((frames, 6), np.float32)
    pose[:, 0], pose[:, 5] = np.arange(frames), 1
    four = np.zeros((frames, 4), np.float32)
    return Motion(FrameRate(Fraction(25)), still, still, pose, four, four, np.zeros(frames, np.float32))


def test_each_frame_goes_into_its_numbered_file(tmp_path):
    report = export_sequence(Grey(), motion(), tmp_path / "f.####.png", FrameSet.parse("3-5,9"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"f.000{n}.png" for n in (3, 4, 5, 9)]
    assert (report.frames, report.written) == (4, 4)
    assert (read_picture(tmp_path / "f.0009.png").rgb == 90).all()


def test_what_is_there_is_left_alone_when_asked(tmp_path):
    engine = Grey()
    export_sequence(engine, motion(), tmp_path / "f#.png", FrameSet.parse("0-4"))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    (tmp_path / "f2.png").unlink()
    report = export_sequence(engine, motion(), tmp_path / "f#.png", FrameSet.parse("0-4"), skip_existing=True)
    assert (report.written, engine.drawn) == (1, 6)
    assert all(path.stat().st_mtime_ns == when for path, when in before.items() if path.name != "f2.png")


@pytest.mark.parametrize("name", ["f.png", "f##.##.png", "f###.jpg", "###"])
def test_a_name_that_is_no_pattern_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="####"):
        export_sequence(Grey(), motion(), tmp_path / name, FrameSet.parse("0"))
    assert list(tmp_path.iterdir()) == []


def test_numbers_longer_than_their_place_are_kept_whole():
    assert numbered(Path("a/f##.png"), 1234) == Path("a/f1234.png")
    assert is_sequence(Path("a/f##.png"))
    assert not is_sequence(Path("a#/f.mp4"))


def test_a_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(MediaError, match="create it first"):
        export_sequence(Grey(), motion(), tmp_path / "no" / "f#.png", FrameSet.parse("0"))
