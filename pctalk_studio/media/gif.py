"""Animated GIFs: one palette for the whole clip, frame times that add up."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from pctalk_studio.core.time import FrameRate
from pctalk_studio.media.colour import RgbU8
from pctalk_studio.media.encoding import EncodedFile

SHORTEST = 2
"""Hundredths of a second for which viewers show a frame at its own speed; most show shorter ones for a tenth of a second."""

_OPAQUE_FROM = 128
"""Alpha from which a pixel is seen; GIF knows no half transparency."""

_COLOURS = 255
"""Of the palette; the last entry is kept for what is transparent."""

_AWAITED = 32
"""Frames that are held until the palette is made from them."""

_LOOKED_AT = 512
"""Longest side of each of the pictures that the palette is made from."""


class GifWriter(EncodedFile):
    """Writes an animated GIF frame by frame.

    The palette is made from the first frames, in which a speaker has opened the mouth, and then kept: a palette that changes
    from frame to frame flickers. GIF counts in hundredths of a second, so frame times are rounded from the beginning of the
    clip and never drift; frames that would be too short for viewers are left out.

    Parameters
    ----------
    path
        Target, ending in ``.gif``.
    rate
        Frames a second.
    inputs
        Files that must not be overwritten.

    Raises
    ------
    MediaError
        When the target is an input, cannot be written, or the disk is full.
    """

    def __init__(self, path: Path, rate: FrameRate, inputs: tuple[Path, ...] = ()) -> None:
        super().__init__(path, inputs)
        self._rate = rate
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._palette: Image.Image | None = None
        self._held: list[tuple[RgbU8, int]] = []
        self._last = -SHORTEST

    def write(self, rgb: RgbU8) -> None:
        """Append a frame, [H, W, 3] uint8 sRGB, or [H, W, 4] with alpha."""
        if self._container is None:
            raise ValueError("the GIF is not open")
        shown = round(self._frames * 100 / self._rate.value)
        self._frames += 1
        if shown - self._last < SHORTEST:
            return
        self._last = shown
        if self._palette is None:
            self._held.append((rgb.copy(), shown))
            if len(self._held) == _AWAITED:
                self._release(self._container)
            return
        self._encode(self._container, rgb, shown)

    def _release(self, container: OutputContainer) -> None:
        """Make the palette and encode what was held."""
        self._palette = _palette_of([rgb for rgb, _ in self._held])
        for rgb, shown in self._held:
            self._encode(container, rgb, shown)
        self._held.clear()

    def _encode(self, container: OutputContainer, rgb: RgbU8, shown: int) -> None:
        stream = self._stream or self._begun(container, rgb)
        paletted: Any = self._indexed(rgb)  # PyAV takes the pair, and types say nothing of it
        frame = av.VideoFrame.from_ndarray(paletted, format="pal8")
        frame.pts, frame.time_base = shown, Fraction(1, 100)
        container.mux(stream.encode(frame))

    def _begun(self, container: OutputContainer, rgb: RgbU8) -> VideoStream:
        stream = container.add_stream("gif", rate=100)
        assert isinstance(stream, VideoStream)  # by the codec's kind
        stream.width, stream.height = rgb.shape[1], rgb.shape[0]
        stream.pix_fmt = "pal8"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 100)
        self._stream = stream
        return stream

    def _indexed(self, rgb: RgbU8) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """A picture as indices [H, W] into a palette [256, 4] of alpha, red, green and blue."""
        colours = Image.fromarray(np.ascontiguousarray(rgb[..., :3]))
        assert self._palette is not None  # made before the first frame is encoded
        indices = np.array(colours.quantize(palette=self._palette, dither=Image.Dither.FLOYDSTEINBERG), np.uint8)
        if rgb.shape[2] == 4:
            indices[rgb[..., 3] < _OPAQUE_FROM] = _COLOURS
        table = np.zeros((256, 4), np.uint8)
        known = np.array(self._palette.getpalette(), np.uint8).reshape(-1, 3)[:_COLOURS]
        table[: len(known), 1:] = known
        table[:_COLOURS, 0] = 255
        return indices, table

    def _opened(self, draft: Path) -> OutputContainer:
        return av.open(f"file:{draft}", mode="w", format="gif", options={"loop": "0"})

    def _begin(self, container: OutputContainer) -> None:
        self._container = container  # the stream waits for the first frame, which tells the size

    def _let_go(self) -> None:
        self._container = self._stream = None

    def _finish(self, container: OutputContainer) -> None:
        if not self._frames:
            raise ValueError("a GIF needs at least one frame")
        if self._palette is None:
            self._release(container)
        assert self._stream is not None  # begun with the first frame
        container.mux(self._stream.encode(None))


def _palette_of(pictures: list[RgbU8]) -> Image.Image:
    """Colours that suit all of some pictures."""
    small = []
    for rgb in pictures:
        image = Image.fromarray(np.ascontiguousarray(rgb[..., :3]))
        image.thumbnail((_LOOKED_AT, _LOOKED_AT))
        small.append(np.asarray(image))
    return Image.fromarray(np.concatenate(small)).quantize(_COLOURS, method=Image.Quantize.MEDIANCUT)
