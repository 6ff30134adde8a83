"""Frames of a movie by number: any order, any thread, bounded memory."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.time import FrameRate
from pctalk_studio.media import movie_frames
from pctalk_studio.media.movie import MovieReader, MovieWriter
from pctalk_studio.media.movie_frames import MovieFrames
from pctalk_studio.media.pictures import write_png
from pctalk_studio.media.reader import is_movie

COUNT, SIDE = 120, 64


def picture(number):
    y, x = np.mgrid[:SIDE, :SIDE]
    wave = 128 + 90 * np.sin((x + 3 * number) / 9) * np.cos((y - 2 * number) / 7)
    return np.repeat(wave[..., None], 3, axis=2).astype(np.uint8)


def mpeg(path: Path) -> Path:
    """A program stream, which cannot be searched exactly."""
    with av.open(str(path), mode="w", format="mpeg") as container:
        stream = container.add_stream("mpeg1video", rate=25)
        stream.width = stream.height = SIDE
        stream.pix_fmt = "yuv420p"
        for number in range(COUNT):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(number), format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module", params=["mp4", "mpg"])
def movie(request, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("frames") / f"movie.{request.param}"
    if request.param == "mpg":
        return mpeg(path)
    with MovieWriter(path, (SIDE, SIDE), FrameRate.parse("25")) as writer:
        for number in range(COUNT):
            writer.write(picture(number))
    return path


def test_any_order_gives_what_going_through_gives(movie):
    expected = [frame.rgb for frame in MovieReader(movie)]
    frames, dice = MovieFrames(movie), random.Random(4)
    order = [*range(3), *dice.sample(range(len(expected)), 20), *range(len(expected) - 1, len(expected) - 50, -1)]
    for number in order:
        assert (frames.frame(number) == expected[number]).all()
    assert not frames.frame(5).flags.writeable


def test_threads_get_the_same(movie):
    frames = MovieFrames(movie, limit=10 * SIDE * SIDE * 3)
    expected = [frame.rgb for frame in MovieReader(movie)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(frames.frame, range(40)))
    assert all((one == other).all() for one, other in zip(found, expected, strict=False))


def test_memory_is_bounded_and_going_backwards_decodes_each_stretch_once(movie, monkeypatch):
    decoded = []
    convert = movie_frames.ToPicture.__call__

    def counted(self, frame, aspect=1.0):
        decoded.append(frame)
        return convert(self, frame, aspect)

    monkeypatch.setattr(movie_frames.ToPicture, "__call__", counted)
    frames = MovieFrames(movie, limit=40 * SIDE * SIDE * 3)
    for number in range(COUNT - 1, -1, -1):
        frames.frame(number)
        assert frames._bytes <= 40 * SIDE * SIDE * 3
    assert len(decoded) <= 1.3 * COUNT
    frames.close()
    assert (frames.frame(7) == next(f.rgb for f in MovieReader(movie) if f.index == 7)).all()


def test_a_frame_that_is_not_there_is_said_in_a_sentence(movie):
    with pytest.raises(MediaError, match="has no frame 500"):
        MovieFrames(movie).frame(500)


def test_pictures_movies_and_neither_are_told_apart_by_their_content(movie, tmp_path):
    write_png(tmp_path / "face.mp4", picture(0))
    (tmp_path / "text.mp4").write_text("no movie")
    assert is_movie(movie)
    assert not is_movie(tmp_path / "face.mp4")
    assert not is_movie(tmp_path / "text.mp4")
    with pytest.raises(MediaError, match="does not exist"):
        is_movie(tmp_path / "missing.mp4")
