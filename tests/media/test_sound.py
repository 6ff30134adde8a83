"""Sound of every kind comes out with its samples where they were; damaged files as one sentence."""

from __future__ import annotations

import struct
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.time import FrameRange, FrameRate, FrameSet
from pctalk_studio.media import sound as sound_module
from pctalk_studio.media.mixing import mono_mix, resampled, stereo_mix
from pctalk_studio.media.reader import MovieReader
from pctalk_studio.media.sound import Sound, read_sound, write_wav


def chirp(rate: int, seconds: float = 0.6, channels: int = 1) -> np.ndarray:
    """A rising tone with a click at 0.25 s, [n, channels] float32: anything that moves in time shows."""
    t = np.arange(round(rate * seconds)) / rate
    tone = 0.3 * np.sin(2 * np.pi * (200 * t + 800 * t**2))
    tone += 0.5 * np.exp(-(((t - 0.25) / 0.001) ** 2))
    return np.repeat(tone[:, None], channels, axis=1).astype(np.float32)


def encoded(path: Path, codec: str, samples: np.ndarray, rate: int, layout: str, container: str | None = None, **options) -> Path:
    """Write [n, channels] float32 with an encoder of FFmpeg."""
    with av.open(str(path), "w", format=container, options=options) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        stream.bit_rate = 128_000
        wanted = stream.codec_context.format.name
        resampler = av.AudioResampler(format=wanted, layout=layout, rate=rate, frame_size=stream.codec_context.frame_size or 1024)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path


def shift_between(a: np.ndarray, b: np.ndarray) -> int:
    """Samples by which b lags a, by the peak of their correlation."""
    n = min(len(a), len(b))
    spectrum = np.fft.rfft(a[:n], 2 * n).conj() * np.fft.rfft(b[:n], 2 * n)
    lag = int(np.argmax(np.fft.irfft(spectrum)))
    return lag if lag < n else lag - 2 * n


@pytest.mark.parametrize(
    ("container", "subtype"),
    [
        (container, subtype)
        for container in ("WAV", "WAVEX", "FLAC", "AIFF", "W64", "CAF")
        for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")
        if soundfile.check_format(container, subtype)
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_exact_formats_give_the_exact_samples(tmp_path, container, subtype, channels):
    samples = chirp(22050, 0.2, channels) * np.linspace(1, 0.5, channels, dtype=np.float32)
    path = tmp_path / f"a.{container.lower()}"
    soundfile.write(path, samples, 22050, format=container, subtype=subtype)
    sound = read_sound(path)
    expected = soundfile.read(path, dtype="float32", always_2d=True)[0]
    assert sound.rate == 22050
    assert sound.samples.shape == samples.shape
    assert np.abs(sound.samples - expected).max() <= 2**-24
    assert np.abs(sound.samples - samples).max() <= (2**-6 if subtype == "PCM_U8" else 2**-14)


@pytest.mark.parametrize("rate", [8000, 11050, 16000, 44100, 96000, 192000])
def test_rates_are_kept(tmp_path, rate):
    path = tmp_path / "a.wav"
    write_wav(path, chirp(rate, 0.1), rate)
    sound = read_sound(path)
    assert sound.rate == rate
    assert sound.duration == pytest.approx(0.1)
    assert len(sound.mono(16000)) == -(-len(sound.samples) * 16000 // rate)


def test_vorbis_is_read(tmp_path):
    samples = chirp(44100, 0.61, 2)
    soundfile.write(tmp_path / "a.ogg", samples, 44100, format="OGG", subtype="VORBIS")
    sound = read_sound(tmp_path / "a.ogg")
    # FFmpeg counts the last block of a Vorbis track up to 128 samples wrong; where a sample lies is not affected.
    assert abs(len(sound.samples) - len(samples)) <= 128
    assert shift_between(samples[:, 0], sound.samples[:, 0]) == 0


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.mp3", "libmp3lame", 44100),
        ("a.mp3", "libmp3lame", 16000),
        ("a.m4a", "aac", 44100),
        ("a.mp4", "aac", 16000),
        ("a.ogg", "libopus", 48000),
        ("a.opus", "libopus", 48000),
        ("a.mka", "libopus", 48000),
        ("a.webm", "libopus", 48000),
        ("a.mov", "aac", 48000),
    ],
)
@pytest.mark.parametrize("layout", ["mono", "stereo"])
def test_encoder_delay_is_skipped(tmp_path, name, codec, rate, layout):
    channels = 1 if layout == "mono" else 2
    samples = chirp(rate, 0.61, channels)
    sound = read_sound(encoded(tmp_path / name, codec, samples, rate, layout))
    assert sound.rate == rate
    assert sound.samples.shape[1] == channels
    assert abs(shift_between(samples[:, 0], sound.samples[:, 0])) <= 1
    # Priming and padding are both cut: at most an encoder's own block may remain where a format does not tell.
    assert abs(sound.duration - 0.61) < 0.003


def movie_with_sound(path: Path, pieces: list[tuple[int, np.ndarray]]) -> Path:
    """0.8 s of picture and pieces of 48 kHz mono sound that start at given samples."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25)
        video.width = video.height = 64
        audio = out.add_stream("pcm_s16le", rate=48000, layout="mono")
        for i in range(20):
            frame = av.VideoFrame.from_ndarray(np.full((96, 64), 128, np.uint8), format="yuv420p")
            frame.pts, frame.time_base = i, Fraction(1, 25)
            out.mux(video.encode(frame))
        for start, samples in pieces:
            frame = av.AudioFrame.from_ndarray((samples.T * 32767).astype(np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
            out.mux(audio.encode(frame))
        out.mux(video.encode(None))
        out.mux(audio.encode(None))
    return path


def test_sound_track_of_a_movie_lies_on_the_movies_clock(tmp_path):
    """Sound that starts late, and sound with a hole, are heard when the movie shows the same moment."""
    samples = chirp(48000, 0.2)
    late = read_sound(movie_with_sound(tmp_path / "late.mkv", [(12000, samples)]))
    assert not late.samples[: 12000 - 48].any()
    assert abs(shift_between(np.pad(samples[:, 0], (12000, 0)), late.samples[:, 0])) <= 48
    holed = read_sound(movie_with_sound(tmp_path / "holed.mkv", [(0, samples), (24000, samples)]))
    assert np.array_equal(holed.samples[9600 : 24000 - 48], np.zeros((24000 - 48 - 9600, 1)))
    assert abs(shift_between(np.pad(samples[:, 0], (24000, 0)), np.pad(holed.samples[9600:, 0], (9600, 0)))) <= 48


def test_cover_pictures_of_music_are_no_movie(tmp_path):
    path = tmp_path / "song.mp3"
    samples = chirp(44100, 0.3)
    with av.open(str(path), "w") as out:
        audio = out.add_stream("libmp3lame", rate=44100, layout="mono")
        cover = out.add_stream("png", rate=25)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        picture.pts, picture.time_base = 0, Fraction(1, 25)
        out.mux(cover.encode(picture))
        out.mux(cover.encode(None))
        for start in range(0, len(samples), 1152):
            frame = av.AudioFrame.from_ndarray(samples[start : start + 1152].T.copy(), format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 44100, start, Fraction(1, 44100)
            out.mux(audio.encode(frame))
        out.mux(audio.encode(None))
    assert abs(shift_between(samples[:, 0], read_sound(path).samples[:, 0])) <= 1
    with pytest.raises(MediaError, match=r"song\.mp3.*no moving picture"):
        MovieReader(path)


def test_surround_reaches_mono_with_its_speech_whole(tmp_path):
    speech = chirp(48000)[:, 0]
    six = np.zeros((len(speech), 6), np.float32)
    six[:, 2] = speech
    six[:, 3] = 0.9 * np.sin(2 * np.pi * 40 * np.arange(len(speech)) / 48000)
    path = tmp_path / "six.wav"
    soundfile.write(path, six, 48000, format="WAVEX", subtype="FLOAT")
    for candidate in (path, encoded(tmp_path / "six.flac", "flac", six, 48000, "5.1")):
        sound = read_sound(candidate)
        assert sound.samples.shape[1] == 6
        assert np.abs(sound.mono(48000) - speech).max() < 1e-3
        left, right = stereo_mix(sound.samples, sound.channels).T
        assert np.allclose(left, right)
        assert np.abs(left - 0.7071 * speech).max() < 1e-3


def test_mono_of_stereo_is_the_mean_unless_the_channels_cancel():
    left, right = np.random.default_rng(0).normal(0, 0.1, (2, 1000)).astype(np.float32)
    mixed = mono_mix(np.stack([left, right], axis=1), ("FL", "FR"))
    assert np.allclose(mixed, (left + right) / 2, atol=1e-7)
    assert np.array_equal(mono_mix(np.stack([left, -0.99 * left], axis=1), ("FL", "FR")), left)
    assert np.array_equal(mono_mix(np.stack([left, left], axis=1), ("FL", "FR")), left)
    assert not mono_mix(np.zeros((10, 2), np.float32), ("FL", "FR")).any()


@given(st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_mixes_never_pass_the_peak_of_full_scale(count, seed):
    names = ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")[:count] if count > 1 else ("FC",)
    samples = np.random.default_rng(seed).uniform(-1, 1, (50, count)).astype(np.float32)
    assert np.abs(mono_mix(samples, names)).max() <= 1 + 1e-6
    assert np.abs(stereo_mix(samples, names)).max() <= 1 + 1e-6


@pytest.mark.parametrize(
    ("old", "new"), [(44100, 16000), (48000, 16000), (8000, 16000), (16000, 48000), (22050, 48000), (11025, 16000)]
)
def test_resampling_keeps_tones_where_they_are_and_makes_no_others(old, new):
    n = old
    for hz in (100.0, 1000.0, 3000.0):
        tone = np.sin(2 * np.pi * hz * np.arange(n) / old).astype(np.float32)
        out = resampled(tone, old, new)
        assert out.dtype == np.float32
        assert len(out) == -(-n * new // old)
        expected = np.sin(2 * np.pi * hz * np.arange(len(out)) / new)
        edge = new // 50
        assert np.abs(out - expected)[edge:-edge].max() < 2e-3
    if new < old:
        above = np.sin(2 * np.pi * 0.6 * new * np.arange(n) / old).astype(np.float32)
        edge = new // 50
        assert np.abs(resampled(above, old, new))[edge:-edge].max() < 2e-4


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 20)), min_size=1, max_size=6),
    st.sampled_from(["25", "30000/1001", "24000/1001", "60"]),
)
def test_cut_is_frame_exact(spans, rate_text):
    rate = FrameRate.parse(rate_text)
    frames = FrameSet.of(FrameRange(start, start + length) for start, length in spans)
    samples = np.arange(1, 3 * 16000 + 1, dtype=np.float32)
    cut = Sound.of(samples, 16000, Path("ramp.wav")).cut(frames, rate)
    assert len(cut.samples) == round(len(frames) * 16000 / rate.value)
    done = 0
    for span in frames.ranges:
        # The middle of each kept range is untouched by the fades at its edges.
        middle = done + len(span) / 2
        at, source = round(middle * 16000 / rate.value), (span.start + len(span) / 2) * 16000 / float(rate)
        value = cut.samples[at, 0]
        if source < len(samples) - 100:
            assert abs(value - source) <= 3
        elif source > len(samples) + 2:
            assert value == 0
        done += len(span)


def test_cut_fades_only_inside():
    sound = Sound.of(np.ones((16000, 2), np.float32), 16000, Path("one.wav"))
    whole = sound.cut(FrameSet.parse("0-24"), FrameRate.parse("25"))
    assert np.array_equal(whole.samples, sound.samples)
    part = sound.cut(FrameSet.parse("5-9"), FrameRate.parse("25")).samples[:, 0]
    assert part[0] < 0.01
    assert part[-1] < 0.01
    assert (part[40:-40] == 1).all()


def test_silence_is_allowed_and_told(tmp_path):
    path = tmp_path / "quiet.wav"
    write_wav(path, np.zeros(800, np.float32), 8000)
    assert read_sound(path).is_silent
    write_wav(path, np.full(800, 0.01, np.float32), 8000)
    assert not read_sound(path).is_silent


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_refused(tmp_path, bad):
    samples = chirp(16000)
    samples[4000] = bad
    path = tmp_path / "broken.wav"
    soundfile.write(path, samples, 16000, subtype="FLOAT")
    with pytest.raises(MediaError, match=r"broken\.wav.*no numbers"):
        read_sound(path)


def test_what_is_no_sound_is_refused_with_one_sentence(tmp_path):
    silent_movie = tmp_path / "silent.mp4"
    with av.open(str(silent_movie), "w") as out:
        video = out.add_stream("libx264", rate=25)
        video.width = video.height = 64
        out.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((96, 64), np.uint8), "yuv420p")))
        out.mux(video.encode(None))
    cases = {
        "missing.wav": None,
        "empty.wav": b"",
        "text.wav": b"This is a letter, not a recording.\n" * 50,
        "zeros.mp3": bytes(5000),
        "noise.m4a": np.random.default_rng(5).bytes(20000),
        "list.m3u8": b"#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        "header.wav": struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36, b"WAVEfmt ", 16, 1, 1, 16000, 32000, 2, 16, b"data", 0),
        "silent.mp4": silent_movie.read_bytes(),
        "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    }
    for name, data in cases.items():
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(MediaError) as caught:
            read_sound(path)
        assert name in caught.value.user_text
        assert caught.value.user_text.endswith(".")
        assert "\n" not in caught.value.user_text
    with pytest.raises(MediaError, match="is a folder"):
        read_sound(tmp_path)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.m4a", "a.mov"])
@pytest.mark.parametrize("kept", [0.01, 0.4, 0.8])
def test_cut_short_is_refused(tmp_path, name, kept):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (32000, 1)).astype(np.float32)
    path = tmp_path / name
    if name.endswith(("m4a", "mov")):
        encoded(path, "aac", noise, 16000, "mono", movflags="+faststart")
    else:
        soundfile.write(path, noise, 16000)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(MediaError) as caught:
        read_sound(path)
    assert name in caught.value.user_text


def test_wav_of_unknown_length_is_read_to_its_end(tmp_path):
    """Programs that write WAV into a pipe cannot go back to fill in the length and leave the largest number there."""
    path = tmp_path / "piped.wav"
    write_wav(path, chirp(16000, 0.5), 16000)
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = struct.pack("<I", 0xFFFFFFFF)
    path.write_bytes(data)
    assert read_sound(path).duration == pytest.approx(0.5)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["wav", "flac", "mp3", "ogg", "m4a"]), st.data())
def test_damage_ends_in_sound_or_a_sentence(tmp_path_factory, kind, data):
    path = tmp_path_factory.mktemp("damage") / f"a.{kind}"
    codec = {"wav": "pcm_s16le", "flac": "flac", "mp3": "libmp3lame", "ogg": "libopus", "m4a": "aac"}[kind]
    encoded(path, codec, chirp(16000, 0.2), 16000, "mono")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with suppress(MediaError):
        sound = read_sound(path)
        assert np.isfinite(sound.samples).all()
        assert sound.samples.shape[1] == len(sound.channels)


def test_too_long_is_refused_by_its_header_alone(tmp_path):
    path = tmp_path / "day.wav"
    write_wav(path, np.zeros(8000, np.float32), 8000)
    with path.open("r+b") as stream:
        stream.seek(40)
        stream.write(struct.pack("<I", 8000 * 2 * 3600 * 3))
        stream.truncate(44 + 8000 * 2 * 3600 * 3)
    with pytest.raises(MediaError, match=r"day\.wav.*3\.0 hours.*cut it"):
        read_sound(path)


def test_too_long_is_refused_while_decoding_where_the_header_is_silent(tmp_path, monkeypatch):
    path = encoded(tmp_path / "long.ogg", "libopus", chirp(16000, 1.5), 16000, "mono")
    monkeypatch.setattr(sound_module, "LONGEST", 1)
    with pytest.raises(MediaError, match=r"long\.ogg.*cut it"):
        read_sound(path)


def test_hash_is_of_the_samples(tmp_path):
    write_wav(tmp_path / "a.wav", chirp(16000), 16000)
    soundfile.write(tmp_path / "b.flac", soundfile.read(tmp_path / "a.wav")[0], 16000, subtype="PCM_16")
    first, second = read_sound(tmp_path / "a.wav"), read_sound(tmp_path / "b.flac")
    assert first.content_hash == second.content_hash
    assert Sound.of(first.samples, 8000, first.path).content_hash != first.content_hash
    with pytest.raises(ValueError, match="read-only"):
        first.samples[0] = 0


def test_write_wav_clips_and_is_whole_or_not_there(tmp_path):
    write_wav(tmp_path / "loud.wav", np.array([0.0, 2.0, -2.0, 0.5], np.float32), 8000)
    assert np.allclose(read_sound(tmp_path / "loud.wav").samples[:, 0], [0, 32767 / 32768, -1, 0.5])
    with pytest.raises(MediaError, match="does not exist"):
        write_wav(tmp_path / "nowhere" / "a.wav", np.zeros(8, np.float32), 8000)


def test_channel_names_must_fit():
    with pytest.raises(ValueError, match="2 channels with 1 names"):
        Sound.of(np.zeros((4, 2), np.float32), 8000, Path("a.wav"), ("FC",))


def test_real_recordings_are_read_whole(shared_media):
    for path in sorted((shared_media / "speech").iterdir())[::3]:
        sound = read_sound(path)
        info = soundfile.info(str(path))
        assert sound.rate == info.samplerate
        assert len(sound.samples) == info.frames


def test_a_recording_that_was_transferred_as_text_is_repaired_and_said_to_be(tmp_path):
    clean = read_sound(resource_path("sample/speech.flac"))
    write_wav(tmp_path / "clean.wav", clean.samples, clean.rate)
    data = (tmp_path / "clean.wav").read_bytes()
    assert data.count(b"\r\n") > 0
    (tmp_path / "hurt.wav").write_bytes(data[:44] + data[44:].replace(b"\r\n", b"\n"))
    whole = read_sound(tmp_path / "clean.wav")
    assert whole.problems == ()
    hurt = read_sound(tmp_path / "hurt.wav")
    assert [problem.code for problem in hurt.problems] == ["sound-repaired"]
    same = min(len(whole.samples), len(hurt.samples))
    assert np.mean(whole.samples[:same] == hurt.samples[:same]) > 0.95
