"""Our own JSON: exact, strict, and never more than an error for what is damaged."""

from __future__ import annotations

import json

import pytest
from helpers.alignments import alignments, damaged
from hypothesis import given, settings

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.problems import Problem
from pctalk_studio.core.speech import Alignment, Phone, Word
from pctalk_studio.interchange.alignment_files import read_alignment
from pctalk_studio.interchange.alignment_json import format_alignment, parse_alignment

SAMPLE = Alignment(
    1.0,
    (Word("hé", 0.1, 0.7, 0.9), Word("lost", 0.7, 0.7, 0.0, said=False)),
    (Phone("SIL", 0.0, 0.1), Phone("HH", 0.1, 1 / 3), Phone("EY", 1 / 3, 0.7, 1, 0.5), Phone("SIL", 0.7, 1.0)),
    0.8,
    "transcript",
    (Problem("word-not-said", "The word 'lost' is not in the recording.", 0.7, 0.7), Problem("x", "y")),
)
TEXT = format_alignment(SAMPLE)


@settings(max_examples=100, deadline=None)
@given(alignments())
def test_everything_survives_exactly(alignment):
    assert parse_alignment(format_alignment(alignment), "a") == alignment


def test_the_schema_is_what_it_was():
    values = json.loads(TEXT)
    assert list(values) == ["schema", "version", "duration", "method", "trust", "words", "phones", "problems"]
    assert (values["schema"], values["version"]) == ("pctalk-studio/alignment", 1)
    assert values["words"][0] == {"text": "hé", "start": 0.1, "end": 0.7, "confidence": 0.9, "said": True}
    assert values["phones"][2] == {"label": "EY", "start": 1 / 3, "end": 0.7, "stress": 1, "confidence": 0.5}


def _changed(**values: object) -> str:
    return json.dumps({**json.loads(TEXT), **values})


def _phone(**values: object) -> str:
    changed = json.loads(TEXT)
    changed["phones"][1].update(values)
    return json.dumps(changed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("9" * 5_000, "no JSON"),
        ('{"schema": 1, "schema": 1}', "no JSON"),
        ("[]", "no alignment"),
        ('{"schema": "other"}', "no alignment"),
        (_changed(version=2), "newer"),
        (_changed(version=True), "newer"),
        (_changed(extra=1), "unknown entry 'extra'"),
        (TEXT.replace('"trust": 0.8', '"trust": NaN'), "no JSON"),
        (TEXT.replace('"trust": 0.8', '"trust": 1e999'), "outside"),
        (_changed(trust=2), "outside"),
        (_changed(trust=True), "no number"),
        (_changed(duration="1"), "no number"),
        (_changed(duration=10**400), "outside"),
        (_changed(duration=2.0), "phones end"),
        (_changed(method="magic"), "unknown method"),
        (_changed(words={}), "no list"),
        (_changed(words=[3]), "no object"),
        (_changed(words=[{"text": "a"}]), "lacks 'start'"),
        (_phone(label="QQ"), "unknown phone"),
        (_phone(label=None), "no text"),
        (_phone(start=0.2), "without gap"),
        (_phone(end=0.05), "outside"),
        (_phone(stress=1.5), "'stress'"),
        (_phone(confidence=-1), "outside"),
        (TEXT.replace('"said": false', '"said": 0'), "neither true nor false"),
        (TEXT.replace('"end": 0.7, "confidence": 0.9', '"end": 1.7, "confidence": 0.9'), "outside the recording"),
    ],
)
def test_what_breaks_the_schema_is_refused_in_one_sentence(text, said):
    with pytest.raises(InterchangeError, match=said) as caught:
        parse_alignment(text, "a.json")
    assert "a.json" in caught.value.user_text


@settings(max_examples=250, deadline=None)
@given(damaged(TEXT.encode()))
def test_no_damage_gives_anything_but_an_alignment_or_an_interchange_error(data):
    try:
        found = parse_alignment(data.decode("utf-8", "replace"), "a")
    except InterchangeError:
        return
    assert isinstance(found, Alignment)


def test_text_that_is_no_utf_8_is_refused(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(TEXT.encode("utf-16"))
    with pytest.raises(InterchangeError, match="UTF-8"):
        read_alignment(path)
