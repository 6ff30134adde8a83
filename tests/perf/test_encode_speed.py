"""What encoding costs, as ratios within one run.

Measured at 512 x 512, crf 18, 100 frames; ms of processor time a frame, size, PSNR in dB.

===================  =====================  ====================  ====================
preset               photo, drawn by mesh   talking head, film    film, much motion
===================  =====================  ====================  ====================
superfast            2.6  496 KiB  43.8     3.5  778 KiB  43.7    4.2  1514 KiB  38.6
veryfast             2.7  138 KiB  41.7     4.5  470 KiB  42.8    7.2  1316 KiB  38.2
veryfast and more    3.1  162 KiB  42.5     5.2  510 KiB  43.3    8.7  1429 KiB  38.8
faster               4.2  161 KiB  42.7     7.1  518 KiB  43.5    11.0 1418 KiB  38.9
medium               7.4  184 KiB  43.7     11.4 503 KiB  43.7    19.1 1411 KiB  39.2
===================  =====================  ====================  ====================

``faster`` is what is used. ``veryfast and more``, with its lookahead and quantisation decided by trellis, gives nearly the same
quality and size for three quarters of the time, but encoding runs beside drawing, which takes longer: no clip is done sooner by
it. ``superfast`` needs three times the bits for a photo in motion.
"""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pctalk_studio.core.time import FrameRate
from pctalk_studio.media.colour import ToMovie
from pctalk_studio.media.movie import MovieWriter
from pctalk_studio.media.movie_kinds import FAST_H264

pytestmark = pytest.mark.perf

COUNT = 100


def moving_pictures() -> list[np.ndarray]:
    """A textured still whose middle is warped smoothly by fractions of pixels, like a face before its background."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:512, :512].astype(np.float32)
    still = np.stack([128 + 60 * np.sin(x / 37) + 30 * np.sin(y / 23 + c) for c in range(3)], axis=-1)
    still = np.clip(still + cv2.GaussianBlur(rng.normal(0, 30, still.shape), (0, 0), 1.5), 0, 255).astype(np.uint8)
    face = np.exp(-(((x - 256) / 150) ** 4) - ((y - 256) / 180) ** 4).astype(np.float32)
    turns = [(4 * np.sin(i / 12), 5 * np.sin(i / 2.2)) for i in range(COUNT)]
    return [cv2.remap(still, x - a * face, y - b * face, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT) for a, b in turns]


# Processor time of all threads is compared, so that other work on the machine does not tilt the ratios.
def seconds_of_x264_alone(path: Path, pictures: list[np.ndarray]) -> float:
    """Encode frames that are converted already, with the same settings."""
    convert = ToMovie((512, 512))
    frames = [convert(picture) for picture in pictures]
    started = time.process_time()
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"crf": "18", "preset": FAST_H264})
        stream.width = stream.height = 512
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 2
        for i, frame in enumerate(frames):
            frame.pts, frame.time_base = i, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return time.process_time() - started


def test_the_writer_costs_little_beyond_x264(tmp_path):
    pictures = moving_pictures()
    alone = min(seconds_of_x264_alone(tmp_path / "x.mp4", pictures) for _ in range(3))
    whole = []
    for _ in range(3):
        started = time.process_time()
        with MovieWriter(tmp_path / "a.mp4", (512, 512), FrameRate.parse("25"), threads=2) as movie:
            for picture in pictures:
                movie.write(picture)
        whole.append(time.process_time() - started)
    print(f"x264 alone {alone / COUNT * 1e3:.2f} ms/frame, writer {min(whole) / COUNT * 1e3:.2f}")  # noqa: T201
    assert min(whole) <= 1.6 * alone


def test_conversion_to_bt709_is_cheap(tmp_path):
    pictures = moving_pictures()
    convert = ToMovie((512, 512))
    started = time.process_time()
    for picture in pictures:
        convert(picture)
    conversion = time.process_time() - started
    assert conversion <= 0.3 * seconds_of_x264_alone(tmp_path / "x.mp4", pictures)
