"""From files on the disk to an engine that draws: published and converted files, people's and animals', and what is wrong."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial

import pytest
from helpers.liveportrait_weights import TINY, write_files
from helpers.mouth_faces import face
from helpers.rows import row

from pctalk_studio.core.errors import RenderError
from pctalk_studio.nets import liveportrait as networks
from pctalk_studio.nets.catalogue import Catalogue, published_files
from pctalk_studio.nets.liveportrait import CPU, load_networks
from pctalk_studio.nets.names import Network
from pctalk_studio.nets.store import ModelStore
from pctalk_studio.render.api import RenderSource
from pctalk_studio.render.liveportrait import lacking_weights, open_renderer


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Files with few channels, of both kinds."""
    folder = tmp_path_factory.mktemp("weights")
    return {suffix: write_files(folder, suffix, TINY) for suffix in (".pth", ".safetensors")}


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Expects few channels, and files of any size."""
    monkeypatch.setattr(networks, "load_networks", partial(load_networks, sizes=TINY))
    monkeypatch.setattr(networks, "best_policy", lambda: CPU)
    files = (replace(file, bytes=None, sha256=None) for file in published_files().files)
    return ModelStore(tmp_path / "models", Catalogue(tuple(files)))


def put(store, made, suffix, faces="human"):
    for network in Network:
        path = (store.folder / store.catalogue.holder(network, faces).path).with_suffix(suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made[suffix][network], path)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_files_in_their_published_places_draw(store, made, suffix):
    put(store, made, suffix)
    assert lacking_weights(store) == ""
    engine = open_renderer(store)
    assert (engine.name, engine.remarks) == ("liveportrait", ())
    source = RenderSource(*face(size=200))
    drawn = engine.at(128).prepare(source).frame(row(yaw=6))
    assert drawn.shape == source.picture.shape
    assert (drawn != source.picture).any()


def test_other_weights_are_another_version(store, made):
    put(store, made, ".pth")
    before = open_renderer(store).version
    assert open_renderer(store).version == before
    put(store, made, ".safetensors")
    assert open_renderer(store).version == before, "the published file comes first"
    (store.folder / store.catalogue.holder(Network.WARPING, "human").path).unlink()
    assert open_renderer(store).version != before


def test_a_file_of_another_network_is_named(store, made):
    put(store, made, ".pth")
    wrong = store.path_of(store.catalogue.holder(Network.WARPING, "human"))
    shutil.copyfile(made[".pth"][Network.MOTION], wrong)
    with pytest.raises(RenderError, match=rf"{wrong.name}.*holds those of the motion extractor"):
        open_renderer(store)


def test_animals_weights_load_with_people_s_stitching(store, made):
    put(store, made, ".pth", "animal")
    loaded = networks.load_networks(store.network_files("animal"))
    assert loaded.generator.conv_img[0].weight.shape[1] == TINY.width
    assert "missing" in lacking_weights(store), "people are drawn by their own"
