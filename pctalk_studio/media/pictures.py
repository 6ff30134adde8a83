"""Pictures of any common kind, decoded to 8-bit sRGB. Knows nothing of faces.

Orientation from EXIF is applied, embedded ICC profiles are converted to sRGB, and transparent parts are filled, because a
movie has no transparency: see :func:`over_backdrop`.
"""

from __future__ import annotations

import io
import struct
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, ImageOps

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.media.files import checked_file

RgbU8 = npt.NDArray[np.uint8]
"""[H, W, 3] uint8 sRGB, RGB order."""

AlphaU8 = npt.NDArray[np.uint8]
"""[H, W] uint8, 0 transparent to 255 opaque."""

SMALLEST_SIDE = 64
"""Pixels; a face in less has no mouth to move."""

MOST_PIXELS = 100_000_000
"""Of one picture; beyond it a decoder could take all memory."""

BACKDROP = 128
"""Grey level behind transparent parts: neutral, so that skin is seen true, and far enough from dark hair and from fair
skin alike that neither edge glows."""

_RIM = 0.1
"""Share of a picture up to which transparent parts are a rim round its own background rather than the backdrop of a cut-out."""

_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "BMP", "DIB", "TIFF", "GIF", "PPM", "AVIF", "JPEG2000", "TGA", "HEIF")
"""Pillow's own decoders of still pictures; those that call other programs (EPS) or draw (WMF) are left out."""

# What Pillow's decoders are known to let out on damaged input.
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError, TypeError, OverflowError, RuntimeError)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    Parameters
    ----------
    rgb
        [H, W, 3] uint8 sRGB, upright; transparent parts composited over :data:`BACKDROP`.
    alpha
        [H, W] uint8, or None where the picture is opaque.
    path
        Where it came from.
    content_hash
        Identity of the decoded pixels, whatever file they came from.
    """

    rgb: RgbU8
    alpha: AlphaU8 | None
    path: Path
    content_hash: str

    @classmethod
    def of(cls, rgb: RgbU8, alpha: AlphaU8 | None, path: Path) -> Picture:
        """A picture with the hash of its pixels; the arrays become read-only."""
        rgb = np.ascontiguousarray(rgb)
        rgb.setflags(write=False)
        if alpha is None:
            return cls(rgb, None, path, content_hash(rgb))
        alpha = np.ascontiguousarray(alpha)
        alpha.setflags(write=False)
        return cls(rgb, alpha, path, content_hash(rgb, alpha))

    @classmethod
    def unnamed(cls, rgb: RgbU8) -> Picture:
        """An opaque picture of which nobody asks where it came from or what its hash is, such as a movie's frame."""
        return cls(rgb, None, Path(), "")

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.rgb.shape[1], self.rgb.shape[0]


def read_picture(path: Path) -> Picture:
    """Read a picture file; of an animation its first frame.

    Parameters
    ----------
    path
        JPEG, PNG, WebP, BMP, TIFF, GIF, PPM, AVIF, JPEG 2000, TGA, or HEIC where a plug-in of Pillow reads it. The
        content decides, not the name.

    Raises
    ------
    MediaError
        When the file is missing, empty, truncated, damaged, no picture, too small, too large or wholly transparent.
    """
    checked_file(path, "picture")
    with warnings.catch_warnings():
        # Sizes are checked below, against a limit that is the program's own and not a warning.
        warnings.simplefilter("ignore")
        image = _opened(path)
        with image:
            _check_size(image.width, image.height, path)
            try:
                image.load()
                _turn_upright(image)
                rgb, alpha = _decoded(image, path)
            except MemoryError as error:
                raise MediaError(f"The picture '{path}' does not fit into memory; scale it down.", repr(error)) from error
            except _DAMAGE as error:
                text = f"The picture '{path}' is damaged or cut short; open and save it again in another program."
                raise MediaError(text, repr(error)) from error
    if alpha is None:
        return Picture.of(rgb, None, path)
    if not alpha.any():
        raise MediaError(f"The picture '{path}' is wholly transparent; export it with its background.")
    if alpha.min() == 255:
        return Picture.of(rgb, None, path)
    return Picture.of(over_backdrop(rgb, alpha), alpha, path)


def is_picture(path: Path) -> bool:
    """Whether a file begins as a picture of a known kind does; an animation counts as one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _opened(path).close()
    except MediaError as error:
        # Too many pixels is still a picture.
        return isinstance(error.__cause__, Image.DecompressionBombError)
    return True


def write_png(path: Path, rgb: RgbU8) -> None:
    """Write a picture as PNG, whole or not at all.

    Parameters
    ----------
    path
        Target; its folder must exist.
    rgb
        [H, W, 3] uint8 sRGB, or [H, W, 4] with straight alpha.

    Raises
    ------
    MediaError
        When it cannot be written.
    """
    if rgb.ndim != 3 or rgb.shape[2] not in (3, 4) or rgb.dtype != np.uint8:
        raise ValueError(f"not a picture: {rgb.shape} {rgb.dtype}")
    with written_whole(path) as draft:
        Image.fromarray(rgb).save(draft, format="PNG")


def over_backdrop(rgb: RgbU8, alpha: AlphaU8) -> RgbU8:
    """Composite a picture over what looks right behind it: out = a rgb + (1 - a) backdrop, rounded.

    A cut-out stands before neutral grey, :data:`BACKDROP`. Where less than a tenth is transparent (a rim, rounded corners), the
    picture has a background of its own, which is continued with the nearest opaque colour, so that no line or corner shows.

    Parameters
    ----------
    rgb
        [H, W, 3] uint8, not premultiplied.
    alpha
        [H, W] uint8, 255 opaque.

    Returns
    -------
    RgbU8
        [H, W, 3] uint8.
    """
    weight = alpha[..., None].astype(np.uint32)
    behind = np.full_like(rgb, BACKDROP)
    if np.mean(255 - alpha) < 255 * _RIM and (alpha == 255).any():
        behind = _nearest_opaque(rgb, alpha)
    return ((rgb * weight + behind * (255 - weight) + 127) // 255).astype(np.uint8)


def foreground(picture: Picture) -> RgbU8:
    """The colours of a picture itself, [H, W, 3] uint8, not premultiplied, without what :func:`over_backdrop` put behind it.

    Where nothing of it is seen the colour is arbitrary.
    """
    if picture.alpha is None:
        return picture.rgb
    if np.mean(255 - picture.alpha) < 255 * _RIM and (picture.alpha == 255).any():
        return picture.rgb  # its own colours were continued behind it
    weight = picture.alpha[..., None].astype(np.int64)
    own = picture.rgb.astype(np.int64) * 255 - np.asarray(BACKDROP) * (255 - weight)
    return np.asarray(np.clip(np.rint(own / np.maximum(weight, 1)), 0, 255), np.uint8)


def _nearest_opaque(rgb: RgbU8, alpha: AlphaU8) -> RgbU8:
    """Give each pixel the colour of the opaque pixel nearest to it."""
    opaque = alpha == 255
    _, labels = cv2.distanceTransformWithLabels((~opaque).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    colours = np.zeros((int(labels.max()) + 1, 3), np.uint8)
    colours[labels[opaque]] = rgb[opaque]
    return np.asarray(colours[labels])


def _opened(path: Path) -> Image.Image:
    Image.init()
    try:
        return Image.open(path, formats=[name for name in _FORMATS if name in Image.OPEN])
    except Image.DecompressionBombError as error:
        raise MediaError(_too_large(path), repr(error)) from error
    except _DAMAGE as error:
        text = f"'{path}' is not a picture that can be read; give a JPEG, PNG, WebP or TIFF."
        raise MediaError(text, repr(error)) from error


def _too_large(path: Path) -> str:
    return f"The picture '{path}' has more than {MOST_PIXELS // 1_000_000} megapixels; scale it down."


def _check_size(width: int, height: int, path: Path) -> None:
    if width * height > MOST_PIXELS:
        raise MediaError(_too_large(path))
    if min(width, height) < SMALLEST_SIDE:
        text = f"The picture '{path}' measures {width} x {height} pixels; give one of at least {SMALLEST_SIDE} on each side."
        raise MediaError(text)


def _turn_upright(image: Image.Image) -> None:
    # A decoder that has applied the orientation itself removes the tag, so that it is never applied twice. An unreadable EXIF
    # block says nothing of the orientation: the pixels then stand as they are stored.
    with suppress(*_DAMAGE):
        ImageOps.exif_transpose(image, in_place=True)


def _decoded(image: Image.Image, path: Path) -> tuple[RgbU8, AlphaU8 | None]:
    """Split off alpha, bring to 8 bits, convert to sRGB."""
    profile, kind = image.info.get("icc_profile"), image.format
    inverted = kind == "JPEG" and image.mode == "CMYK" and "adobe" not in image.info
    alpha: AlphaU8 | None = None
    if image.mode in ("P", "PA", "La", "RGBa") or (image.mode in ("1", "L", "RGB") and "transparency" in image.info):
        image = image.convert("RGBA")
    if image.mode in ("LA", "RGBA"):
        alpha = np.asarray(image.getchannel("A"))
        # The hidden colours under alpha take part in nothing, hence no premultiplication before the colour conversion.
        image = image.convert(image.mode[:-1])
    image = _eight_bit(image, kind, path)
    if inverted:
        # Pillow takes every CMYK JPEG for Adobe's, which store ink inverted; this one has no Adobe marker.
        image = Image.fromarray(255 - np.asarray(image), mode="CMYK")
    return np.asarray(_to_srgb(image, profile)), alpha


def _eight_bit(image: Image.Image, kind: str | None, path: Path) -> Image.Image:
    """Bring deep grey modes to 8 bits by rounding; other modes are returned as they are."""
    if image.mode.startswith("I;16") or (image.mode == "I" and kind in ("PNG", "PPM")):
        # 65535 is white: 257 = 65535 / 255.
        deep = np.asarray(image).astype(np.int64)
        return Image.fromarray(np.clip((deep + 128) // 257, 0, 255).astype(np.uint8))
    if image.mode == "F":
        values = np.asarray(image)
        if np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1:
            return Image.fromarray(np.round(values * 255).astype(np.uint8))
    if image.mode in ("F", "I"):
        raise MediaError(f"The picture '{path}' holds measurements rather than colours; save it with 8 or 16 bits a channel.")
    return image


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to RGB through the embedded profile, where there is one that fits the pixels."""
    if image.mode in ("1", "HSV", "YCbCr"):
        image = image.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if image.mode == "RGB" and _changes_nothing(source):
                return image
            return _through_profile(image, source)
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A profile that is broken or belongs to another kind of pixels is ignored, as browsers do.
            pass
    return image.convert("RGB")


def _changes_nothing(source: ImageCms.ImageCmsProfile) -> bool:
    """Whether a profile is sRGB under whatever name, so that its pixels need not be rounded once more."""
    levels = np.arange(0, 256, 51, dtype=np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    converted = np.asarray(_through_profile(Image.fromarray(grid), source))
    return bool(np.abs(converted.astype(int) - grid).max() <= 1)


def _through_profile(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image,
        source,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted is not None  # only an in-place conversion returns None
    return converted
