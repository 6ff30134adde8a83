from __future__ import annotations

from pathlib import Path

import pytest

from pctalk_studio.core.errors import TrainingError, WeightsError
from pctalk_studio.nets.speech.manifest import MANIFEST, read_manifest, verified
from pctalk_studio.training.shipping import MOST_BYTES, main, ship


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    source, folder = tmp_path / "trained", tmp_path / "models"
    source.mkdir()
    folder.mkdir()
    (source / "lac.safetensors").write_bytes(b"lips")
    assert main([str(source), "-o", str(folder)]) == 0
    return folder


def test_what_ships_is_what_was_trained(shipped: Path):
    assert verified(shipped, "lac").read_bytes() == b"lips"
    assert [(file.name, file.bytes, file.card) for file in read_manifest(shipped)] == [("lac", 4, "lac.md")]


def test_other_files_stay_when_one_is_replaced(shipped: Path, tmp_path: Path):
    more = tmp_path / "more"
    more.mkdir()
    (more / "emc.safetensors").write_bytes(b"moods")
    assert [file.name for file in ship(more, shipped)] == ["lac", "emc"]
    assert verified(shipped, "lac").read_bytes() == b"lips"


def test_a_changed_file_is_refused(shipped: Path):
    (shipped / "lac.safetensors").write_bytes(b"lisp")
    with pytest.raises(WeightsError, match="is not the file that ships"):
        verified(shipped, "lac")
    (shipped / "lac.safetensors").unlink()
    with pytest.raises(WeightsError, match="lacks"):
        verified(shipped, "lac")
    with pytest.raises(WeightsError, match="ships no 'emc' weights"):
        verified(shipped, "emc")


def test_a_damaged_manifest_is_said(shipped: Path):
    (shipped / MANIFEST).write_text('{"files": [{"name": "lac"}]}')
    with pytest.raises(WeightsError, match="missing or damaged"):
        read_manifest(shipped)


def test_nothing_and_too_much_are_not_shipped(tmp_path: Path):
    with pytest.raises(TrainingError, match="holds no weights"):
        ship(tmp_path, tmp_path)
    with (tmp_path / "lac.safetensors").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(TrainingError, match="bigger than 20 MB"):
        ship(tmp_path, tmp_path)
