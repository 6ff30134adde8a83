"""Frames of a movie by number, in any order: decoded when they are asked for, the latest kept in bounded memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from pctalk_studio.core.errors import MediaError
from pctalk_studio.media.colour import RgbU8, ToPicture
from pctalk_studio.media.containers import opened
from pctalk_studio.media.files import checked_file
from pctalk_studio.media.reader import decoded_frames, pixel_aspect, video_stream

FRAME_BYTES = 256 << 20
"""Decoded frames that are kept: some seconds, so that going backwards decodes each stretch between key frames once."""

_BACK = 32
"""Frames before the one asked for that are kept on the way there, for whoever goes backwards."""

_SEARCHABLE = ("mov", "matroska")
"""Containers, by parts of their names, that lead to the key frame before a moment exactly. In others every way back begins at
the start."""


class MovieFrames:
    """A movie whose frames are asked for by number; may be asked from any thread.

    Going forwards costs one decoding per frame; a jump costs those from the key frame before it on.

    Parameters
    ----------
    path
        As for :class:`pctalk_studio.media.reader.MovieReader`, whose frames these are.
    limit
        Bytes of decoded frames that are kept; the one that was asked for last always is.

    Raises
    ------
    MediaError
        When it is missing, damaged or holds no moving picture.
    """

    def __init__(self, path: Path, limit: int = FRAME_BYTES) -> None:
        self.path = checked_file(path, "movie")
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, RgbU8] = OrderedDict()
        self._bytes = 0
        self._places = _Places.of(path)
        self._player: _Player | None = None

    def frame(self, number: int) -> RgbU8:
        """One frame, [H, W, 3] uint8 sRGB, upright, read-only.

        Raises
        ------
        MediaError
            When the movie has no such frame, or it cannot be decoded.
        """
        with self._lock:
            if number not in self._kept:
                self._decode(number)
            self._kept.move_to_end(number)
            return self._kept[number]

    def close(self) -> None:
        """Let the file go; a frame that is asked for afterwards opens it again."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        player, self._player = self._player, None
        if player is not None:
            player.close()

    def _decode(self, number: int) -> None:
        """Decode up to a frame and keep what comes on the way."""
        player = self._player
        start = self._places.key_before(number)
        if player is None or not player.at <= number or start > player.at:
            self._let_go()
            player = self._player = _Player(self.path, self._places, start)
        try:
            for found, rgb in player.pictures(number - _BACK):
                self._keep(found, rgb, number)
                if found >= number:
                    break
        except MediaError:
            self._let_go()
            raise
        if number not in self._kept:
            self._let_go()
            raise MediaError(f"The movie '{self.path}' has no frame {number}, although it had one before; copy it again.")

    def _keep(self, number: int, rgb: RgbU8, wanted: int) -> None:
        rgb.setflags(write=False)
        if number not in self._kept:
            self._bytes += rgb.nbytes
        self._kept[number] = rgb
        self._kept.move_to_end(number)
        while len(self._kept) > 1 and self._bytes > self._limit:
            oldest = next(each for each in self._kept if each != wanted)
            self._bytes -= self._kept.pop(oldest).nbytes


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Where frames lie in a file.

    Parameters
    ----------
    stamps
        [N] int64: time stamps of the frames in the order of showing; empty where the container cannot be searched.
    keys
        [K] int64: numbers of those among them from which decoding may begin; at least the first.
    """

    stamps: npt.NDArray[np.int64]
    keys: npt.NDArray[np.int64]

    @classmethod
    def of(cls, path: Path) -> _Places:
        """Look at every packet; nothing is decoded."""
        nowhere = cls(np.zeros(0, np.int64), np.zeros(1, np.int64))
        with opened(path, "movie") as container:
            stream = video_stream(container, path)
            if not any(name in container.format.name for name in _SEARCHABLE):
                return nowhere
            packets = [packet for packet in container.demux(stream) if packet.size and not packet.is_discard]
            if any(packet.pts is None for packet in packets):
                return nowhere
            found = sorted((int(packet.pts), bool(packet.is_keyframe)) for packet in packets)  # type: ignore[arg-type]
        stamps = np.array([stamp for stamp, _ in found], np.int64)
        keys = np.flatnonzero([key for _, key in found])
        if len(np.unique(stamps)) < len(stamps) or not len(keys) or keys[0] != 0:
            return nowhere
        return cls(stamps, keys)

    def key_before(self, number: int) -> int:
        """The last frame up to this one from which decoding may begin."""
        return int(self.keys[np.searchsorted(self.keys, number, side="right") - 1])

    def number_of(self, frame: VideoFrame) -> int | None:
        """Which frame this is; None for one that no packet told of."""
        if frame.pts is None:
            return None
        place = int(np.searchsorted(self.stamps, frame.pts))
        return place if place < len(self.stamps) and self.stamps[place] == frame.pts else None


class _Player:
    """An open movie that is decoded forwards from some key frame.

    Parameters
    ----------
    path, places
        The movie.
    start
        Frame to begin with, one that decoding may begin from.
    """

    def __init__(self, path: Path, places: _Places, start: int) -> None:
        self.at = start
        self._path = path
        self._places = places
        self._exits = ExitStack()
        with _told(path):
            self._container: InputContainer = self._exits.enter_context(opened(path, "movie"))
            stream = video_stream(self._container, path)
            if start:
                self._container.seek(int(places.stamps[start]), stream=stream, backward=True)
            self._aspect = pixel_aspect(stream)
            self._frames = decoded_frames(self._container, stream)
            self._stream: VideoStream = stream
        self._convert = ToPicture()

    def pictures(self, first: int) -> Iterator[tuple[int, RgbU8]]:
        """Go on: the next frames with their numbers, from ``at``; those before ``first`` are passed over, which is faster."""
        with _told(self._path):
            for frame in self._frames:
                number = self._places.number_of(frame) if len(self._places.stamps) else self.at
                # Pictures shown before the key frame, but coded after it, lack what they refer to.
                if number is None or number < self.at:
                    continue
                self.at = number + 1
                if number < first:
                    continue
                yield number, np.asarray(self._convert(frame, self._aspect), np.uint8)

    def close(self) -> None:
        """Close the file."""
        self._exits.close()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Decoders' complaints as sentences."""
    try:
        yield
    except av.FFmpegError as error:
        raise MediaError(f"The movie '{path}' is damaged or cut short; convert or copy it again.", repr(error)) from error
