"""EncodedFile: what every writer of movies has in common. Frame by frame, there whole or not at all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import av
from av.container import OutputContainer

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.files import written_whole
from pctalk_studio.media.colour import RgbU8
from pctalk_studio.media.files import refuse_overwriting


class EncodedFile(ABC):
    """A file that an encoder writes.

    Entered, it writes beside the target; left without an exception, the file is completed and renamed over the target; left with
    any exception, nothing remains and an older file at the target stays as it was.

    Parameters
    ----------
    path
        Target.
    inputs
        Files that must not be overwritten.
    """

    def __init__(self, path: Path, inputs: tuple[Path, ...]) -> None:
        self._path = path
        self._inputs = inputs
        self._frames = 0
        self._session: AbstractContextManager[None] | None = None
        self._entered = False

    @property
    def frames(self) -> int:
        """Frames given so far."""
        return self._frames

    def __enter__(self) -> Self:
        if self._entered:
            raise ValueError("a writer writes one movie")
        self._entered = True
        self._session = self._writing()
        self._session.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool | None:
        session, self._session = self._session, None
        assert session is not None  # entered before
        return session.__exit__(kind, error, trace)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        refuse_overwriting(self._path, self._inputs)
        try:
            with written_whole(self._path) as draft:
                container = self._opened(draft)
                try:
                    self._begin(container)
                    yield
                    self._finish(container)
                except BaseException:
                    # The draft is thrown away; that its end cannot be written any more is of no interest then.
                    with suppress(av.FFmpegError):
                        container.close()
                    raise
                finally:
                    self._let_go()
                container.close()
        except av.FFmpegError as error:
            text = f"Cannot write '{self._path}': the encoder refuses ({error.strerror}); choose another size or name."
            raise MediaError(text, repr(error)) from error

    @abstractmethod
    def write(self, rgb: RgbU8) -> None:
        """Append a frame, [H, W, 3] uint8 sRGB, or [H, W, 4] with straight alpha where that is carried.

        Raises
        ------
        ValueError
            When it has another size or type, or the file is not open.
        """

    @abstractmethod
    def _opened(self, draft: Path) -> OutputContainer:
        """The container that writes to a file beside the target."""

    @abstractmethod
    def _begin(self, container: OutputContainer) -> None:
        """Make ready for the first frame."""

    @abstractmethod
    def _finish(self, container: OutputContainer) -> None:
        """Encode what is still held back; there must have been a frame."""

    @abstractmethod
    def _let_go(self) -> None:
        """Refer to no encoder any more: they and their threads end with that."""
