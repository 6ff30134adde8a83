"""The English acoustic model that pocketsphinx carries, read from its own files and scored exactly.

It is a phonetically tied mixture model: each of 42 phones has one codebook of 128 Gaussians per feature stream, and every tied
state ("senone") of that phone's triphones is a set of weights over its codebook. Formats: S3 parameter files, the binary model
definition (its header describes itself) and the 8-bit weight dump of the Sphinx tools.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pctalk_studio.analysis.speech.features import Features

STATES = 3
"""Emitting states of every phone."""

_VARIANCE_FLOOR = 1e-4
# Weights are stored as -log to the base 1.0001, shifted right by ten bits.
_WEIGHT_UNIT = 1024.0 * np.log(1.0001)
# No Gaussian counts as further than this many nats below the best of all codebooks, so that one odd frame cannot rule out a path.
_DENSITY_RANGE = np.float32(96 * _WEIGHT_UNIT)
_BYTE_ORDER_MARK = 0x11223344
_STREAM_NAMES = ("cepstra", "slope", "curve")


class Place(IntEnum):
    """Where in its word a phone stands, in the model definition's own numbering."""

    INTERNAL = 0
    FIRST = 1
    LAST = 2
    ALONE = 3


@dataclass(frozen=True, slots=True, eq=False)
class AcousticModel:
    """Parameters of the model.

    Parameters
    ----------
    phones
        Names of the context-independent phones: the 39 ARPAbet phones, ``SIL``, ``+NSN+`` and ``+SPN+``.
    sequences
        [n, 3] int32: senones of each distinct state sequence.
    single
        [P] int32: state sequence of each context-independent phone.
    contexts
        [4, P, P, P] int32: state sequence of a phone by (place in the word, phone, left, right), -1 where training had none.
    stay
        [P, 3] float64: probability that a state goes on to itself after 10 ms rather than to the next.
    codebook
        [S] int32: the phone whose Gaussians each senone weighs.
    offsets
        [P, 3, 128] float32: constant term of each Gaussian's log density.
    linear, square
        [P, 3, 128, 13] float32: coefficients of the feature and of its square in the log density.
    weights
        [3, 128, S] float32: mixture weights of each stream.
    """

    phones: tuple[str, ...]
    sequences: npt.NDArray[np.int32]
    single: npt.NDArray[np.int32]
    contexts: npt.NDArray[np.int32]
    stay: npt.NDArray[np.float64]
    codebook: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.float32]
    linear: npt.NDArray[np.float32]
    square: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]

    def states(self, place: Place, phone: str, left: str, right: str) -> npt.NDArray[np.int32]:
        """[3] senones of a phone in its context; those of the phone alone where the context was never seen in training."""
        number = self.phones.index
        sequence = self.contexts[place, number(phone), number(left), number(right)]
        return np.asarray(self.sequences[sequence if sequence >= 0 else self.single[number(phone)]])

    def score(self, features: Features, senones: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """Log likelihoods.

        Parameters
        ----------
        features
            T frames.
        senones
            [n] senone numbers, each at most once.

        Returns
        -------
        npt.NDArray[np.float32]
            [T, n]: sum over streams of the log density of each senone's mixture.
        """
        scores = np.zeros((features.frames, len(senones)), np.float32)
        books = self.codebook[senones]
        for stream, values in enumerate(features.streams):
            floor = self._best_density(stream, values) - _DENSITY_RANGE
            for book in np.unique(books):
                chosen = np.flatnonzero(books == book)
                densities = np.maximum(self._densities(int(book), stream, values), floor)
                best = densities.max(axis=1, keepdims=True)
                np.exp(densities - best, out=densities)
                weights = self.weights[stream][:, senones[chosen]]
                scores[:, chosen] += np.log(densities @ weights + 1e-30) + best
        return scores

    def _densities(self, book: int, stream: int, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """[T, 128] log densities of one codebook's Gaussians."""
        densities = values @ self.linear[book, stream].T
        densities += (values * values) @ self.square[book, stream].T
        densities += self.offsets[book, stream]
        return np.asarray(densities)

    def _best_density(self, stream: int, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """[T, 1] largest log density of any Gaussian of a stream."""
        best = np.full(len(values), -np.inf, np.float32)
        for book in range(len(self.phones)):
            np.maximum(best, self._densities(book, stream, values).max(axis=1), out=best)
        return best[:, None]


@lru_cache(maxsize=1)
def english_model() -> AcousticModel:
    """The model in the installed pocketsphinx package, read once.

    Raises
    ------
    FileNotFoundError
        When the package lacks its model files; that is a packaging error, not a user's.
    """
    import pocketsphinx

    return read_model(Path(pocketsphinx.get_model_path()) / "en-us" / "en-us")


def read_model(folder: Path) -> AcousticModel:
    """Read a phonetically tied model.

    Parameters
    ----------
    folder
        Holds mdef, means, variances, sendump and transition_matrices.

    Raises
    ------
    ValueError
        When a file has another structure than that of a phonetically tied three-stream model.
    """
    phones, single, contexts, sequences, senone_count = _read_definition(folder / "mdef")
    shape, means = _read_s3(folder / "means", 6)
    same, variances = _read_s3(folder / "variances", 6)
    if shape != same or shape[0] != len(phones) or shape[1] != len(_STREAM_NAMES) or len(set(shape[3:])) != 1:
        raise ValueError(f"{folder} holds no phonetically tied model of three streams: {shape}")
    grid = (shape[0], shape[1], shape[2], shape[3])
    mean = means.reshape(grid).astype(np.float64)
    variance = np.maximum(variances.reshape(grid).astype(np.float64), _VARIANCE_FLOOR)
    _, counts = _read_s3(folder / "transition_matrices", 3)
    transitions = counts.reshape(len(phones), STATES, STATES + 1).astype(np.float64)
    stay = transitions[:, range(STATES), range(STATES)] / transitions.sum(axis=2)
    codebook = np.zeros(senone_count, np.int32)
    for number, sequence in enumerate(single):
        codebook[sequences[sequence]] = number
    for (_, number, _, _), sequence in zip(np.argwhere(contexts >= 0), contexts[contexts >= 0], strict=True):
        codebook[sequences[sequence]] = number
    return AcousticModel(
        phones=phones,
        sequences=sequences,
        single=single,
        contexts=contexts,
        stay=stay,
        codebook=codebook,
        offsets=(-0.5 * (mean**2 / variance + np.log(2.0 * np.pi * variance)).sum(axis=-1)).astype(np.float32),
        linear=(mean / variance).astype(np.float32),
        square=(-0.5 / variance).astype(np.float32),
        weights=_read_weights(folder / "sendump", grid[2], senone_count),
    )


def _read_definition(
    path: Path,
) -> tuple[tuple[str, ...], npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32], int]:
    """Phone names, their own sequences, sequences in context, senones of each sequence, and the number of senones."""
    data = path.read_bytes()
    if data[:4] != b"BMDF":
        raise ValueError(f"{path} is no binary model definition")
    (text_length,) = struct.unpack_from("<i", data, 8)
    place = 12 + text_length
    fields = struct.unpack_from("<10i", data, place)
    phone_count, all_count, states, _, senone_count, _, sequence_count, _, tree_count, _ = fields
    if states != STATES:
        raise ValueError(f"{path} has phones of {states} states")
    place += 40
    names: list[str] = []
    names_start = place
    while len(names) < phone_count:
        end = data.index(b"\0", place)
        names.append(data[place:end].decode("ascii"))
        place = end + 1
    place += -(place - names_start) % 4 + 8 * tree_count
    table = np.frombuffer(data, np.dtype([("sequence", "<i4"), ("matrix", "<i4"), ("context", "u1", 4)]), all_count, place)
    place += table.nbytes + 4
    sequences = np.frombuffer(data, "<u2", sequence_count * STATES, place).reshape(-1, STATES).astype(np.int32)
    contexts = np.full((len(Place), phone_count, phone_count, phone_count), -1, np.int32)
    triphones = table[phone_count:]
    contexts[tuple(triphones["context"].T)] = triphones["sequence"]
    return tuple(names), table["sequence"][:phone_count].astype(np.int32), contexts, sequences, senone_count


def _read_s3(path: Path, header_length: int) -> tuple[tuple[int, ...], npt.NDArray[np.float32]]:
    """Header integers and the float values of an S3 parameter file."""
    data = path.read_bytes()
    place = data.index(b"endhdr\n") + len(b"endhdr\n")
    order = "<" if struct.unpack_from("<I", data, place)[0] == _BYTE_ORDER_MARK else ">"
    header = struct.unpack_from(f"{order}{header_length + 1}i", data, place + 4)
    values = np.frombuffer(data, f"{order}f4", header[-1], place + 4 + 4 * (header_length + 1))
    return header[:-1], values.astype(np.float32)


def _read_weights(path: Path, densities: int, senones: int) -> npt.NDArray[np.float32]:
    """[3, 128, S] mixture weights."""
    data = path.read_bytes()
    place = 0
    while length := struct.unpack_from("<i", data, place)[0]:
        place += 4 + length
    if struct.unpack_from("<2i", data, place + 4) != (densities, senones):
        raise ValueError(f"{path} does not fit the model: it wants {densities} densities and {senones} senones")
    count = len(_STREAM_NAMES) * densities * senones
    packed = np.frombuffer(data, np.uint8, count, place + 12).reshape(len(_STREAM_NAMES), densities, senones)
    weights = np.exp(-_WEIGHT_UNIT * np.arange(256)).astype(np.float32)
    return np.asarray(weights[packed])
