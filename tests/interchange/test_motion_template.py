"""Motion templates in and out, and a thousand that want something else."""

from __future__ import annotations

import os
import pickle
import random
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.motion import rotation_of
from pctalk_studio.core.time import FrameRate
from pctalk_studio.interchange.motion_template import MotionTemplate, read_template, write_template

REAL = Path(__file__).resolve().parents[3] / "shared" / "checkpoints" / "motion_templates"
FIELDS = ("rotation", "expression", "scale", "translation", "canonical", "keypoints", "eyes", "lips")


def made_up(frames: int = 7, seed: int = 0, rate: Fraction = Fraction(25), whole: bool = True) -> MotionTemplate:
    rng = np.random.default_rng(seed)

    def numbers(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.1, (frames, *shape)).astype(np.float32)

    turns = np.stack([rotation_of(*rng.normal(0, 20, 3)) for _ in range(frames)]).astype(np.float32)
    extras = (numbers(21, 3), numbers(21, 3), numbers(2), numbers()) if whole else (None,) * 4
    return MotionTemplate(FrameRate(rate), turns, numbers(21, 3), 1.5 + numbers(), numbers(3), *extras)


def same(one: MotionTemplate, other: MotionTemplate) -> bool:
    pairs = [(getattr(one, name), getattr(other, name)) for name in FIELDS]
    return one.rate == other.rate and all((a is b is None) or (b is not None and np.array_equal(a, b)) for a, b in pairs)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.integers(0, 9), st.sampled_from([Fraction(25), Fraction(30000, 1001), Fraction(24)]), st.booleans())
def test_what_is_written_is_read_again(tmp_path_factory, frames, seed, rate, whole):
    path = tmp_path_factory.mktemp("t") / "m.pkl"
    template = made_up(frames, seed, rate, whole)
    write_template(path, template)
    again = read_template(path)
    assert same(template, again)
    assert len(again) == frames


def test_what_is_written_is_what_others_read(tmp_path):
    """Their program unpickles it and looks by name, [1, ...] arrays a frame."""
    template = made_up()
    write_template(tmp_path / "m.pkl", template)
    content = pickle.loads((tmp_path / "m.pkl").read_bytes())
    assert content["n_frames"] == 7
    assert content["output_fps"] == 25
    frame = content["motion"][3]
    assert {name: value.shape for name, value in frame.items()} == {
        "scale": (1, 1), "R": (1, 3, 3), "exp": (1, 21, 3), "t": (1, 3), "kp": (1, 21, 3), "x_s": (1, 21, 3)
    }  # fmt: skip
    np.testing.assert_array_equal(frame["exp"][0], template.expression[3])
    assert content["c_eyes_lst"][0].shape == (1, 2)
    assert content["c_lip_lst"][0].shape == (1, 1)


def test_older_names_and_other_kinds_of_numbers_are_read(tmp_path):
    frame = {
        "scale": np.ones((1, 1)),
        "R_d": np.eye(3, order="F")[None],
        "exp": np.zeros((1, 63), ">f4"),
        "t": np.zeros((1, 3), "i2"),
    }
    content = {"n_frames": 2, "motion": [frame, frame], "c_d_eyes_lst": [np.full((1, 2), 0.3)] * 2, "c_d_lip_lst": []}
    for protocol in range(2, 5):
        (tmp_path / "old.pkl").write_bytes(pickle.dumps(content, protocol))
        if protocol < 3:  # it makes bytes by a call of codecs.encode
            with pytest.raises(InterchangeError, match=r"_codecs\.encode"):
                read_template(tmp_path / "old.pkl")
            continue
        template = read_template(tmp_path / "old.pkl")
        assert template.eyes is not None
        assert template.lips is template.canonical is None
        assert template.expression.shape == (2, 21, 3)


@pytest.mark.skipif(not REAL.is_dir(), reason="no templates beside the checkout")
def test_real_templates():
    frames = {}
    for path in sorted(REAL.glob("*.pkl")):
        if path.stem == "lip_array":
            with pytest.raises(InterchangeError, match="holds no motion"):
                read_template(path)
            continue
        template, plain = read_template(path), pickle.loads(path.read_bytes())
        frames[path.stem] = len(template)
        for t in (0, len(template) - 1):
            np.testing.assert_array_equal(template.expression[t], plain["motion"][t]["exp"][0])
            turn = plain["motion"][t].get("R", plain["motion"][t].get("R_d"))
            np.testing.assert_array_equal(template.rotation[t], turn[0])
        assert (np.abs(template.expression[:, [6, 8, 9, 12, 18]]) < 1e-3).all(), "points that carry no expression"
    assert sum(frames.values()) == 1151
    assert frames["d8"] == 275


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.pop("motion"), "holds no motion"),
        (lambda c: c.update(motion=[]), "holds no motion"),
        (lambda c: c.update(n_frames=3), "as many frames"),
        (lambda c: c["motion"].append(5), "as many frames"),
        (lambda c: c.update(output_fps=0), "frame rate"),
        (lambda c: c.update(output_fps="fast"), "frame rate"),
        (lambda c: c["motion"][1].pop("exp"), "'exp' in some frames only"),
        (lambda c: [frame.pop("t") for frame in c["motion"]], "lacks 't'"),
        (lambda c: c["motion"][1].update(exp=np.zeros((1, 20, 3))), "not 63 numbers"),
        (lambda c: c["motion"][1].update(exp=np.full((1, 21, 3), np.nan)), "no face has"),
        (lambda c: c["motion"][1].update(scale=np.full((1, 1), 1e9)), "no face has"),
        (lambda c: c["motion"][1].update(R=-np.eye(3)[None]), "no rotations"),
        (lambda c: c.update(c_lip_lst=[np.zeros((1, 1))]), "for every frame"),
        (lambda c: c["motion"][1].update(exp=np.array(["a"] * 63)), "damaged"),
        (lambda c: c["motion"][1].update(exp=np.array([None] * 63)), "damaged"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, change, said):
    path = tmp_path / "m.pkl"
    write_template(path, made_up(4))
    content = pickle.loads(path.read_bytes())
    change(content)
    path.write_bytes(pickle.dumps(content, 4))
    with pytest.raises(InterchangeError, match=said):
        read_template(path)


class Runs:
    def __init__(self, flag):
        self.flag = flag

    def __reduce__(self):
        return (os.mkdir, (str(self.flag),))


def test_a_template_that_would_run_something_is_refused(tmp_path):
    path, flag = tmp_path / "m.pkl", tmp_path / "ran"
    for protocol in range(6):
        path.write_bytes(pickle.dumps({"n_frames": 1, "motion": [Runs(flag)]}, protocol))
        with pytest.raises(InterchangeError, match="nothing was run"):
            read_template(path)
    assert not flag.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"cnumpy\nndarray\n(I1000000000000\ntR.",
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I99999999999\ntS'b'\ntR.",
        b"r\xff\xff\xff\x7f.",
        b"]r\xff\xff\xff\x7f.",
        b"\x80\x04" + b"(" * 100_000,
        b"\x80\x04" + b"]" * 50_000 + b"a" * 49_999 + b".",
        b"cnumpy\ndtype\nq\x00cnumpy\ndtype\n\x93.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93.",
        b"P0\n.",
    ],
)
def test_instructions_that_exhaust_or_escape(tmp_path, data):
    (tmp_path / "m.pkl").write_bytes(data)
    with pytest.raises(InterchangeError):
        read_template(tmp_path / "m.pkl")


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 30])):
        if not changed:
            break
        place = chance.randrange(len(changed))
        kind = chance.randrange(7)
        if kind == 0:
            changed[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            changed[place] = chance.choice(b"cRbi\x93\x81\x92QP\x82.(tl0q r\x94")
        elif kind == 2:
            del changed[place : place + chance.randrange(1, 40)]
        elif kind == 3:
            changed[place:place] = changed[place : place + chance.randrange(1, 60)]
        elif kind == 4:
            changed[place : place + 4] = chance.choice([b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\xff\xff\xff\xff"])
        elif kind == 5:
            for name, other in (
                (b"numpy", b"posix"),
                (b"_reconstruct", b"system123456"),
                (b"ndarray", b"execfun"),
                (b"dtype", b"fork1"),
            ):
                if chance.random() < 0.5:
                    changed = changed.replace(name, other, 1)
        elif chance.random() < 0.3:
            del changed[place:]
    return bytes(changed)


def test_a_thousand_changed_templates(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "m.pkl"
    write_template(path, made_up(3))
    whole = path.read_bytes()
    trapped = pickle.dumps({**pickle.loads(whole), "more": Runs(tmp_path / "ran")}, 4)
    verdicts = []
    for number in range(1000):
        chance = random.Random(number)
        path.write_bytes(mutated(chance.choice([whole, whole, trapped]), chance))
        try:
            read_template(path)
            verdicts.append("read")
        except InterchangeError as error:
            text = error.user_text
            assert str(path) in text
            assert text.endswith(".")
            assert "\n" not in text
            assert ". " not in text
            verdicts.append(re.sub(r"'.*?'", "", text))
    assert sorted(tmp_path.iterdir()) == [path]
    assert len(set(verdicts)) > 5
    assert verdicts.count("read") < 600
