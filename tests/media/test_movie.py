"""Movies: exact colours, exact lengths, all or nothing."""

from __future__ import annotations

import errno
import os
import resource
import threading
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import MediaError, UsageError
from pctalk_studio.core.time import FrameRate
from pctalk_studio.media.colour import ToMovie
from pctalk_studio.media.movie import MovieReader, MovieWriter
from pctalk_studio.media.sound import Sound, read_sound, write_wav

RATE = FrameRate.parse("25")
RATES = ("25", "30", "30000/1001", "24000/1001", "60000/1001", "12.5", "240", "1350/61", "1")


def tone(seconds: float, rate: int = 16000, channels: int = 1) -> Sound:
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    return Sound.of(np.repeat(wave[:, None], channels, axis=1).astype(np.float32), rate, Path("tone.wav"))


def patches(seed: int, size: tuple[int, int] = (96, 96), cell: int = 32) -> np.ndarray:
    """Flat patches of random colours, corners of the RGB cube among them."""
    rng = np.random.default_rng(seed)
    columns, rows = -(-size[0] // cell), -(-size[1] // cell)
    colours = rng.integers(0, 256, (rows * columns, 3))
    corners = np.array(np.meshgrid([0, 255], [0, 255], [0, 255])).reshape(3, -1).T
    colours[: len(corners)] = corners[: len(colours)]
    grid = colours.reshape(rows, columns, 3).astype(np.uint8)
    return np.kron(grid, np.ones((cell, cell, 1), np.uint8))[: size[1], : size[0]]


def written(path: Path, pictures: list[np.ndarray], rate: FrameRate = RATE, sound: Sound | None = None, **options) -> Path:
    size = (pictures[0].shape[1], pictures[0].shape[0])
    with MovieWriter(path, size, rate, sound, **options) as movie:
        for picture in pictures:
            movie.write(picture)
    return path


def test_colours_come_back_as_they_were(tmp_path):
    pictures = [patches(seed) for seed in range(4)]
    path = written(tmp_path / "a.mp4", pictures, quality=1)
    for picture, frame in zip(pictures, MovieReader(path), strict=True):
        centres = np.s_[16::32, 16::32]
        assert np.abs(frame.rgb[centres].astype(int) - picture[centres]).max() <= 3
        assert np.abs(frame.rgb[centres].astype(int) - picture[centres]).mean() <= 1


def test_the_stored_values_are_those_of_bt709(tmp_path):
    """ITU-R BT.709-6, items 3.2 to 3.5: luma and colour differences in 8-bit limited range, computed here from the text."""
    picture = patches(7)
    path = written(tmp_path / "a.mp4", [picture], quality=1)
    red, green, blue = (picture[16::32, 16::32].astype(float) / 255).transpose(2, 0, 1)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    wanted = (16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc) == (1, 1, 1, 1)
        stored = frame.to_ndarray()
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"
    planes = (stored[:96], stored[96:120].reshape(48, 48), stored[120:].reshape(48, 48))
    for plane, values, step in zip(planes, wanted, (32, 16, 16), strict=True):
        assert np.abs(plane[step // 2 :: step, step // 2 :: step] - values).max() <= 2


def test_frames_are_rounded_and_not_biased():
    """Of a picture in which no two pixels are alike, against the matrix of ITU-R BT.709 and the mean of four pixels' chroma."""
    picture = np.random.default_rng(0).integers(0, 256, (96, 64, 3)).astype(np.uint8)
    frame = ToMovie((64, 96))(picture).to_ndarray().astype(np.float64)
    red, green, blue = (picture[..., i].astype(np.float64) for i in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    differences = (224 * (blue - luma) / 1.8556 / 255 + 128, 224 * (red - luma) / 1.5748 / 255 + 128)
    wanted = [219 * luma / 255 + 16, *(plane.reshape(48, 2, 32, 2).mean(axis=(1, 3)) for plane in differences)]
    stored = [frame[:96], frame[96:120].reshape(48, 32), frame[120:].reshape(48, 32)]
    for exact, plane, farthest in zip(wanted, stored, (0.7, 1.0, 1.0), strict=True):
        assert np.abs(plane - exact).max() <= farthest
        assert abs((plane - exact).mean()) <= 0.08


@pytest.mark.parametrize("edge", [47, 48])
@pytest.mark.parametrize("upright", [False, True])
def test_colours_do_not_move_beside_their_outlines(tmp_path, edge, upright):
    """An edge between colours of equal luma is found where it was, to a tenth of a pixel."""
    picture = np.zeros((96, 96, 3), np.uint8)
    picture[:, :edge], picture[:, edge:] = (190, 80, 80), (99, 107, 80)
    if upright:
        picture = np.ascontiguousarray(picture.transpose(1, 0, 2))
    frame = next(iter(MovieReader(written(tmp_path / "a.mp4", [picture], quality=1))))
    profile = (frame.rgb.transpose(1, 0, 2) if upright else frame.rgb)[20:76, 32:64, 0].astype(float).mean(axis=0)
    left, right = profile[:4].mean(), profile[-4:].mean()
    assert abs(32 + ((profile - right) / (left - right)).sum() - edge) < 0.1


@pytest.mark.parametrize("size", [(64, 64), (65, 64), (64, 67), (71, 69)])
def test_odd_sides_are_completed_by_repeating_the_edge(tmp_path, size):
    picture = patches(3, size, 16)
    frame = next(iter(MovieReader(written(tmp_path / "a.mp4", [picture], quality=1))))
    width, height = size[0] + size[0] % 2, size[1] + size[1] % 2
    assert frame.rgb.shape == (height, width, 3)
    expected = np.pad(picture, ((0, height - size[1]), (0, width - size[0]), (0, 0)), mode="edge")
    assert np.abs(frame.rgb[8::16, 8::16].astype(int) - expected[8::16, 8::16]).max() <= 6


def lengths(path: Path) -> tuple[Fraction, Fraction]:
    """Lengths of picture and sound by the container, seconds."""
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        return video.duration * video.time_base, audio.duration * audio.time_base


@settings(max_examples=25, deadline=None)
@given(
    count=st.integers(1, 40),
    rate_text=st.sampled_from(RATES),
    seconds=st.floats(0, 3),
    sampling=st.sampled_from([8000, 16000, 22050, 44100, 48000, 96000]),
    channels=st.sampled_from([1, 2, 6]),
)
def test_picture_and_sound_are_equally_long(tmp_path_factory, count, rate_text, seconds, sampling, channels):
    path = tmp_path_factory.mktemp("length") / "a.mp4"
    rate = FrameRate.parse(rate_text)
    sound = tone(seconds, sampling, channels)
    picture = np.full((64, 64, 3), 90, np.uint8)
    written(path, [picture] * count, rate, sound)
    exact = count / rate.value
    seen, heard = lengths(path)
    assert abs(seen - exact) < Fraction(1, 24000)
    assert abs(heard - exact) < Fraction(1, 24000)
    read = read_sound(path)
    assert abs(read.duration - float(exact)) < 2 / read.rate
    movie = MovieReader(path)
    assert movie.facts.frames == len(list(movie)) == count
    # Beyond the recording there is silence, but for the decoder's last block.
    assert not read.samples[round((seconds + 0.1) * read.rate) :].any()


def test_sound_stays_in_step(tmp_path):
    """A click at 1 s of the recording is heard at 1 s of the movie."""
    samples = np.zeros((48000, 1), np.float32)
    samples[16000:16020] = 0.9
    path = written(
        tmp_path / "a.mp4",
        [np.zeros((64, 64, 3), np.uint8)] * 60,
        FrameRate.parse("30000/1001"),
        Sound.of(samples, 16000, Path("c.wav")),
    )
    read = read_sound(path)
    assert abs(int(np.abs(read.samples[:, 0]).argmax()) / read.rate - 1.0006) < 0.001


@pytest.mark.parametrize("rate_text", RATES)
def test_times_and_rates_are_exact(tmp_path, rate_text):
    rate = FrameRate.parse(rate_text)
    path = written(tmp_path / "a.mp4", [patches(i, (64, 64)) for i in range(7)], rate)
    movie = MovieReader(path)
    assert movie.facts.rate == rate.value
    assert movie.facts.duration == pytest.approx(7 / float(rate), abs=1e-6)
    assert not movie.facts.has_sound
    assert [frame.index for frame in movie] == list(range(7))
    assert [frame.time for frame in movie] == pytest.approx([i / float(rate) for i in range(7)], abs=1e-6)


def test_players_can_start_before_all_has_arrived(tmp_path):
    data = written(tmp_path / "a.mp4", [patches(1)] * 5, sound=tone(0.2)).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("suffix", [".mp4", ".MOV", ".m4v"])
def test_kinds_of_file(tmp_path, suffix):
    path = written(tmp_path / f"a{suffix}", [patches(1)] * 3, sound=tone(0.2))
    assert MovieReader(path).facts.frames == 3


def test_same_input_gives_the_same_bytes(tmp_path):
    pictures = [patches(i) for i in range(6)]
    first = written(tmp_path / "a.mp4", pictures, sound=tone(0.2), threads=2).read_bytes()
    assert written(tmp_path / "b.mp4", pictures, sound=tone(0.2), threads=2).read_bytes() == first


@pytest.mark.parametrize(
    "failure", [RuntimeError("engine"), KeyboardInterrupt(), MediaError("x"), SystemExit(1), GeneratorExit()]
)
@pytest.mark.parametrize("after", [0, 1, 30])
def test_nothing_is_left_behind_and_the_old_file_stays(tmp_path, failure, after):
    target = tmp_path / "a.mp4"
    target.write_bytes(b"precious")
    threads = threading.active_count()

    def attempt():
        with MovieWriter(target, (64, 64), RATE, tone(2.0)) as movie:
            for i in range(after):
                movie.write(patches(i, (64, 64)))
            raise failure

    with pytest.raises(type(failure)):
        attempt()
    assert target.read_bytes() == b"precious"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert threading.active_count() == threads


@pytest.fixture
def small_disk():
    """Lets no file grow beyond 40 kB, as a full disk would."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, old[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, old)


@pytest.mark.parametrize("count", [40, 3])
def test_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, small_disk, count):
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (128, 128, 3), dtype=np.uint8) for _ in range(count)]
    with pytest.raises(MediaError, match=r"full\.mp4.*(large|space)"):
        written(tmp_path / "full.mp4", noise, sound=tone(2.0), quality=1)
    assert list(tmp_path.iterdir()) == []


def test_device_without_room_is_one_sentence(tmp_path, monkeypatch):
    """The encoder's own error for a full disk carries the reason and becomes a MediaError."""

    def full(*_args, **_options):
        raise av.error.OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a.mp4")

    monkeypatch.setattr(av, "open", full)
    with pytest.raises(MediaError, match="No space left on device"):
        written(tmp_path / "a.mp4", [patches(1)])


def test_unwritable_targets_are_refused(tmp_path):
    with pytest.raises(MediaError, match="does not exist"):
        written(tmp_path / "nowhere" / "a.mp4", [patches(1)])
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(MediaError, match="it is a folder"):
        written(tmp_path / "folder.mp4", [patches(1)])
    with pytest.raises(UsageError, match=r"a\.avi.*should end in \.mp4"):
        written(tmp_path / "a.avi", [patches(1)])
    for crf in (0, 52):
        with pytest.raises(UsageError, match="outside 1 to 51"):
            written(tmp_path / "a.mp4", [patches(1)], quality=crf)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.mp4"]


def test_inputs_are_never_overwritten(tmp_path):
    recording = tmp_path / "voice.mp4"
    written(recording, [patches(1)] * 5, sound=tone(0.2))
    before = recording.read_bytes()
    (tmp_path / "link.mp4").symlink_to(recording)
    sound = read_sound(recording)
    for target in (recording, tmp_path / "link.mp4", tmp_path / "." / "voice.mp4"):
        with pytest.raises(MediaError, match="one of the inputs"):
            written(target, [patches(1)], sound=sound)
        with pytest.raises(MediaError, match="one of the inputs"):
            written(target, [patches(1)], inputs=(recording,))
    assert recording.read_bytes() == before


def test_an_empty_movie_and_wrong_frames_are_programming_errors(tmp_path):
    target = tmp_path / "a.mp4"
    with pytest.raises(ValueError, match="at least one frame"), MovieWriter(target, (64, 64), RATE):
        pass
    for wrong in (np.zeros((64, 66, 3), np.uint8), np.zeros((64, 64, 3), np.float32), np.zeros((64, 64), np.uint8)):
        with pytest.raises(ValueError, match="in a movie of 64 x 64"), MovieWriter(target, (64, 64), RATE) as movie:
            movie.write(wrong)
    movie = MovieWriter(target, (64, 64), RATE)
    with pytest.raises(ValueError, match="not open"):
        movie.write(patches(1, (64, 64)))
    assert list(tmp_path.iterdir()) == []
    with movie:
        movie.write(patches(1, (64, 64)))
    with pytest.raises(ValueError, match="one movie"), movie:
        pass


@pytest.mark.parametrize("name", ["a:b.mp4", "we%03drd.mp4", "-x.mp4", "it's one.mp4", "ünï.mp4", "concat:a.mp4"])
def test_odd_names_are_names(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    path = written(Path(name), [patches(1)] * 3, sound=tone(0.12))
    assert MovieReader(path).facts.frames == 3
    assert read_sound(path).duration == pytest.approx(0.12, abs=1e-3)
    assert os.listdir(tmp_path) == [name]


def test_sizes_beyond_the_encoder_are_refused(tmp_path):
    with pytest.raises(MediaError, match=r"big\.mp4.*another size"):
        written(tmp_path / "big.mp4", [np.zeros((16, 20000, 3), np.uint8)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts native threads as Linux shows them")
@pytest.mark.parametrize("fails", [False, True])
def test_the_encoders_threads_end_with_it(tmp_path, fails):
    def native_threads() -> int:
        return len(os.listdir("/proc/self/task"))

    movie, before = MovieWriter(tmp_path / "a.mp4", (256, 256), RATE, threads=3), native_threads()
    with suppress(ZeroDivisionError), movie:
        for i in range(20):
            movie.write(patches(i, (256, 256)))
        assert native_threads() > before
        if fails:
            raise ZeroDivisionError
    assert native_threads() <= before


def test_frames_may_be_views_and_may_be_reused(tmp_path):
    buffer = np.empty((64, 128, 3), np.uint8)
    with MovieWriter(tmp_path / "a.mp4", (64, 64), RATE, quality=1) as movie:
        for value in (20, 120, 220):
            buffer[:] = value
            movie.write(buffer[:, ::2])
    assert [int(frame.rgb.mean().round()) for frame in MovieReader(tmp_path / "a.mp4")] == [20, 120, 220]


def test_variable_frame_rate_keeps_its_times(tmp_path):
    path, ticks = tmp_path / "vfr.mkv", [0, 40, 50, 200, 1000, 1033]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=1000)
        stream.width = stream.height = 64
        stream.codec_context.time_base = Fraction(1, 1000)
        for i, tick in enumerate(ticks):
            frame = av.VideoFrame.from_ndarray(patches(i, (64, 64)), format="rgb24")
            frame.pts, frame.time_base = tick, Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert [frame.time for frame in MovieReader(path)] == pytest.approx([tick / 1000 for tick in ticks])


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_rotation_is_applied(tmp_path, degrees):
    upright = patches(9, (96, 64))
    path = tmp_path / "turned.mp4"
    stored = np.ascontiguousarray(np.rot90(upright, -degrees // 90))
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = stored.shape[1], stored.shape[0], "yuv420p"
        stream.set_display_rotation(degrees)
        out.mux(stream.encode(av.VideoFrame.from_ndarray(stored, format="rgb24")))
        out.mux(stream.encode(None))
    movie = MovieReader(path)
    frame = next(iter(movie))
    assert movie.facts.size == (96, 64)
    assert np.abs(frame.rgb[16::32, 16::32].astype(int) - upright[16::32, 16::32]).max() < 30


def test_pixels_that_are_not_square_become_so(tmp_path):
    path = tmp_path / "wide.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(3, 2)
        out.mux(stream.encode(av.VideoFrame.from_ndarray(patches(1, (64, 64)), format="rgb24")))
        out.mux(stream.encode(None))
    movie = MovieReader(path)
    assert movie.facts.size == (96, 64)
    assert next(iter(movie)).rgb.shape == (64, 96, 3)


@pytest.mark.parametrize(("matrix", "colourspace"), [(1, "itu709"), (6, "itu601")])
@pytest.mark.parametrize("full", [False, True])
def test_tags_of_others_are_believed(tmp_path, matrix, colourspace, full):
    path, picture = tmp_path / "a.mp4", patches(4)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = 96, 96, "yuv420p"
        stream.codec_context.colorspace, stream.codec_context.color_range = matrix, 2 if full else 1
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=colourspace, src_color_range="JPEG", dst_color_range="JPEG" if full else "MPEG"
        )
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    frame = next(iter(MovieReader(path)))
    assert np.abs(frame.rgb[16::32, 16::32].astype(int) - picture[16::32, 16::32]).max() <= 4


def test_what_is_no_movie_is_refused_with_one_sentence(tmp_path):
    write_wav(tmp_path / "sound.wav", np.zeros(800, np.float32), 8000)
    cases = {
        "missing.mp4": None,
        "empty.mp4": b"",
        "text.mp4": b"no movie\n" * 99,
        "sound.mp4": (tmp_path / "sound.wav").read_bytes(),
    }
    for name, data in cases.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
        with pytest.raises(MediaError) as caught:
            MovieReader(tmp_path / name)
        assert name in caught.value.user_text
        assert caught.value.user_text.endswith(".")
    with pytest.raises(MediaError, match="is a folder"):
        MovieReader(tmp_path)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_damage_ends_in_frames_or_a_sentence(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damage")
    content = bytearray(written(folder / "a.mp4", [patches(i, (64, 64)) for i in range(6)], sound=tone(0.2)).read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(1, len(content) - 1))]
    for _ in range(data.draw(st.integers(0, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / "b.mp4").write_bytes(content)
    with suppress(MediaError):
        for frame in MovieReader(folder / "b.mp4"):
            assert frame.rgb.shape[2] == 3


def test_real_movies_are_read(shared_media):
    names = ["grid_brbk7n.mpg", "vretalk_face1.mp4", "hdtf_katiehill.mp4"]
    for name in names:
        movie = MovieReader(shared_media / "video" / name)
        times = [frame.time for _, frame in zip(range(12), movie, strict=False)]
        assert times[0] == pytest.approx(0, abs=0.05)
        assert np.allclose(np.diff(times), 1 / float(movie.facts.rate), atol=0.03)
        assert movie.facts.has_sound
        assert abs(read_sound(movie.path).duration - movie.facts.duration) < 0.15
