"""TextGrid files of Praat, of other programs, and of nobody."""

from __future__ import annotations

import itertools

import pytest
from helpers.alignments import alignments, damaged, edges
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.speech import SILENCE, Alignment, Phone, Word
from pctalk_studio.interchange import bounded
from pctalk_studio.interchange.alignment_files import check_alignment_target, read_alignment, write_alignment
from pctalk_studio.interchange.alignment_tiers import alignment_of_grid, grid_of_alignment
from pctalk_studio.interchange.phone_labels import known_phone
from pctalk_studio.interchange.textgrid import (
    Interval,
    TextGrid,
    Tier,
    decode_text,
    format_textgrid,
    parse_textgrid,
    read_textgrid,
    write_textgrid,
)

LONG = '''File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 1.5
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 1.5
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 0.5
            text = ""
        intervals [2]:
            xmin = 0.5
            xmax = 1.5
            text = "say ""hi"""
    item [2]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0
        xmax = 1.5
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 0.5
            text = "sil"
        intervals [2]:
            xmin = 0.5
            xmax = 1
            text = "HH"
        intervals [3]:
            xmin = 1
            xmax = 1.5
            text = "AY1"
    item [3]:
        class = "TextTier"
        name = "tones"
        xmin = 0
        xmax = 1.5
        points: size = 1
        points [1]:
            number = 0.75
            mark = "H*"
'''
SHORT = '''File type = "ooTextFile"
Object class = "TextGrid"

0
1.5
<exists>
3
"IntervalTier"
"words"
0
1.5
2
0
0.5
""
0.5
1.5
"say ""hi"""
"IntervalTier" "phones" 0 1.5 3 0 0.5 "sil" 0.5 1 "HH" 1 1.5 "AY1"  ! several values a line, and a remark with "quotes"
"TextTier"
"tones"
0
1.5
1
0.75
"H*"
'''


@st.composite
def grids(draw):
    times = draw(edges())
    labels = st.text(st.characters(blacklist_categories=("Cs",)), max_size=8)
    rows = []
    for _ in range(draw(st.integers(0, 3))):
        points = draw(st.booleans())
        spans = [(a, a if points else b) for a, b in itertools.pairwise(times)]
        rows.append(Tier(draw(labels), tuple(Interval(a, b, draw(labels)) for a, b in spans), points))
    return TextGrid(0.0, times[-1], tuple(rows))


def test_the_long_and_the_short_form_say_the_same():
    grid = parse_textgrid(LONG)
    assert grid == parse_textgrid(SHORT)
    assert [tier.name for tier in grid.tiers] == ["words", "phones", "tones"]
    assert grid.tiers[0].intervals[1] == Interval(0.5, 1.5, 'say "hi"')
    assert grid.tiers[2].points
    assert grid.tiers[2].intervals == (Interval(0.75, 0.75, "H*"),)


def test_the_long_form_is_written_as_praat_writes_it():
    lines = [line.rstrip() for line in format_textgrid(parse_textgrid(LONG)).splitlines()]
    assert lines == LONG.splitlines()


@settings(max_examples=100, deadline=None)
@given(grids(), st.booleans())
def test_a_grid_survives_writing_and_reading_exactly(grid, short):
    assert parse_textgrid(format_textgrid(grid, short)) == grid


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_usual_encoding_is_read(tmp_path, encoding):
    path = tmp_path / "a.TextGrid"
    path.write_bytes(LONG.replace("say", "zażółć").encode(encoding))
    assert read_textgrid(path).tiers[0].intervals[1].text == 'zażółć "hi"'


def test_bytes_that_are_no_unicode_are_taken_as_latin_1(tmp_path):
    path = tmp_path / "a.TextGrid"
    path.write_bytes(LONG.replace("say", "garçon").encode("latin-1"))
    assert read_textgrid(path).tiers[0].intervals[1].text == 'garçon "hi"'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("short", [False, True])
def test_files_are_written_in_both_forms_and_encodings(tmp_path, encoding, short):
    path = tmp_path / "a.TextGrid"
    grid = parse_textgrid(LONG)
    write_textgrid(path, grid, short, encoding)
    assert read_textgrid(path) == grid
    assert [item.name for item in tmp_path.iterdir()] == ["a.TextGrid"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no TextGrid"),
        ("hello", "no TextGrid"),
        (LONG.replace("TextGrid", "Pitch"), "no TextGrid"),
        (LONG[: len(LONG) // 2], "ends where"),
        (LONG.replace("xmax = 1.5\ntiers", "xmax = -1\ntiers"), "ends before"),
        (LONG.replace('"IntervalTier"', '"PictureTier"'), "unknown kind"),
        (LONG.replace("xmax = 0.5", "xmax = 0.9", 1), "overlap"),
        (LONG.replace("size = 3\nitem", "size = 1e300\nitem"), "ends where"),
        (LONG.replace("size = 3\nitem", "size = 2.5\nitem"), "due"),
        (LONG.replace("xmax = 1.5", "xmax = 1e999", 1), "due"),
        (LONG.replace('"HH"', "7"), "due"),
    ],
)
def test_what_is_no_textgrid_is_refused_in_one_sentence(text, said):
    with pytest.raises(InterchangeError, match=said) as caught:
        parse_textgrid(text, "a.TextGrid")
    assert "a.TextGrid" in caught.value.user_text


def test_a_missing_empty_or_huge_file_and_a_folder_are_refused(tmp_path, monkeypatch):
    for path, said in [(tmp_path / "none.TextGrid", "cannot be read"), (tmp_path, "folder")]:
        with pytest.raises(InterchangeError, match=said):
            read_textgrid(path)
    empty = tmp_path / "e.TextGrid"
    empty.touch()
    with pytest.raises(InterchangeError, match="empty"):
        read_textgrid(empty)
    with pytest.raises(InterchangeError, match="larger than"):
        bounded.read_bounded(_filled(tmp_path / "h.TextGrid", 2 << 20), "TextGrid", 1 << 20)


def _filled(path, size):
    path.write_bytes(b"x" * size)
    return path


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from((LONG, SHORT)).flatmap(lambda text: damaged(text.encode())))
def test_no_damage_gives_anything_but_a_grid_or_an_interchange_error(data):
    try:
        grid = parse_textgrid(decode_text(data, "a"), "a")
        alignment_of_grid(grid, "a")
    except InterchangeError as error:
        assert len(error.user_text) < 400  # noqa: PT017 - both ends are allowed


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data):
    try:
        assert isinstance(decode_text(data, "a"), str)
    except InterchangeError as error:
        assert "UTF-16" in error.user_text  # noqa: PT017 - both ends are allowed


# --- alignments in TextGrids ----------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(alignments())
def test_words_and_phones_survive_a_textgrid(alignment):
    back = alignment_of_grid(parse_textgrid(format_textgrid(grid_of_alignment(alignment))), "a")
    silent = {"", "sil", "sp", "spn", "<eps>", "<p:>", "<sil>", "pau", "h#", "#", "_", "<unk>", "[noise]", "{sl}"}
    kept = [word for word in alignment.words if word.text.lower() not in silent]
    assert [(w.text, w.start, w.end) for w in back.words] == [(w.text, w.start, w.end) for w in kept]
    assert [(p.label, p.end, p.stress) for p in back.phones] == [
        (p.label, p.end, p.stress)
        for p, after in itertools.pairwise((*alignment.phones, None))
        if not (p.label == SILENCE and after is not None and after.label == SILENCE)
    ]
    assert (back.method, back.duration) == ("imported", alignment.duration)


def test_words_that_were_not_said_stand_in_a_tier_of_points():
    words = (Word("yes", 0.0, 0.4), Word("missing", 0.4, 0.4, 0.0, said=False), Word("no", 0.5, 1.0))
    back = alignment_of_grid(grid_of_alignment(Alignment(1.0, words, (Phone("AA", 0.0, 1.0),))), "a")
    assert [(w.text, w.said) for w in back.words] == [("yes", True), ("missing", False), ("no", True)]


def _grid(*tiers: tuple[str, list[tuple[float, float, str]]]) -> TextGrid:
    return TextGrid(0.0, 2.0, tuple(Tier(name, tuple(Interval(*row) for row in rows)) for name, rows in tiers))


@pytest.mark.parametrize(("words", "phones"), [("words", "phones"), ("Word", "Phone"), ("ORT-MAU", "MAU"), ("wrd", "phn")])
def test_tiers_are_found_by_their_usual_names(words, phones):
    found = alignment_of_grid(_grid((words, [(0.2, 0.8, "hi")]), (phones, [(0.2, 0.4, "hh"), (0.4, 0.8, "ay1")])), "a")
    assert found.words == (Word("hi", 0.2, 0.8),)
    assert [(p.label, p.start, p.end, p.stress) for p in found.phones] == [
        ("SIL", 0.0, 0.2, None), ("HH", 0.2, 0.4, None), ("AY", 0.4, 0.8, 1), ("SIL", 0.8, 2.0, None),
    ]  # fmt: skip


def test_of_several_speakers_the_one_who_speaks_most_is_taken_and_the_others_named():
    grid = _grid(
        ("Ann - words", [(0, 0.5, "a")]), ("Ann - phones", [(0, 0.5, "AH0")]),
        ("Bo B - words", [(0.5, 2, "b")]), ("Bo B - phones", [(0.5, 2, "IY1")]),
    )  # fmt: skip
    found = alignment_of_grid(grid, "a")
    assert [word.text for word in found.words] == ["b"]
    assert "'Ann'" in found.problems[0].text
    assert [word.text for word in alignment_of_grid(grid, "a", speaker="Ann").words] == ["a"]
    with pytest.raises(InterchangeError, match="Ann, Bo B"):
        alignment_of_grid(grid, "a", speaker="Eve")


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (_grid(("words", [(0, 1, "hi")])), "no tier named 'phones'"),
        (_grid(), "none"),
        (_grid(("phones", [(0, 1, "qqq")])), "no English phone"),
        (_grid(("phones", [(0, 1, "AA"), (0.5, 1.5, "B")])), "overlap"),
        (_grid(("phones", [(0, 3, "AA")])), "leave the recording"),
        (_grid(("words", [(0, 1, "a"), (0.5, 1.5, "b")]), ("phones", [(0, 1, "AA")])), "overlap"),
    ],
)
def test_tiers_that_make_no_alignment_are_refused(grid, said):
    with pytest.raises(InterchangeError, match=said):
        alignment_of_grid(grid, "a")


@pytest.mark.parametrize(
    ("label", "meaning"),
    [
        ("AH0", [("AH", 0)]), ("aa", [("AA", None)]), ("ER2", [("ER", 2)]), ("b", [("B", None)]), ("sil", [("SIL", None)]),
        ("", [("SIL", None)]), ("<eps>", [("SIL", None)]), ("ax-h", [("AH", 0)]), ("dx", [("T", None)]),
        ("el", [("AH", 0), ("L", None)]),
        ("tʃ", [("CH", None)]), ("aj", [("AY", None)]), ("ɑː", [("AA", None)]), ("tʰ", [("T", None)]),
        ("n̩", [("AH", 0), ("N", None)]),
        ("ˈɪ", [("IH", None)]), ("V", [("V", None)]), ("ɝ", [("ER", None)]),
    ],
)  # fmt: skip
def test_labels_of_other_programs_are_understood(label, meaning):
    found = known_phone(label)
    assert found is not None
    assert list(found.labels) == meaning


@pytest.mark.parametrize("label", ["B1", "AH3", "AH01", "xx", "ø", "1", "AHAH"])
def test_labels_without_meaning_are_unknown(label):
    assert known_phone(label) is None


def test_an_alignment_goes_through_a_file_of_each_kind(tmp_path):
    words = (Word("hi", 0.1, 0.7, 0.9),)
    phones = (Phone("SIL", 0.0, 0.1), Phone("HH", 0.1, 0.3), Phone("AY", 0.3, 0.7, 1), Phone("SIL", 0.7, 1.0))
    alignment = Alignment(1.0, words, phones, 0.8)
    for name in ("a.TextGrid", "a.textgrid", "a.json"):
        write_alignment(tmp_path / name, alignment)
        back = read_alignment(tmp_path / name)
        assert [(p.label, p.start, p.end, p.stress) for p in back.phones] == [(p.label, p.start, p.end, p.stress) for p in phones]
        assert [word.text for word in back.words] == ["hi"]
    assert read_alignment(tmp_path / "a.json") == alignment


def test_an_unknown_suffix_and_a_missing_folder_are_refused_before_the_work(tmp_path):
    alignment = Alignment(1.0, (), (Phone("SIL", 0.0, 1.0),))
    for path, said in [(tmp_path / "a.txt", "TextGrid or .json"), (tmp_path / "no" / "a.json", "does not exist")]:
        with pytest.raises(InterchangeError, match=said):
            check_alignment_target(path)
        with pytest.raises(InterchangeError, match=said):
            write_alignment(path, alignment)
    (tmp_path / "b.json").mkdir()
    with pytest.raises(InterchangeError, match="folder"):
        check_alignment_target(tmp_path / "b.json")
    with pytest.raises(InterchangeError, match="no known kind"):
        read_alignment(tmp_path / "a.srt")
    assert not (tmp_path / "a.txt").exists()


def test_textgrids_of_other_programs_are_read(shared_media):
    cold = read_alignment(shared_media / "alignment" / "mfa_auto" / "cold_corpus.TextGrid")
    assert cold.words[0].text == "uh"
    assert len(cold.words) == 64
    mary = read_alignment(shared_media / "alignment" / "praatio" / "mary.TextGrid")
    assert [word.text for word in mary.words] == ["mary", "rolled", "the", "barrel"]
    assert [phone.label for phone in mary.phones if phone.label != SILENCE][:4] == ["M", "AH", "R", "IY"]
