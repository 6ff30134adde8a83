"""The folder of weights: what is there, whether it is right, and taking files over."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pctalk_studio.core.errors import UsageError, WeightsError
from pctalk_studio.nets.catalogue import SETS, Catalogue, published_files
from pctalk_studio.nets.names import Network
from pctalk_studio.nets.store import FileState, ModelStore

CONTENT = b"PK\x03\x04 weights of a network"


@pytest.fixture
def catalogue() -> Catalogue:
    """The published one, with files of a few bytes."""
    files = []
    for file in published_files().files:
        content = CONTENT + file.name.encode()
        known = file.sha256 is not None
        size, digest = (len(content), hashlib.sha256(content).hexdigest()) if known else (None, None)
        files.append(replace(file, bytes=size, sha256=digest))
    return Catalogue(tuple(files))


@pytest.fixture
def store(tmp_path, catalogue) -> ModelStore:
    return ModelStore(tmp_path / "models", catalogue)


def put(store: ModelStore, *names: str, folder: Path | None = None, suffix: str | None = None) -> None:
    for file in store.catalogue.chosen(names):
        path = (folder or store.folder) / file.path
        path = path.with_suffix(suffix) if suffix else path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT + file.name.encode())


def test_what_is_published():
    files = {file.name: file for file in published_files().files}
    assert len([file for file in files.values() if file.set != "judges"]) == 10
    assert {file.set for file in files.values()} == set(SETS)
    assert {network for file in files.values() if file.set == "human" for network in file.networks} == set(Network)
    generator = files["human/spade_generator"]
    assert generator.bytes == 221_813_590
    assert generator.sha256.startswith("4780afc7909a")
    assert (
        generator.address
        == "https://huggingface.co/KlingTeam/LivePortrait/resolve/main/liveportrait/base_models/spade_generator.pth"
    )
    assert published_files("http://mirror.example/").files[0].address.startswith("http://mirror.example/KlingTeam/LivePortrait/")
    assert all(file.purpose and file.licence and file.users for file in files.values())
    assert all(len(file.sha256) == 64 for file in files.values() if file.sha256)


def test_converted_files_lie_flat_in_another_place():
    files = {file.name: file for file in published_files("http://mirror.example/", converted=True).files}
    small = files["human/stitching_retargeting_module"]
    assert small.address == (
        "http://mirror.example/Kijai/LivePortrait_safetensors/resolve/main/stitching_retargeting_module.safetensors"
    )
    assert small.path == "liveportrait/retargeting_models/stitching_retargeting_module.safetensors"
    assert (small.bytes, small.sha256) == (None, None)
    assert files["animal/motion_extractor"] in published_files("http://mirror.example/").files


def test_files_are_chosen_by_name_or_set(catalogue):
    assert [file.set for file in catalogue.chosen(())] == ["human"] * 5
    assert len(catalogue.chosen(("human", "animal", "human/motion_extractor"))) == 9
    with pytest.raises(UsageError, match="'gan' is no file or set"):
        catalogue.chosen(("gan",))


def test_animals_use_the_stitching_of_people(catalogue):
    assert catalogue.holder(Network.STITCHING, "animal").set == "human"
    assert catalogue.holder(Network.MOTION, "animal").set == "animal"


def test_states_of_a_file(store):
    file = store.catalogue.files[0]
    path = store.path_of(file)
    assert store.look(file).state is FileState.MISSING
    path.parent.mkdir(parents=True)
    path.with_name(path.name + ".part").write_bytes(b"PK")
    assert store.look(file).state is FileState.PARTIAL
    put(store, file.name)
    assert store.look(file).state is FileState.PRESENT
    assert store.verify(file).state is FileState.GENUINE
    path.write_bytes(path.read_bytes()[::-1])
    assert store.look(file).state is FileState.PRESENT
    assert "SHA-256" in store.verify(file).remark
    path.write_bytes(b"PK")
    assert "2 bytes instead of" in store.look(file).remark
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    assert "Git-LFS" in store.verify(file).remark


def test_hashing_tells_how_far_it_is(store):
    put(store, "human/motion_extractor")
    heard = []
    store.verify(store.catalogue.chosen(("human/motion_extractor",))[0], heard.append)
    assert heard[-1].stage == "human/motion_extractor"
    assert heard[-1].done == heard[-1].total > 0


def test_the_engine_gets_every_file_or_a_sentence(store):
    with pytest.raises(
        WeightsError, match=r"'human/appearance_feature_extractor', which is missing; get it with .*fetch human'\."
    ):
        store.network_files()
    put(store, "human")
    files = store.network_files()
    assert set(files) == set(Network)
    assert files[Network.LIP] == files[Network.STITCHING]
    with pytest.raises(WeightsError, match="fetch animal"):
        store.network_files("animal")
    put(store, "animal")
    assert "animals" in str(store.network_files("animal")[Network.WARPING])
    files[Network.MOTION].write_bytes(b"<html>")
    with pytest.raises(WeightsError, match="web page"):
        store.network_files()


def test_converted_files_count_too(store):
    put(store, "human", suffix=".safetensors")
    assert store.network_files()[Network.MOTION].suffix == ".safetensors"
    report = store.verify(store.catalogue.files[0])
    assert report.state is FileState.PRESENT, "no hash of converted files is known"


def test_files_are_taken_over_from_any_depth(store, tmp_path):
    other = tmp_path / "animal lover" / "elsewhere" / "pretrained_weights"
    put(store, "human", "animal", folder=other)
    old = other / "liveportrait_animals" / "base_models" / "motion_extractor.pth"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"PK\x03\x04 the older version")
    reports = store.take_over(tmp_path / "animal lover" / "elsewhere")
    assert len(reports) == 9
    assert {report.state for report in reports} == {FileState.GENUINE, FileState.PRESENT}
    assert b"animal/motion_extractor" in store.network_files("animal")[Network.MOTION].read_bytes()
    before = {path: path.stat().st_mtime_ns for path in store.folder.rglob("*")}
    store.take_over(tmp_path / "animal lover" / "elsewhere")
    assert {path: path.stat().st_mtime_ns for path in store.folder.rglob("*")} == before


def test_wrong_files_are_reported_and_not_taken(store, tmp_path):
    other = tmp_path / "elsewhere"
    put(store, "human", folder=other)
    (other / "liveportrait" / "base_models" / "motion_extractor.pth").write_bytes(b"version https://git-lfs.github.com")
    reports = {report.file.name: report for report in store.take_over(other)}
    assert reports["human/motion_extractor"].state is FileState.DIFFERENT
    assert "elsewhere" in reports["human/motion_extractor"].remark
    assert store.look(reports["human/motion_extractor"].file).state is FileState.MISSING
    assert reports["human/spade_generator"].state is FileState.GENUINE


@pytest.mark.parametrize("what", ["nothing", "file", "empty"])
def test_a_folder_without_weights_is_refused(store, tmp_path, what):
    folder = tmp_path / what
    if what == "file":
        folder.write_bytes(b"")
    elif what == "empty":
        folder.mkdir()
    with pytest.raises(WeightsError, match=what):
        store.take_over(folder)


def test_the_manager_needs_no_torch():
    code = "import sys, pctalk_studio.nets.store, pctalk_studio.nets.download; raise SystemExit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
