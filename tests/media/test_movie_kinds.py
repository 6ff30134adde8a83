"""Every kind of movie: the right codec and tags, colours and alpha that come back, sound as long as the picture."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pctalk_studio.core.errors import UsageError
from pctalk_studio.core.time import FrameRate
from pctalk_studio.media.gif import GifWriter
from pctalk_studio.media.movie import MovieReader, MovieWriter
from pctalk_studio.media.movie_kinds import H264, H265, KINDS, PRORES, WEBM
from pctalk_studio.media.sound import Sound, read_sound

RATE = FrameRate.parse("25")
SUFFIX = {"h264": ".mp4", "h265": ".mp4", "prores": ".mov", "webm": ".webm"}
CODEC = {"h264": "h264", "h265": "hevc", "prores": "prores", "webm": "vp9"}


def tone(seconds: float, rate: int = 44100) -> Sound:
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    return Sound.of(np.stack([wave, -wave], axis=1).astype(np.float32), rate, Path("tone.wav"))


def patches(seed: int) -> np.ndarray:
    grid = np.random.default_rng(seed).integers(0, 256, (3, 4, 3)).astype(np.uint8)
    return np.kron(grid, np.ones((32, 32, 1), np.uint8))


def disc(seed: int) -> np.ndarray:
    """Colour patches under alpha that is 0 outside a disc, and half on its left."""
    y, x = np.mgrid[:96, :128]
    alpha = np.where((x - 64) ** 2 + (y - 48) ** 2 < 40**2, np.where(x < 64, 128, 255), 0).astype(np.uint8)
    return np.dstack([patches(seed), alpha])


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_and_sound_come_back(tmp_path, kind):
    path, pictures = tmp_path / f"a{SUFFIX[kind]}", [patches(seed // 4) for seed in range(12)]
    with MovieWriter(path, (128, 96), RATE, tone(2.0), kind=KINDS[kind]) as movie:
        for picture in pictures:
            movie.write(picture)
    reader = MovieReader(path)
    assert (reader.facts.rate, reader.facts.frames) == (Fraction(25), 12)
    for picture, frame in zip(pictures, reader, strict=True):
        centres = np.s_[16::32, 16::32]
        assert np.abs(frame.rgb[centres].astype(int) - picture[centres]).mean() < 3
    sound = read_sound(path)
    assert abs(sound.duration - 12 / 25) < 0.03
    middle = sound.samples[sound.rate // 10 : sound.rate // 3, 0]
    assert 0.18 < np.sqrt((middle**2).mean()) < 0.24
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert context.name.startswith(CODEC[kind]) or context.name.endswith(CODEC[kind])
        assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1)


def test_h265_carries_the_tag_that_players_ask_for(tmp_path):
    with MovieWriter(tmp_path / "a.mp4", (128, 96), RATE, kind=H265) as movie:
        movie.write(patches(0))
    assert b"hvc1" in (tmp_path / "a.mp4").read_bytes()


@pytest.mark.parametrize(("kind", "suffix", "decoder"), [(PRORES, ".mov", "prores"), (WEBM, ".webm", "libvpx-vp9")])
def test_alpha_comes_back(tmp_path, kind, suffix, decoder):
    path, pictures = tmp_path / f"a{suffix}", [disc(seed) for seed in range(3)]
    with MovieWriter(path, (128, 96), RATE, kind=kind, alpha=True) as movie:
        for picture in pictures:
            movie.write(picture)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = av.CodecContext.create(decoder, "r")
        context.extradata = stream.codec_context.extradata
        frames = [frame for packet in container.demux(stream) for frame in context.decode(packet)]
    assert len(frames) == 3
    for picture, frame in zip(pictures, frames, strict=True):
        seen = frame.reformat(format="rgba").to_ndarray().astype(int)
        assert np.abs(seen[..., 3] - picture[..., 3]).mean() < 2
        inside = np.s_[44:52, 100:104]
        assert np.abs(seen[inside][..., 3] - 255).max() <= 3
        assert np.abs(seen[44:52, 40:44, 3] - 128).max() <= 4


def test_what_cannot_carry_alpha_says_so(tmp_path):
    with pytest.raises(UsageError, match=r"cannot carry transparency; export ProRes 4444 or WebM"):
        MovieWriter(tmp_path / "a.mp4", (128, 96), RATE, kind=H264, alpha=True)


@pytest.mark.parametrize("kind", KINDS)
def test_quality_is_checked_and_matters(tmp_path, kind):
    best, worst, _ = KINDS[kind].quality
    if best == worst:
        assert "crf" not in KINDS[kind].quality_options(40)
        return
    with pytest.raises(UsageError, match="outside"):
        KINDS[kind].quality_options(worst + 1)
    sizes = []
    for quality in (10, 45):
        path = tmp_path / f"{quality}{SUFFIX[kind]}"
        with MovieWriter(path, (128, 96), RATE, kind=KINDS[kind], quality=quality) as movie:
            for seed in range(3):
                movie.write(np.random.default_rng(seed).integers(0, 256, (96, 128, 3)).astype(np.uint8))
        sizes.append(path.stat().st_size)
    assert sizes[0] > 2 * sizes[1]


@pytest.mark.parametrize("rate", ["25", "30000/1001", "12", "60", "120"])
def test_gif_frames_keep_their_times(tmp_path, rate):
    path, exact = tmp_path / "a.gif", FrameRate.parse(rate)
    count = 24
    with GifWriter(path, exact) as movie:
        for number in range(count):
            picture = patches(0)
            picture[:8, : 4 * (number + 1)] = 255
            movie.write(picture)
    assert movie.frames == count
    with av.open(str(path)) as container:
        times = [float(packet.pts * packet.time_base) for packet in container.demux(video=0) if packet.pts is not None]
    shown = [number / float(exact) for number in range(count)]
    assert all(min(abs(time - each) for each in shown) <= 0.006 for time in times)
    assert min(np.diff(times)) >= 0.0199
    assert len(times) >= min(count, int(count / float(exact) * 33))


def test_gif_shows_the_pictures_and_their_cut_out(tmp_path):
    path = tmp_path / "a.gif"
    with GifWriter(path, RATE) as movie:
        movie.write(disc(0))
        movie.write(np.roll(disc(0), 8, axis=1))
    with av.open(str(path)) as container:
        first, second = (frame.reformat(format="rgba").to_ndarray().astype(int) for frame in container.decode(video=0))
    wanted = disc(0)
    opaque = wanted[..., 3] == 255
    assert (first[opaque][:, 3] == 255).all()
    assert (first[wanted[..., 3] == 0][:, 3] == 0).all()
    assert np.abs(first[opaque][:, :3] - wanted[opaque][:, :3]).mean() < 12
    # What the second frame no longer covers is transparent again, not left over from the first.
    assert (second[np.roll(wanted, 8, axis=1)[..., 3] == 0][:, 3] == 0).all()


def test_a_gif_that_fails_leaves_nothing(tmp_path):
    path = tmp_path / "a.gif"
    movie = GifWriter(path, RATE)
    movie.__enter__()
    movie.write(patches(0))
    error = RuntimeError()
    assert not movie.__exit__(RuntimeError, error, None)
    assert not list(tmp_path.iterdir())
