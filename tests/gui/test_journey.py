"""End to end on a display: two files become an MP4, and its lips follow an edit that was made in the window."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.short_sample import TEXT, short_sample

from pctalk_studio.evaluation.track import track_clip
from pctalk_studio.media.movie import MovieReader
from pctalk_studio.storage.project_file import load_project

WORD = 1
"""Of the text: "duck", which opens the mouth."""


@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="no Xvfb here")
def test_two_files_become_a_clip_whose_lips_follow_an_edit(tmp_path):
    portrait, audio = short_sample(tmp_path)
    script = Path(__file__).parent / "journey.py"
    files = [str(portrait), str(audio), TEXT, str(tmp_path), str(WORD)]
    display = ["xvfb-run", "-a", "-s", "-screen 0 1920x1200x24"]
    environment = os.environ | {"QT_QPA_PLATFORM": "xcb", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [*display, sys.executable, str(script), *files], capture_output=True, text=True, timeout=600, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    edited = json.loads(done.stdout.strip().splitlines()[-1])
    before, after = (track_clip(tmp_path / f"{name}.mp4") for name in ("before", "after"))
    inside = (before.times >= edited["start"] + 0.04) & (before.times < edited["end"] - 0.04)
    assert before.gap[inside].max() > 0.03, "the word opens the mouth"
    assert after.gap[inside].mean() < 0.4 * before.gap[inside].mean(), "without its lips it hardly does"
    pictures = [[frame.rgb for frame in MovieReader(tmp_path / f"{name}.mp4")] for name in ("before", "after")]
    assert len(before.times) > 40
    far = [n for n, time in enumerate(before.times) if time > edited["end"] + 1.0]
    assert far
    assert max(np.abs(pictures[0][n].astype(int) - pictures[1][n]).mean() for n in far) < 0.5, "all else stays"
    words = load_project(tmp_path / "journey.pctalk").project.speech.words
    assert words[WORD].style.scale == 0
