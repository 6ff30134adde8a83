"""Deliveries: every format from the same order, with the matte moving along, and nothing else changed."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from helpers.clips import FakeFace, motion_of, noise
from helpers.facts import frontal_rig
from PIL import Image

from pctalk_studio.core.errors import MediaError, RenderError, UsageError
from pctalk_studio.core.time import FrameRate, FrameSet
from pctalk_studio.export.deliver import Order, deliver
from pctalk_studio.export.formats import FORMATS, MP4, estimated_bytes
from pctalk_studio.export.matte import MatteFace
from pctalk_studio.media.pictures import Picture, over_backdrop
from pctalk_studio.media.sound import read_sound
from pctalk_studio.render.framing import Framing

LEVELS = list(range(20, 200, 6))


def target(folder: Path, name: str) -> Path:
    return folder / ("a.###.png" if name == "png" else f"a{FORMATS[name].suffix}")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_delivers_the_part_that_was_ordered(tmp_path, name):
    order = Order(target(tmp_path, name), FORMATS[name], FrameSet.parse("5-14"))
    done = deliver(order, FakeFace(), motion_of(LEVELS), noise(2.0))
    assert done.frames == 10
    if name == "png":
        seen = [round(np.asarray(Image.open(tmp_path / f"a.{number:03d}.png")).mean()) for number in range(5, 15)]
    elif name == "wav":
        sound = read_sound(order.path)
        assert sound.duration == pytest.approx(0.4)
        inner = slice(2000, -2000)  # besides the fades at the cuts
        assert np.abs(sound.samples[inner] - noise(2.0).samples[9600:28800][inner]).max() < 1e-4
        return
    else:
        with av.open(str(order.path)) as container:
            seen = [round(frame.to_ndarray(format="rgb24").mean()) for frame in container.decode(video=0)]
        with av.open(str(order.path)) as container:
            assert bool(container.streams.audio) == FORMATS[name].sound
    assert np.abs(np.subtract(seen, LEVELS[5:15])).max() <= 3


def test_wrong_names_and_inputs_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"should end in \.webm"):
        deliver(Order(tmp_path / "a.mp4", FORMATS["webm"]), FakeFace(), motion_of(LEVELS), None)
    with pytest.raises(UsageError, match="no sound"):
        deliver(Order(tmp_path / "a.wav", FORMATS["wav"]), FakeFace(), motion_of(LEVELS), None)
    source = tmp_path / "take.gif"
    source.write_bytes(b"GIF89a")
    with pytest.raises(MediaError, match="overwritten"):
        deliver(Order(source, FORMATS["gif"]), FakeFace(), motion_of(LEVELS), None, inputs=(source,))
    assert source.read_bytes() == b"GIF89a"


def test_a_better_quality_is_estimated_larger():
    rate = FrameRate.parse("25")
    one = estimated_bytes(MP4, (512, 512), 250, rate)
    assert estimated_bytes(MP4, (512, 512), 250, rate, 12) > one > estimated_bytes(MP4, (512, 512), 250, rate, 30)
    assert estimated_bytes(FORMATS["wav"], (512, 512), 250, rate) == pytest.approx(960_000)


class _Rolling:
    """An engine that moves the picture to the right by the row's roll, pixels."""

    name, version = "rolling", "1"

    def prepare(self, source):
        self_picture = source.picture

        class Face:
            def frame(self, row):
                return np.roll(self_picture, int(row.pose[2]), axis=1)

        return Face()


def cut_out() -> Picture:
    y, x = np.mgrid[:128, :128]
    alpha = np.clip((50 - np.hypot(x - 64, y - 64)) * 40, 0, 255).astype(np.uint8)
    rgb = np.dstack([x * 2, y * 2, 255 - x]).astype(np.uint8)
    return Picture.of(over_backdrop(rgb, alpha), alpha, Path("cut-out.png"))


def test_the_matte_moves_with_the_picture():
    picture = cut_out()
    face = MatteFace(picture, frontal_rig(128), Framing(), _Rolling())
    still, moved = (face.frame(motion_of([pixels]).row(0)) for pixels in (0, 9))
    assert np.abs(still[..., 3].astype(int) - picture.alpha).max() <= 1
    assert np.array_equal(np.roll(still, 9, axis=1), moved)
    solid = picture.alpha == 255
    assert np.abs(still[solid][:, :3].astype(int) - picture.rgb[solid]).max() <= 1
    assert not still[picture.alpha == 0].any()


def test_an_opaque_portrait_has_no_matte():
    opaque = Picture.of(np.zeros((128, 128, 3), np.uint8), None, Path("photo.jpg"))
    with pytest.raises(RenderError, match=r"photo\.jpg.*no transparency"):
        MatteFace(opaque, frontal_rig(128), Framing(), _Rolling())


class _Painting(_Rolling):
    """An engine that paints anew."""

    draft, proxy = None, _Rolling()


def test_an_engine_that_paints_anew_has_no_matte():
    with pytest.raises(RenderError, match=r"'rolling' cannot draw transparency.*mesh engine"):
        MatteFace(cut_out(), frontal_rig(128), Framing(), _Painting())


@pytest.mark.parametrize("name", ["prores", "webm", "png", "gif"])
def test_alpha_is_delivered_where_it_can_be_carried(tmp_path, name):
    face = MatteFace(cut_out(), frontal_rig(128), Framing(), _Rolling())
    order = Order(target(tmp_path, name), FORMATS[name], alpha=True)
    deliver(order, face, motion_of([0, 3, 6]), None)
    if name == "png":
        with Image.open(tmp_path / "a.001.png") as image:
            assert image.mode == "RGBA"
            assert np.asarray(image)[0, 0, 3] == 0
    else:
        with av.open(str(order.path)) as container:
            frames = list(container.decode(video=0))
            tagged = container.streams.video[0].metadata.get("alpha_mode")
        assert len(frames) == 3
        assert name == "webm" or frames[0].reformat(format="rgba").to_ndarray()[0, 0, 3] == 0
        assert name != "webm" or tagged == "1"
