"""Pictures of every kind come out as the same upright sRGB pixels; damaged ones as one sentence."""

from __future__ import annotations

import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from pctalk_studio.core.errors import MediaError
from pctalk_studio.media.pictures import BACKDROP, over_backdrop, read_picture, write_png

PATCHES = np.array(
    [[[220, 40, 30], [30, 200, 60], [40, 60, 210]], [[250, 250, 250], [128, 128, 128], [8, 8, 8]]], np.uint8
)  # fmt: skip


def chart(side: int = 40) -> np.ndarray:
    """Six patches, three across and two down: no symmetry that would hide a wrong orientation."""
    return np.kron(PATCHES, np.ones((side, side, 1), np.uint8))


def patches_of(rgb: np.ndarray) -> np.ndarray:
    height, width = rgb.shape[:2]
    rows, columns = (np.array([1, 3]) * height) // 4, (np.array([1, 3, 5]) * width) // 6
    return rgb[np.ix_(rows, columns)].astype(int)


def saved(folder: Path, image: Image.Image, name: str, **options) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("a.png", {}, 0),
        ("a.bmp", {}, 0),
        ("a.tiff", {"compression": "tiff_lzw"}, 0),
        ("a.ppm", {}, 0),
        ("a.tga", {}, 0),
        ("a.webp", {"lossless": True}, 0),
        ("a.webp", {"quality": 95}, 6),
        ("a.jpg", {"quality": 98, "subsampling": 0}, 3),
        ("a.jpg", {"quality": 95, "progressive": True}, 5),
        ("a.gif", {}, 8),
        ("a.avif", {"quality": 95}, 8),
    ],
)
def test_every_kind_gives_the_same_pixels(tmp_path, name, options, tolerance):
    picture = read_picture(saved(tmp_path, Image.fromarray(chart()), name, **options))
    assert picture.size == (120, 80)
    assert picture.rgb.dtype == np.uint8
    assert picture.alpha is None
    assert np.abs(patches_of(picture.rgb) - PATCHES).max() <= tolerance


def test_the_content_decides_and_not_the_name(tmp_path):
    path = saved(tmp_path, Image.fromarray(chart()), "really_a_png.jpg", format="PNG")
    assert np.array_equal(read_picture(path).rgb, chart())


def test_equal_pixels_have_equal_hashes_whatever_the_file(tmp_path):
    image = Image.fromarray(chart())
    first = read_picture(saved(tmp_path, image, "a.png"))
    assert read_picture(saved(tmp_path, image, "b.bmp")).content_hash == first.content_hash
    image.putpixel((3, 3), (0, 0, 0))
    assert read_picture(saved(tmp_path, image, "c.png")).content_hash != first.content_hash


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tiff"])
def test_orientation_is_applied_once(tmp_path, name, orientation):
    stored = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: a.transpose(1, 0, 2)[::-1, ::-1],
        8: lambda a: np.rot90(a, -1),
    }[orientation](chart())
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, Image.fromarray(np.ascontiguousarray(stored)), name, exif=exif)
    assert np.abs(patches_of(read_picture(path).rgb) - PATCHES).max() <= 12


def test_damaged_exif_does_not_matter(tmp_path):
    path = saved(tmp_path, Image.fromarray(chart()), "a.jpg", quality=98, subsampling=0, exif=b"Exif\0\0garbage that is no TIFF")
    assert np.abs(patches_of(read_picture(path).rgb) - PATCHES).max() <= 3


def png_bytes(width: int, height: int, depth: int, colour: int, rows: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG by hand, for kinds that Pillow does not write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    body = b"".join(chunk(kind, data) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_keep_their_tones(tmp_path, colour, channels):
    ramp = np.tile(np.linspace(0, 65535, 256).astype(">u2")[None, :, None], (64, 1, channels))
    if channels in (2, 4):
        ramp[..., -1] = 65535
    rows = b"".join(b"\0" + row.tobytes() for row in ramp)
    path = tmp_path / "deep.png"
    path.write_bytes(png_bytes(256, 64, 16, colour, rows))
    picture = read_picture(path)
    assert picture.alpha is None
    assert np.abs(picture.rgb.astype(int) - np.arange(256)[None, :, None]).max() <= 1


@pytest.mark.parametrize("name", ["deep.tiff", "deep.png"])
def test_sixteen_bit_grey(tmp_path, name):
    ramp = np.tile((np.arange(256) * 257).astype(np.uint16), (64, 1))
    picture = read_picture(saved(tmp_path, Image.fromarray(ramp), name))
    assert np.array_equal(picture.rgb, np.repeat(np.tile(np.arange(256, dtype=np.uint8), (64, 1))[..., None], 3, axis=2))


def test_float_tiff_from_zero_to_one_is_a_picture_and_measurements_are_not(tmp_path):
    ramp = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (64, 1))
    assert np.array_equal(read_picture(saved(tmp_path, Image.fromarray(ramp), "f.tiff")).rgb[0, :, 1], np.arange(256))
    path = saved(tmp_path, Image.fromarray(ramp * 1000), "heights.tiff")
    with pytest.raises(MediaError, match=r"heights\.tiff.*8 or 16 bits"):
        read_picture(path)


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        *((mode, "tiff") for mode in ("1", "L", "P", "LA", "YCbCr", "CMYK")),
        ("1", "png"),
        ("L", "png"),
        ("P", "png"),
        ("L", "jpg"),
    ],
)
def test_other_colour_models(tmp_path, mode, suffix):
    grey = np.repeat(np.kron([[0, 255, 0], [255, 0, 255]], np.ones((40, 40))).astype(np.uint8)[..., None], 3, axis=2)
    path = saved(tmp_path, Image.fromarray(grey).convert(mode), f"a.{suffix}")
    assert np.abs(patches_of(read_picture(path).rgb) - patches_of(grey)).max() <= 4


def test_cmyk_jpeg_with_and_without_adobe_marker(tmp_path):
    ink = np.kron([[[0, 200, 220, 10], [200, 0, 180, 20], [0, 0, 0, 128]]] * 2, np.ones((40, 40, 1))).astype(np.uint8)
    expected = np.asarray(Image.fromarray(ink, mode="CMYK").convert("RGB"))
    path = saved(tmp_path, Image.fromarray(ink, mode="CMYK"), "adobe.jpg", quality=98)
    assert np.abs(patches_of(read_picture(path).rgb) - patches_of(expected)).max() <= 6
    # Without the marker ink is stored as it is: the same file with inverted ink and its APP14 segment cut out.
    inverted = saved(tmp_path, Image.fromarray(255 - ink, mode="CMYK"), "inverted.jpg", quality=98)
    data = inverted.read_bytes()
    start = data.index(b"\xff\xee")
    plain = tmp_path / "plain.jpg"
    plain.write_bytes(data[:start] + data[start + 2 + struct.unpack(">H", data[start + 2 : start + 4])[0] :])
    assert np.abs(patches_of(read_picture(plain).rgb) - patches_of(expected)).max() <= 6


def swapped_profile() -> bytes:
    """An ICC profile whose primaries differ from sRGB's: sRGB with its red and green colorants exchanged."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = {}
    for i in range(struct.unpack(">I", data[128:132])[0]):
        start = 132 + 12 * i
        at[bytes(data[start : start + 4])] = start
    red, green = at[b"rXYZ"], at[b"gXYZ"]
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(data)


def test_embedded_profile_is_converted(tmp_path):
    image = Image.fromarray(chart())
    plain = read_picture(
        saved(tmp_path, image, "srgb.png", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    )
    assert np.array_equal(plain.rgb, chart())
    swapped = read_picture(saved(tmp_path, image, "odd.png", icc_profile=swapped_profile()))
    assert np.abs(patches_of(swapped.rgb) - PATCHES[..., [1, 0, 2]]).max() <= 3


@pytest.mark.parametrize("profile", [b"no profile at all", b"\0" * 200])
def test_broken_profile_is_ignored(tmp_path, profile):
    assert np.array_equal(read_picture(saved(tmp_path, Image.fromarray(chart()), "a.png", icc_profile=profile)).rgb, chart())


def test_profile_of_another_colour_model_is_ignored(tmp_path):
    grey = Image.fromarray(chart()).convert("L")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(read_picture(saved(tmp_path, grey, "a.png", icc_profile=profile)).rgb[..., 0], np.asarray(grey))


def test_cut_out_stands_before_neutral_grey(tmp_path):
    alpha = np.zeros((80, 120), np.uint8)
    alpha[20:60, 30:90] = 255
    alpha[20:60, 90:100] = 51
    rgba = np.dstack([chart(), alpha])
    for name in ("a.png", "a.webp", "a.tiff"):
        options = {"lossless": True, "exact": True} if name.endswith("webp") else {}
        picture = read_picture(saved(tmp_path, Image.fromarray(rgba), name, **options))
        assert np.array_equal(picture.alpha, alpha)
        assert (picture.rgb[alpha == 0] == BACKDROP).all()
        assert np.array_equal(picture.rgb[alpha == 255], chart()[alpha == 255])
        assert np.array_equal(picture.rgb[30, 95], np.round(chart()[30, 95] * 0.2 + BACKDROP * 0.8))


def test_transparent_rim_continues_the_background(tmp_path):
    rgb = np.full((80, 120, 3), (240, 230, 210), np.uint8)
    rgb[30:50, 40:80] = (90, 60, 40)
    alpha = np.full((80, 120), 255, np.uint8)
    alpha[0] = alpha[:, -1] = 0
    rgb[alpha == 0] = 0
    picture = read_picture(saved(tmp_path, Image.fromarray(np.dstack([rgb, alpha])), "rim.png"))
    assert (picture.rgb[alpha == 0] == (240, 230, 210)).all()
    assert np.array_equal(picture.rgb[alpha == 255], rgb[alpha == 255])


@given(st.integers(0, 255), st.integers(0, 255))
def test_compositing_never_leaves_the_interval(value, weight):
    rgb = np.full((2, 2, 3), value, np.uint8)
    out = over_backdrop(rgb, np.full((2, 2), weight, np.uint8))
    assert min(value, BACKDROP) <= out.min() <= out.max() <= max(value, BACKDROP)


def test_palette_with_transparency_and_animation(tmp_path):
    first = Image.fromarray(chart()).quantize(32)
    second = Image.fromarray(chart()[::-1].copy()).quantize(32)
    path = saved(tmp_path, first, "a.gif", save_all=True, append_images=[second], duration=40)
    assert np.abs(patches_of(read_picture(path).rgb) - PATCHES).max() <= 8
    index = first.getpixel((100, 10))
    picture = read_picture(saved(tmp_path, first, "b.png", transparency=index))
    assert picture.alpha is not None
    assert picture.alpha[10, 100] == 0
    assert picture.alpha[10, 10] == 255


def test_a_wholly_transparent_picture_is_refused(tmp_path):
    path = saved(tmp_path, Image.new("RGBA", (80, 80)), "nothing.png")
    with pytest.raises(MediaError, match=r"nothing\.png.*wholly transparent"):
        read_picture(path)


def test_an_opaque_alpha_channel_is_dropped(tmp_path):
    rgba = np.dstack([chart(), np.full((80, 120), 255, np.uint8)])
    picture = read_picture(saved(tmp_path, Image.fromarray(rgba), "a.png"))
    assert picture.alpha is None
    assert np.array_equal(picture.rgb, chart())


def test_pixels_cannot_be_changed(tmp_path):
    picture = read_picture(saved(tmp_path, Image.fromarray(chart()), "a.png"))
    with pytest.raises(ValueError, match="read-only"):
        picture.rgb[0, 0] = 0


def test_what_is_no_picture_is_refused_with_one_sentence(tmp_path):
    cases = {
        "missing.png": None,
        "empty.png": b"",
        "text.jpg": b"This is a letter, not a picture.\n" * 20,
        "zeros.png": bytes(5000),
        "sound.png": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(100),
    }
    for name, data in cases.items():
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(MediaError) as caught:
            read_picture(path)
        assert name in caught.value.user_text
        assert caught.value.user_text.endswith(".")
        assert "\n" not in caught.value.user_text
    with pytest.raises(MediaError, match="is a folder"):
        read_picture(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="named pipes and permissions of POSIX")
def test_pipes_and_forbidden_files_are_refused(tmp_path):
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    with pytest.raises(MediaError, match="no ordinary file"):
        read_picture(pipe)
    closed = saved(tmp_path, Image.fromarray(chart()), "closed.png")
    closed.chmod(0)
    if not os.access(closed, os.R_OK):
        with pytest.raises(MediaError, match=r"closed\.png.*permissions"):
            read_picture(closed)


@pytest.mark.parametrize(("name", "size"), [("small.png", (63, 200)), ("small.jpg", (200, 1))])
def test_too_small_is_refused(tmp_path, name, size):
    with pytest.raises(MediaError, match=rf"small.*{size[0]} x {size[1]}.*at least 64"):
        read_picture(saved(tmp_path, Image.new("RGB", size), name))


@pytest.mark.parametrize(("width", "height"), [(30000, 30000), (12000, 9000), (200_000_000, 1)])
def test_bombs_are_refused_before_they_are_decoded(tmp_path, width, height):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_bytes(width, height, 8, 2, b"\0"))
    with pytest.raises(MediaError, match=r"bomb\.png.*megapixels"):
        read_picture(path)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.gif", "a.bmp", "a.tiff"])
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.9])
def test_cut_short_is_refused(tmp_path, name, kept):
    noise = np.random.default_rng(0).integers(0, 256, (80, 120, 3), dtype=np.uint8)
    path = saved(tmp_path, Image.fromarray(noise), name)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(MediaError) as caught:
        read_picture(path)
    assert name in caught.value.user_text


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]), st.data())
def test_damage_ends_in_a_picture_or_a_sentence(tmp_path_factory, kind, data):
    path = tmp_path_factory.mktemp("damage") / "a.bin"
    Image.fromarray(chart(32)).save(path, format=kind)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with suppress(MediaError):
        # Any other exception fails the test, as does a warning.
        assert read_picture(path).rgb.shape[2] == 3


def test_png_comes_back_and_leaves_nothing_else(tmp_path):
    write_png(tmp_path / "out.png", chart())
    assert np.array_equal(read_picture(tmp_path / "out.png").rgb, chart())
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]
    with pytest.raises(MediaError, match="does not exist"):
        write_png(tmp_path / "nowhere" / "out.png", chart())
    with pytest.raises(ValueError, match="not a picture"):
        write_png(tmp_path / "out.png", chart()[..., 0])


def test_real_portraits_are_read(shared_media):
    paths = sorted((shared_media / "portraits").iterdir())[::6]
    for path in paths:
        picture = read_picture(path)
        assert min(picture.size) >= 200
        assert picture.rgb.std() > 10
