"""Tensors out of a ``.pth`` or ``.safetensors`` file from a stranger: nothing is executed, nothing is believed.

A ``.pth`` file is a zip archive with one pickle and the raw numbers. torch reads the pickle with an unpickler that knows tensors
and nothing else (``weights_only``). The numbers are mapped, not copied, by which torch checks every tensor against the bytes that
are really there; a crafted length cannot make it read beyond them.

Older files (before 2020: SyncNet's, Inception's) are several pickles with the numbers behind them. The same unpickler reads
them, and torch refuses them where the numbers are fewer than they claim.
"""

from __future__ import annotations

import pickle
import re
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.nets.file_signs import head_of, refuse_impostors

SUFFIXES = (".pth", ".pt", ".model")
OLD_FORMAT = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How a file of the older format begins: a pickled number."""
PICKLE_BYTES = 4 << 20
"""More than ten times what the biggest official file needs to name its tensors."""

_BROKEN = (
    RuntimeError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, EOFError, OverflowError,
    MemoryError, NotImplementedError, UserWarning, struct.error, zipfile.BadZipFile, OSError,
)  # fmt: skip
"""What torch lets through when a file is not as it should be."""


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Every tensor of a file by its full name; nested dictionaries are joined with dots.

    The tensors lie in the file until they are copied: on the processor, in the type in which they were saved.

    Raises
    ------
    WeightsError
        When the file is missing, an impostor, cut short, damaged, in another format, or asks for anything but tensors.
    """
    refuse_impostors(path, head_of(path))
    if path.suffix == ".safetensors":
        return _read_safetensors(path)
    if path.suffix not in SUFFIXES:
        raise WeightsError(f"'{path}' is no .pth or .safetensors file; choose one that is.")
    return _read_pth(path)


def unwrapped(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors without what trainers wrap round the names of a network's own."""
    return {name.removeprefix("state_dict.").removeprefix("module."): tensor for name, tensor in tensors.items()}


def _damaged(path: Path, error: BaseException) -> WeightsError:
    return WeightsError(f"'{path}' is cut short or damaged; fetch it again.", repr(error))


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, *_BROKEN) as error:
        raise _damaged(path, error) from error


def _check_archive(path: Path) -> None:
    """See that the archive is whole, plainly stored, and no bigger than it looks."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except _BROKEN as error:
        if head_of(path).startswith((b"PK\x03\x04", b"PK\x05\x06")):
            raise _damaged(path, error) from error
        raise WeightsError(f"'{path}' is no PyTorch checkpoint; fetch the published file again.", repr(error)) from error
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise WeightsError(f"'{path}' is a packed archive, not a PyTorch checkpoint; unpack it and choose the file inside.")
    pickles = [entry for entry in entries if entry.filename.endswith("data.pkl")]
    if len(pickles) != 1:
        raise WeightsError(f"'{path}' is a zip archive without tensors; fetch the published file again.")
    if pickles[0].file_size > PICKLE_BYTES:
        raise WeightsError(f"'{path}' describes far more than a network holds; fetch the published file again.")


def _read_pth(path: Path) -> dict[str, Tensor]:
    archive = not head_of(path).startswith(OLD_FORMAT)
    if archive:
        _check_archive(path)
    try:
        with warnings.catch_warnings():
            # torch warns of pickles that it never writes itself.
            warnings.simplefilter("error", UserWarning)
            content = torch.load(path, map_location="cpu", weights_only=True, mmap=archive)
    except pickle.UnpicklingError as error:
        if named := re.search(r"GLOBAL ([\w.]+)", str(error)):
            raise WeightsError(
                f"'{path}' asks to run '{named[1]}' while it is read, as weights never do; it was not run; distrust the file.",
                str(error),
            ) from error
        raise _damaged(path, error) from error
    except _BROKEN as error:
        raise _damaged(path, error) from error
    if not isinstance(content, dict):
        raise WeightsError(f"'{path}' holds no named tensors; fetch the published file again.")
    return dict(_flat(content, ""))


def _flat(content: dict[object, object], prefix: str, depth: int = 0) -> list[tuple[str, Tensor]]:
    found: list[tuple[str, Tensor]] = []
    for key, value in content.items():
        name = f"{prefix}{key}"
        if isinstance(value, Tensor):
            found.append((name, value.detach()))
        elif isinstance(value, dict) and depth < 3:
            found += _flat(value, f"{name}.", depth + 1)
    return found
