"""A thousand damaged and crafted checkpoints: nothing runs, nothing crashes, one sentence each."""

from __future__ import annotations

import io
import pickle
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from helpers.liveportrait_weights import TINY, synthetic_tensors
from safetensors.torch import save

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.nets.liveportrait.checkpoints import load_network
from pctalk_studio.nets.names import Network

COUNT = 1000
FLAG = "flag-that-nobody-may-write"


class Runs:
    """Writes a flag when it is unpickled by a careless reader."""

    def __reduce__(self):
        return (open, (FLAG, "w"))


def originals() -> dict[str, bytes]:
    tensors = synthetic_tensors(Network.APPEARANCE, TINY)
    buffer = io.BytesIO()
    torch.save(tensors, buffer)
    trapped = io.BytesIO()
    torch.save({**tensors, "more": Runs()}, trapped)
    older, trapped_older = io.BytesIO(), io.BytesIO()
    torch.save(tensors, older, _use_new_zipfile_serialization=False)
    torch.save({**tensors, "more": Runs()}, trapped_older, _use_new_zipfile_serialization=False)
    return {
        ".pth": buffer.getvalue(), ".safetensors": save(tensors), "trap.pth": trapped.getvalue(),
        "older.pth": older.getvalue(), "older-trap.pth": trapped_older.getvalue(),
    }  # fmt: skip


def flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 1, 4, 40])):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def overwrite(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    filler = chance.choice([b"\xff", b"\x00", b"\x7f\xff\xff\xff", chance.randbytes(4)])
    data[start : start + 4 * chance.randrange(1, 30)] = filler * chance.randrange(1, 30)


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def remove(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.randrange(1, 500)]


def repeat(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    data[start:start] = data[start : start + chance.randrange(1, 2000)]


def change_head(data: bytearray, chance: random.Random) -> None:
    """Where the description is: the pickle of a .pth, the header of a .safetensors."""
    place = chance.randrange(min(len(data), 6000))
    data[place] = chance.randrange(256)


def change_number(data: bytearray, chance: random.Random) -> None:
    """A number in a header becomes huge or negative."""
    digits = [found.span() for found in re.finditer(rb"\d+", bytes(data[:20_000]))]
    if digits:
        start, stop = chance.choice(digits)
        data[start:stop] = chance.choice([b"0", b"-1", b"99999999999999999999", b"4294967296", b"1e9"])


def change_name(data: bytearray, chance: random.Random) -> None:
    """Another global of the same length, so that the archive around it stays whole."""
    for name, other in chance.sample([
        (b"_rebuild_tensor_v2", b"__builtins__.exec1"), (b"FloatStorage", b"ByteTensor12"), (b"OrderedDict", b"defaultdict"),
        (b"torch._utils", b"builtins.vars"[:12]), (b"collections", b"subprocess1"),
        (b"torch\nFloatStorage", b"posix\nsystem123456"),
    ], 2):  # fmt: skip
        place = data.find(name)
        if place >= 0:
            data[place : place + len(name)] = other


MUTATIONS: list[Callable[[bytearray, random.Random], None]] = [
    flip, overwrite, cut, remove, repeat, change_head, change_number, change_name
]  # fmt: skip


def verdict(path: Path) -> str:
    try:
        load_network(path, Network.APPEARANCE, TINY)
    except WeightsError as error:
        text = error.user_text
        assert str(path) in text
        assert text.endswith(".")
        assert "\n" not in text
        assert text.count(". ") == 0
        return text.replace(str(path), "")
    return "loaded"


def test_a_thousand_changed_checkpoints(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sources = originals()
    verdicts = []
    for number in range(COUNT):
        chance = random.Random(number)
        kind = chance.choice(list(sources))
        data = bytearray(sources[kind])
        for mutation in chance.sample(MUTATIONS, chance.choice([1, 1, 2, 3])):
            if data:
                mutation(data, chance)
        path = tmp_path / f"mutated{Path(kind).suffix or kind}"
        path.write_bytes(data)
        verdicts.append(verdict(path))
    assert not (tmp_path / FLAG).exists()
    assert len(set(verdicts)) > 10, "the mutations reach few places"
    assert verdicts.count("loaded") < 0.6 * COUNT


def test_files_of_the_older_format_are_read(tmp_path):
    path = tmp_path / "older.pth"
    path.write_bytes(originals()["older.pth"])
    assert verdict(path) == "loaded"
    path.write_bytes(originals()["older-trap.pth"])
    assert "asks to run" in verdict(path)


def archive_of(content: object, storages: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.pkl", content if isinstance(content, bytes) else pickle.dumps(content, 2))
        archive.writestr("archive/version", "3\n")
        for name, data in storages.items():
            archive.writestr(f"archive/data/{name}", data)
    return out.getvalue()


def tensor_pickle(claimed: int, shape: str, stride: str) -> bytes:
    """A pickle of one tensor over storage 0, of which it claims any size and shape; protocol 0 text, easy to craft."""
    head = f"(dS'second.bias'\nctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI{claimed}\nt"
    return (head + f"QI0\n({shape}t({stride}tI00\nccollections\nOrderedDict\n(tRtRs.").encode()


@pytest.mark.parametrize(
    ("claimed", "shape", "stride"),
    [
        (4, "I16\n", "I1\n"),
        (10**9, "I1000000000\n", "I1\n"),
        (4, "I1000000000\nI1000000000\n", "I0\nI0\n"),
        (-5, "I16\n", "I1\n"),
        (4, "I-3\n", "I1\n"),
        (2**62, "I16\n", "I1\n"),
    ],
)
def test_tensors_that_claim_more_than_there_is(tmp_path, claimed, shape, stride):
    path = tmp_path / "crafted.pth"
    path.write_bytes(archive_of(tensor_pickle(claimed, shape, stride), {"0": b"\0" * 16}))
    assert verdict(path) != "loaded"


@pytest.mark.parametrize(
    "name", ["os.system", "builtins.eval", "builtins.getattr", "subprocess.Popen", "torch.load", "numpy.load", "builtins.open"]
)
def test_no_global_but_those_of_tensors_is_called(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    module, function = name.rsplit(".", 1)
    path = tmp_path / "crafted.pth"
    path.write_bytes(archive_of(f"c{module}\n{function}\n(S'touch {FLAG}'\ntR.".encode(), {}))
    assert "asks to run" in verdict(path)
    assert not (tmp_path / FLAG).exists()


def test_nested_and_odd_contents(tmp_path):
    path = tmp_path / "odd.pth"
    deep: dict[str, object] = {}
    inner = deep
    for _ in range(50):
        inner["a"] = inner = {}
    for content in (deep, {1: 2}, [], None, {"second.bias": "text"}):
        torch.save(content, path)
        assert verdict(path) != "loaded"
    path.write_bytes(archive_of(b"(" * 200_000 + b".", {}))
    assert "damaged" in verdict(path)
