"""Killed at any moment of a save, a project opens as it was before or as it is after."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pctalk_studio.storage.backups import backups
from pctalk_studio.storage.project_file import load_project

ROOT = Path(__file__).resolve().parents[2]

SAVER = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from helpers.projects import a_project
from pctalk_studio.storage.project_file import save_project
file, state, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
while True:
    seed += 1
    print("begin", seed, flush=True)
    save_project(file, replace(a_project(), seed=seed), state=state)
    print("end", seed, flush=True)
"""


def _kill_once(file: Path, state: Path, seed: int, delay: float) -> tuple[int, int]:
    """Let a program save again and again, kill it after a while; the last seed whose save began, and the last that ended."""
    script = SAVER.format(root=str(ROOT), tests=str(ROOT / "tests"))
    command = [sys.executable, "-c", script, str(file), str(state), str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as saver:
        assert saver.stdout.readline() == "ready\n"
        saver.stdin.write("go\n")
        saver.stdin.flush()
        time.sleep(delay)
        os.kill(saver.pid, signal.SIGKILL)
        told = [line.split() for line in saver.stdout.read().splitlines()]
    begun = max((int(line[1]) for line in told if line[0] == "begin" and len(line) == 2), default=seed)
    ended = max((int(line[1]) for line in told if line[0] == "end" and len(line) == 2), default=seed)
    return begun, ended


def _survive(kills: int, tmp_path: Path) -> int:
    """Kill many times over one file; how many kills hit the middle of a save."""
    file, state, seed, inside = tmp_path / "Duck.pctalk", tmp_path / "state", 0, 0
    chance = random.Random(20)
    for _ in range(kills):
        begun, ended = _kill_once(file, state, seed, chance.uniform(0.0, 0.12))
        inside += begun > ended
        if begun == 0 or (ended == 0 and not file.exists()):
            continue
        seed = load_project(file).project.seed
        assert seed in (ended, begun)
        for backup in backups(file, state):
            load_project(backup.path)
    return inside


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_project_survives_being_killed_while_it_is_saved(tmp_path):
    assert _survive(15, tmp_path) >= 5


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_project_survives_200_kills(tmp_path):
    assert _survive(200, tmp_path) >= 100
