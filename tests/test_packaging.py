"""The wheel carries all that the program needs, and runs from there in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_every_resource_is_in_the_wheel(unpacked):
    shipped = unpacked / "pctalk_studio" / "_shipped" / "resources"
    wanted = {path.relative_to(ROOT / "resources") for path in (ROOT / "resources").rglob("*") if path.is_file()}
    assert {path.relative_to(shipped) for path in shipped.rglob("*") if path.is_file()} == wanted
    assert not (unpacked / "tests").exists()


def test_an_installed_program_finds_its_resources_in_an_empty_folder(unpacked, tmp_path):
    code = (
        "import pctalk_studio, pathlib; from pctalk_studio.core.resources import resource_path\n"
        f"assert pathlib.Path(pctalk_studio.__file__).is_relative_to({str(unpacked)!r}), pctalk_studio.__file__\n"
        "assert resource_path('sample/portrait.jpg').is_file()\n"
        "from pctalk_studio.__main__ import run; raise SystemExit(run(['doctor']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
