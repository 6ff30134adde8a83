"""Numbers out of a pickle from a stranger: three names are known, none of them is called, nothing else is read.

A pickle is a program. LivePortrait's own templates use three globals, ``_reconstruct``, ``ndarray`` and ``dtype`` of numpy, to
rebuild arrays. Here all three stand for harmless records that keep what they are given; arrays are made afterwards, from bytes
whose number, type and shape agree. The program is read through before it is run, and refused for any other name or instruction.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pctalk_studio.core.errors import InterchangeError

MOST_INSTRUCTIONS = 4_000_000
"""A frame takes 150: 17 minutes at 25 frames a second."""
LARGEST_ARRAY = 1 << 24
"""Numbers in one array."""
_NAMES = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
}
_INSTRUCTIONS = frozenset({
    "PROTO", "FRAME", "STOP", "MARK", "POP", "POP_MARK",
    "MEMOIZE", "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET",
    "NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT",
    "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
    "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_LIST", "LIST", "APPEND", "APPENDS",
    "EMPTY_DICT", "DICT", "SETITEM", "SETITEMS",
    "GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD",
})  # fmt: skip
"""What protocols 3 and 4 need for numbers, texts, lists, dictionaries and arrays."""
_CODES = {code.code: code for code in pickletools.opcodes}
_NUMBERS = re.compile(r"[<>|=]?[fiub][1248]")
_BROKEN = (
    pickle.UnpicklingError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, OverflowError, MemoryError,
    RecursionError, AssertionError,
)  # fmt: skip


class _Record:
    """Stands for an array or a type of numbers; keeps what it is made and filled with."""

    def __init__(self, *made_with: object) -> None:
        self.made_with = made_with
        self.state: object = None

    def __setstate__(self, state: object) -> None:
        self.state = state


class _Array(_Record):
    pass


class _Type(_Record):
    pass


class _Marker:
    """Stands for the class of arrays, which is only ever named."""

    def __init__(self) -> None:
        raise pickle.UnpicklingError("an array out of nothing")


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        if (module, name) not in _NAMES:
            raise _Forbidden(f"{module}.{name}")
        return {"_reconstruct": _Array, "ndarray": _Marker, "dtype": _Type}[name]

    def persistent_load(self, pid: object) -> Any:  # noqa: ANN401
        raise _Forbidden("a persistent object")


class _Forbidden(pickle.UnpicklingError):
    """A name that motion never needs."""


def _read_through(data: bytes) -> None:
    """Look at every instruction before any is run."""
    stream = io.BytesIO(data)
    for number in range(MOST_INSTRUCTIONS):
        code = _CODES.get(stream.read(1).decode("latin-1"))
        if code is None:
            raise ValueError("no instruction")
        if code.name not in _INSTRUCTIONS:
            raise _Forbidden(f"the instruction {code.name}")
        argument = None if code.arg is None else code.arg.reader(stream)
        if code.name == "GLOBAL" and tuple(str(argument).split(" ", 1)) not in _NAMES:
            raise _Forbidden(str(argument).replace(" ", "."))
        # The reader's memory is a list as long as the greatest index that is put into it.
        if code.name.endswith("PUT") and argument is not None and not 0 <= argument <= number:
            raise ValueError("a place in memory that nothing needs")
        if code.name == "STOP":
            return
    raise ValueError("too many instructions")


def read_plain_pickle(path: Path, data: bytes, kind: str) -> object:
    """Numbers, texts, lists, dictionaries and arrays of a pickle.

    Parameters
    ----------
    path
        Named in sentences.
    data
        The file's bytes.
    kind
        What it should be, for sentences: ``motion template``.

    Raises
    ------
    InterchangeError
        When it names or does anything but that, or is damaged. Nothing was run.
    """
    try:
        _read_through(data)
        return _with_arrays(_Unpickler(io.BytesIO(data)).load(), 0)
    except _Forbidden as error:
        raise InterchangeError(
            f"The {kind} '{path}' asks for {_shown(str(error))}, which motion never needs; nothing was run, do not trust it."
        ) from error
    except _BROKEN as error:
        raise InterchangeError(f"The {kind} '{path}' is damaged or no pickle; export it again.", repr(error)) from error


def _shown(text: str) -> str:
    """A stranger's text, short and on one line."""
    return repr(re.sub(r"[^\x20-\x7e]|'", "?", text)[:60])


def _with_arrays(value: object, depth: int) -> object:
    """The same with real arrays in place of records."""
    if depth > 6:
        raise ValueError("nested too deep")
    if isinstance(value, _Array):
        return _array_of(value)
    if isinstance(value, dict):
        return {_with_arrays(key, depth + 1): _with_arrays(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_arrays(item, depth + 1) for item in value]
    if value is None or isinstance(value, int | float | str):
        return value
    raise ValueError(f"a {type(value).__name__}")


def _array_of(record: _Array) -> npt.NDArray[np.generic]:
    """The array that a record describes, if all it says agrees."""
    if not isinstance(record.state, tuple) or len(record.state) != 5:
        raise ValueError("an array without content")
    _, shape, kind, by_column, data = record.state
    if not isinstance(kind, _Type) or not kind.made_with or not isinstance(data, bytes):
        raise ValueError("an array of something else than numbers")
    name = str(kind.made_with[0])
    turned = isinstance(kind.state, tuple) and len(kind.state) > 1 and kind.state[1] == ">"
    dtype = np.dtype(name) if _NUMBERS.fullmatch(name) else None
    if dtype is None:
        raise ValueError(f"an array of {name[:20]}")
    if not isinstance(shape, tuple) or not all(isinstance(size, int) and 0 <= size <= LARGEST_ARRAY for size in shape):
        raise ValueError("an array without shape")
    if len(shape) > 8 or math.prod(shape) > LARGEST_ARRAY or math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError("an array whose shape and content disagree")
    flat = np.frombuffer(data, dtype.newbyteorder(">" if turned else "<"))
    return flat.reshape(shape, order="F" if by_column else "C")
