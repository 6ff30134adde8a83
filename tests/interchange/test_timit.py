"""Hand labels of TIMIT."""

from __future__ import annotations

import wave

import pytest
from helpers.alignments import damaged
from hypothesis import given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.speech import Alignment
from pctalk_studio.interchange.timit import read_timit

PHN = "0 1600 h#\n1600 2400 bcl\n2400 2720 b\n2720 4800 ax\n4800 5600 dcl\n5600 6400 jh\n6400 8000 el\n8000 9600 h#\n"
WRD = "1600 4800 buh\n4800 8000 jell\n"


def _read(tmp_path, phn: str, wrd: str | None = None) -> Alignment:
    (tmp_path / "u.phn").write_text(phn)
    if wrd is not None:
        (tmp_path / "u.wrd").write_text(wrd)
    return read_timit(tmp_path / "u.phn")


def _labels(tmp_path, symbols: str) -> list[str]:
    lines = [f"{n * 1600} {(n + 1) * 1600} {symbol}" for n, symbol in enumerate(symbols.split())]
    return [phone.label for phone in _read(tmp_path, "\n".join(lines)).phones]


def test_phones_and_words_are_read_with_closures_joined(tmp_path):
    found = _read(tmp_path, PHN, WRD)
    assert [(p.label, p.start, p.end, p.stress) for p in found.phones] == [
        ("SIL", 0.0, 0.1, None), ("B", 0.1, 0.17, None), ("AH", 0.17, 0.3, 0), ("JH", 0.3, 0.4, None),
        ("AH", 0.4, 0.45, 0), ("L", 0.45, 0.5, None), ("SIL", 0.5, 0.6, None),
    ]  # fmt: skip
    assert [(w.text, w.start, w.end) for w in found.words] == [("buh", 0.1, 0.3), ("jell", 0.3, 0.5)]
    assert (found.duration, found.method) == (0.6, "imported")


@pytest.mark.parametrize(
    ("symbols", "labels"),
    [
        ("h# tcl ch iy h#", "SIL CH IY SIL"),
        ("h# tcl t iy", "SIL T IY"),
        ("aa kcl s", "AA K S"),
        ("aa dcl b", "AA D B"),
        ("kcl", "K"),
        ("h# q aa q iy q h#", "SIL AA IY SIL"),
        ("h# q h#", "SIL"),
        ("h# pau epi s", "SIL S"),
        ("axr ux dx nx hv en em eng", "ER UW T N HH AH N AH M IH NG"),
        ("aa bcl b bcl b", "AA B B"),
    ],
)
def test_the_61_symbols_are_folded(tmp_path, symbols, labels):
    assert _labels(tmp_path, symbols) == labels.split()


def test_a_glottal_stop_lengthens_its_neighbour(tmp_path):
    (tmp_path / "u.phn").write_text("0 1600 h#\n1600 3200 q\n3200 4800 aa\n4800 6400 q\n6400 8000 s\n")
    phones = read_timit(tmp_path / "u.phn").phones
    assert [(p.label, p.start, p.end) for p in phones] == [("SIL", 0.0, 0.1), ("AA", 0.1, 0.4), ("S", 0.4, 0.5)]


def test_the_recording_beside_gives_the_length(tmp_path):
    with wave.open(str(tmp_path / "u.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(b"\0\0" * 12_800)
    assert _read(tmp_path, PHN).duration == 0.8
    (tmp_path / "u.wav").write_bytes(b"NIST_1A\n   1024\nsample_count -i 14400\nend_head\n")
    assert _read(tmp_path, PHN).duration == 0.9
    (tmp_path / "u.wav").write_bytes(b"RIFF")
    assert _read(tmp_path, PHN).duration == 0.6


@pytest.mark.parametrize(
    ("phn", "said"),
    [
        ("", "empty"),
        ("\n\n", "no labels"),
        ("0 10", "Line 1"),
        ("0 ten aa", "Line 1"),
        ("10 0 aa", "Line 1"),
        ("0 10 aa\n5000 6000 b\n20 30 s", "Line 3"),
        ("0 999999999999999999 aa", "Line 1"),
        ("0 1600 zzz", "no English phone"),
    ],
)
def test_what_is_no_label_file_is_refused(tmp_path, phn, said):
    with pytest.raises(InterchangeError, match=said):
        _read(tmp_path, phn)


@settings(max_examples=150, deadline=None)
@given(damaged(PHN.encode()), st.none() | damaged(WRD.encode()))
def test_no_damage_gives_anything_but_an_alignment_or_an_interchange_error(tmp_path_factory, phn, wrd):
    folder = tmp_path_factory.mktemp("damage")
    (folder / "u.phn").write_bytes(phn)
    if wrd is not None:
        (folder / "u.wrd").write_bytes(wrd)
    try:
        found = read_timit(folder / "u.phn")
    except InterchangeError:
        return
    assert isinstance(found, Alignment)


def test_the_corpus_is_read_whole(shared_media):
    paths = sorted((shared_media / "alignment" / "timit").glob("*/*.phn"))
    assert len(paths) == 48
    for path in paths:
        found = read_timit(path)
        text = path.with_suffix(".txt").read_text().split()[2:]
        assert len(found.words) >= len(text) - 2
        assert found.phones[0].label == "SIL"
