"""Between sRGB pictures and the YCbCr of movies: the matrix and range that the tags promise, no other.

Without being told, FFmpeg's scaler uses the matrix of standard definition (BT.601) for everything, and colours shift by up to
28 levels when a player then believes the BT.709 tags.
"""

from __future__ import annotations

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

RgbU8 = npt.NDArray[np.uint8]
"""[H, W, 3] uint8 sRGB, RGB order."""

BT709_MATRIX = 1
"""Code of the BT.709 matrix in H.264's own tables (ITU-T H.264, table E-5)."""

_UNSPECIFIED = 2

_TO_YUV = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP
"""Chroma from all four pixels of a block, rounded and not truncated."""

_USUAL = "yuv420p"
"""The pixels of nearly every movie. They are made by OpenCV in a third of the scaler's time (0.2 ms at 512 x 512)."""

_TO_RGB = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
"""Without the last two flags decoded pictures are one to two levels too dark on average; bicubic costs twice the time."""


class ToMovie:
    """Converts pictures of one size to frames of a movie: BT.709, limited range.

    Parameters
    ----------
    size
        (width, height) of the pictures. An odd side is made even, as 4:2:0 needs it, by repeating its last column or row:
        nothing of the picture is lost.
    pixels
        FFmpeg's name of the frames' pixels.
    alpha
        Pictures have a fourth channel, straight alpha.
    """

    def __init__(self, size: tuple[int, int], pixels: str = "yuv420p", *, alpha: bool = False) -> None:
        self._size = size
        self._pixels = pixels
        self._given = "rgba" if alpha else "rgb24"
        self._reformatter = VideoReformatter()

    @property
    def even_size(self) -> tuple[int, int]:
        """(width, height) of the frames."""
        return self._size[0] + self._size[0] % 2, self._size[1] + self._size[1] % 2

    def __call__(self, rgb: RgbU8) -> VideoFrame:
        """Convert one picture [H, W, 3] uint8, or [H, W, 4] with alpha.

        Raises
        ------
        ValueError
            When it has another size or type.
        """
        channels = 4 if self._given == "rgba" else 3
        if rgb.shape != (self._size[1], self._size[0], channels) or rgb.dtype != np.uint8:
            raise ValueError(f"frame of {rgb.shape} {rgb.dtype} in a movie of {self._size[0]} x {self._size[1]}")
        width, height = self.even_size
        if (width, height) != self._size:
            rgb = np.pad(rgb, ((0, height - self._size[1]), (0, width - self._size[0]), (0, 0)), mode="edge")
        if self._pixels == _USUAL and channels == 3:
            return _as_yuv420p(rgb)
        return self._reformatter.reformat(
            av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format=self._given),
            format=self._pixels,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=_TO_YUV,
            threads=1,
        )


def _bt709() -> npt.NDArray[np.float64]:
    """Matrix [3, 4] from (R, G, B, 1) to Y, Cb and Cr in limited range, all 0 to 255: ITU-R BT.709, sections 3.2 to 3.4."""
    red, blue = 0.2126, 0.0722
    luma = np.array([red, 1 - red - blue, blue])
    cb, cr = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue)), (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    return np.column_stack([np.stack([219 * luma, 224 * cb, 224 * cr]) / 255, [16, 128, 128]])


_BT709 = _bt709()

# The average of four whole numbers, rounded with halves upwards, is an eighth too large in the mean: that is taken off before.
_BEFORE_AVERAGING = _BT709 - np.array([[0, 0, 0, 0], [0, 0, 0, 0.125], [0, 0, 0, 0.125]])


def _as_yuv420p(rgb: RgbU8) -> VideoFrame:
    """A picture [H, W, 3] with even sides as a frame: every pixel converted and rounded, chroma averaged over four of them."""
    height, width = rgb.shape[:2]
    frame = av.VideoFrame(width, height, _USUAL)
    frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
    luma, *chroma = (
        np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]  # type: ignore[call-overload]
        for plane in frame.planes
    )
    converted = cv2.transform(rgb, _BEFORE_AVERAGING)
    cv2.extractChannel(converted, 0, luma)
    for number, plane in enumerate(chroma, start=1):
        cv2.resize(cv2.extractChannel(converted, number), (width // 2, height // 2), plane, interpolation=cv2.INTER_AREA)
    return frame


class ToPicture:
    """Converts frames of a movie to upright pictures with square pixels, believing the frames' own tags."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def __call__(self, frame: VideoFrame, aspect: float = 1.0) -> RgbU8:
        """Convert one frame.

        Parameters
        ----------
        frame
            Of any pixel format; its rotation is applied.
        aspect
            Width of a stored pixel over its height.

        Returns
        -------
        RgbU8
            [H, W, 3] uint8.
        """
        # Standard definition is BT.601 and high definition BT.709 where the file does not say, as players have it.
        guess = Colorspace.ITU709 if frame.height >= 720 or frame.width >= 1280 else Colorspace.ITU601
        tagged = frame.colorspace not in (0, _UNSPECIFIED)
        full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
        picture = self._reformatter.reformat(
            frame,
            width=max(1, round(frame.width * aspect)),
            format="rgb24",
            src_colorspace=None if tagged else guess,
            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=_TO_RGB,
            threads=1,
        ).to_ndarray()
        return np.ascontiguousarray(np.rot90(np.asarray(picture, np.uint8), quarter_turns(frame)))


def quarter_turns(frame: VideoFrame) -> int:
    """Counter-clockwise quarter turns that bring a stored frame upright, 0 to 3."""
    return round(frame.rotation / 90) % 4


TAGS = (ColorPrimaries.BT709, ColorTrc.BT709, BT709_MATRIX, ColorRange.MPEG)
"""Primaries, transfer, matrix and range of written movies. sRGB pictures under BT.709's transfer tag are what every player
shows unchanged on a computer's screen."""
