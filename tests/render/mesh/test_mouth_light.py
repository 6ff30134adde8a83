"""Light on the teeth: bright through narrow lips, dim behind pursed ones, and never a jump between two frames."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from helpers import mouth_faces

from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.core.resources import resource_path
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Project
from pctalk_studio.media.sound import read_sound
from pctalk_studio.render.api import RenderSource
from pctalk_studio.render.mesh import MeshRenderer
from pctalk_studio.render.mesh.mouth import MouthLayers
from pctalk_studio.render.mesh.mouth_light import ThroughLight, edge_light, pursed
from pctalk_studio.render.mesh.mouth_look import luma
from pctalk_studio.render.mesh.own_teeth import _room_below
from pctalk_studio.render.mesh.tooth_row import ToothRow

TONGUE_BEFORE = 0.5
"""Channel of the tongue from which its tip may cover the teeth."""

FACES = ({"gap": 0.1, "teeth": True}, {})
"""A photo that shows its teeth, and one with closed lips, whose teeth are painted."""


def teeth_light(layers: MouthLayers, upper, lower, jaw=(0.0, 0.0), tuck=0.0, tongue=0.0) -> float:
    """Median luma of the front teeth that show; NaN where none do."""
    patch = layers.interior(upper, lower, jaw, tuck, tongue)
    if patch is None:
        return np.nan
    inside = layers.inside
    y, x = patch.y - inside.frame.roi.y0, patch.x - inside.frame.roi.x0
    box = slice(y, y + patch.cover.shape[0]), slice(x, x + patch.cover.shape[1])
    near = np.abs(inside.frame.u[box]) < 0.1 * inside.frame.unit
    shown = (patch.cover > 250) & (inside.upper_teeth[box][..., 3] > 250) & near
    return float(np.median(luma(patch.rgb[shown]))) if shown.sum() > 20 else np.nan


@pytest.fixture(scope="module")
def sentence():
    """What is known of the sample's sentence."""
    sample = resource_path("sample")
    sound = read_sound(sample / "speech.flac")
    return speech_facts(sound.mono(16_000), (sample / "transcript.txt").read_text(), sound.content_hash)


@pytest.mark.parametrize("kind", FACES)
def test_teeth_never_jump_in_brightness_while_a_sentence_is_spoken(sentence, kind):
    picture, rig = mouth_faces.face(**kind)
    engine = MeshRenderer().prepare(RenderSource(picture, rig))
    motion = evaluate(Project(), rig, sentence)
    light = []
    for number in range(motion.lip.shape[0]):
        row = motion.row(number)
        _, _, tuck, tongue = (float(channel) for channel in row.mouth)
        shape = engine.mouth.shape(engine.to_picture(engine.driver.pose(row).seen), row.mouth)
        seen = shape is not None and tongue < TONGUE_BEFORE
        light.append(teeth_light(engine.mouth.layers, shape.upper, shape.lower, shape.jaw, tuck, tongue) if seen else np.nan)
    steps = np.abs(np.diff(light)) / np.nanmax(light)
    assert np.isfinite(steps).sum() > 40
    assert np.nanmax(steps) < 0.26
    # S, from its first frame to the dimmest, with lips already narrow for the W that follows.
    sibilants = [phone for phone in sentence.alignment.phones if phone.label in ("S", "Z")]
    assert len(sibilants) >= 2
    for phone in sibilants:
        during = np.array(light[round(phone.start * 25) : round(phone.end * 25)])
        assert np.nanmin(during, initial=np.inf) > 0.6 * np.nanmax(light)


@pytest.mark.parametrize("kind", FACES)
def test_brightness_follows_the_lips_with_a_bounded_slope(kind):
    picture, rig = mouth_faces.face(size=1024, **kind)
    layers = MouthLayers.of(picture, rig)
    rest = kind.get("gap", 0.0)

    def light(gap: float, narrower: float) -> float:
        apart = (gap - rest) / 2
        return teeth_light(layers, *mouth_faces.curves(rig, apart, apart, wider=-narrower / 2), jaw=(0.0, apart * rig.scale))

    full = light(0.10, 0.0)
    opening = [light(gap, 0.0) / full for gap in np.arange(0.025, 0.12, 0.002)]
    narrowing = [light(0.05, narrower) / full for narrower in np.arange(0, 0.20, 0.004)]
    assert np.abs(np.diff(opening)).max() / 0.002 < 17
    assert np.abs(np.diff(narrowing)).max() / 0.004 < 9
    assert min(narrowing[:10]) > 0.75, "slightly narrowed lips leave the teeth bright"
    assert min(narrowing) < 0.65, "an OO does not"


def test_through_a_narrow_slit_more_light_gets_to_the_teeth_than_into_the_mouth():
    gap = np.linspace(0, 20, 50).astype(np.float32)
    through = ThroughLight.of(gap, 100.0)
    assert (np.diff(through.teeth) >= 0).all()
    assert (np.diff(through.inside) >= 0).all()
    assert through.teeth[5] > 2 * through.inside[5]
    assert through.teeth[-1] == through.inside[-1] == 1


def test_lips_are_pursed_when_narrow_and_not_wide_open():
    assert pursed(1.1, 0.03) == pursed(0.95, 0.03) == 0
    assert pursed(0.6, 0.03) == 1
    assert pursed(0.6, 0.2) == 0
    amounts = [pursed(width, 0.05) for width in np.linspace(1, 0.6, 81)]
    assert all(0 <= b - a < 0.05 for a, b in itertools.pairwise(amounts))


def test_an_overhanging_lip_casts_a_longer_shadow():
    under, over = np.linspace(0, 10, 11, dtype=np.float32), np.full(11, 100, np.float32)
    plain, overhanging = edge_light(under, over, 100.0), edge_light(under, over, 100.0, purse=1.0)
    assert (overhanging < plain).all()
    assert (np.diff(plain) > 0).all()
    assert (np.diff(overhanging) > 0).all()
    assert (edge_light(over, under, 100.0, tuck=1.0)[:4] < edge_light(over, under, 100.0)[:4]).all()


@pytest.fixture(scope="module")
def partial():
    """A laugh that shows teeth in its middle only, dark corners beside them."""
    picture, rig = mouth_faces.face(gap=0.13, teeth=True)
    xs = np.arange(picture.shape[1])
    (x, y), unit = rig.landmarks[[13, 14], :2].mean(axis=0), rig.scale
    opening = (picture.min(axis=2) > 180) & (np.abs(np.arange(picture.shape[0])[:, None] - y) < 0.1 * unit)
    picture[opening & (np.abs(xs - x) > 0.13 * unit)] = (45, 20, 20)
    return MouthLayers.of(picture, rig), rig


def test_painted_teeth_beside_the_photos_own_begin_as_bright_and_fade_out(partial):
    layers, _ = partial
    frame, teeth = layers.inside.frame, layers.inside.upper_teeth.astype(float)

    def crowns(first, last):
        """Mean colour of the lighter half of what is there between two distances from the middle, E."""
        u = np.abs(frame.u) / frame.unit
        pixels = teeth[(u > first) & (u < last) & (teeth[..., 3] > 250)][:, :3]
        return pixels[luma(pixels) >= np.median(luma(pixels))].mean(axis=0)

    own, beside, corner = crowns(0.07, 0.11), crowns(0.14, 0.15), crowns(0.20, 0.22)
    assert luma(beside) > 0.45 * luma(own)
    assert luma(corner) < 0.7 * luma(beside)
    assert corner[0] / corner[2] > own[0] / own[2] + 0.1, "shade in a mouth is warm"


def test_an_opening_ends_once_and_without_a_wall(partial):
    """Landmarks of touching corners lie apart, so that taking that off leaves crumbs of an opening beyond its end."""
    layers, rig = partial
    for wider in (-0.02, 0.0, 0.02):
        patch = layers.interior(*mouth_faces.curves(rig, -0.03, -0.03, wider=wider), jaw=(0.0, -0.03 * rig.scale))
        along = patch.cover.max(axis=0).astype(int)
        change = np.sign(np.diff(along)[np.diff(along) != 0])
        assert (np.diff(change) != 0).sum() == 1, "it comes out from between the lips once, and goes back once"
        assert np.abs(np.diff(along)).max() < 100


def test_hidden_edges_of_teeth_are_not_longer_than_the_neighbours_that_show():
    unit, edge = 100.0, np.concatenate([np.full(40, 5.0), np.full(40, 3.5)])
    present, cut = np.ones(80, bool), np.arange(80) < 40
    row = ToothRow(present, edge, cut, None, np.zeros((1, 80), np.float32))
    room = _room_below(row, edge, unit)
    assert room[36] < 0.1
    assert room[5] > 0.9
    assert (_room_below(replace(row, cut=present), edge, unit) == 1).all()
