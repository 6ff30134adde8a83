from __future__ import annotations

import json
import struct
from dataclasses import fields, is_dataclass, replace
from enum import Enum

import pytest
from helpers.projects import a_project, attempt, draw_edit, edited_projects, masks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pctalk_studio.core.errors import ProjectFormatError, ProjectSaveError
from pctalk_studio.document.curves import Curve, Key
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.project import BlinkEvent, Marker, MediaReference, Project
from pctalk_studio.storage.codec import decode, decode_value, encode, encode_value
from pctalk_studio.storage.extras import Extras
from pctalk_studio.storage.mask_png import png_text, weights_of

random = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def bits(value: object) -> object:
    """A value in a form in which only the very same values are equal: 0.0 is not -0.0, and 1 is not 1.0."""
    if isinstance(value, float):
        return "float", struct.pack(">d", value)
    if isinstance(value, Enum):
        return type(value).__name__, value.value
    if is_dataclass(value):
        return type(value).__name__, *(bits(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, tuple):
        return "tuple", *map(bits, value)
    if isinstance(value, frozenset):
        return "set", *sorted(map(str, value))
    return type(value).__name__, repr(value)


def tree_of(project: Project) -> dict:
    return json.loads(encode(project))


def bytes_of(tree: object) -> bytes:
    return json.dumps(tree).encode()


def refusal(tree: object) -> str:
    with pytest.raises(ProjectFormatError) as caught:
        decode(bytes_of(tree), "Duck.pctalk")
    return caught.value.user_text


# ---------------------------------------------------------------- round trip


@random
@given(edited_projects())
def test_what_is_saved_is_what_is_opened_to_the_bit(project):
    data = encode(project)
    decoded = decode(data, "x")
    assert bits(decoded.project) == bits(project)
    assert decoded.extras == Extras()
    assert encode(decoded.project, decoded.extras) == data


def test_the_comparison_to_the_bit_sees_signs():
    assert bits(Curve(0.0)) != bits(Curve(-0.0))


@pytest.mark.parametrize("value", [-0.0, 5e-324, 0.1 + 0.2, 1.0000000000000002, 2.0])
def test_floats_are_exact_where_defaults_are_left_out(value):
    project = Project(blinks=(BlinkEvent(1, value, value),), next_id=2)
    assert bits(decode(encode(project), "x").project) == bits(project)


@random
@given(masks)
def test_masks_are_exact(mask):
    assert weights_of(png_text(mask.weights)) == mask.weights


def test_values_of_scripts_round_trip():
    clip = a_project().emotions[0]
    assert decode_value(type(clip), encode_value(type(clip), clip)) == clip
    assert decode_value(tuple[Key, ...], [{"time": 1, "value": 2}]) == (Key(1.0, 2.0),)
    with pytest.raises(ProjectFormatError, match="unknown entry 'valu'"):
        decode_value(Key, {"time": 1, "value": 2, "valu": 3})
    with pytest.raises(TypeError):
        decode_value(dict, {})


# ---------------------------------------------------------------- text


def test_the_text_is_utf8_with_one_newline_at_the_end():
    data = encode(EDITS["add_marker"](a_project(), time=0.5, label="Flügel"))
    assert "Flügel" in data.decode("utf-8")
    assert data.endswith(b"}\n")
    assert b"\r" not in data
    assert not data.endswith(b"\n\n")


def test_a_moved_boundary_changes_only_the_lines_of_its_neighbours():
    project = a_project()
    word = project.speech.words[1]
    moved = EDITS["move_boundary"](project, **_boundary(project, word.start))
    before, after = encode(project).decode().splitlines(), encode(moved).decode().splitlines()
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert 2 <= len(changed) <= 4
    assert all("WordItem.1" in new or "PhoneItem.1" in new for _, new in changed)


def _boundary(project: Project, time: float) -> dict:
    import inspect

    names = list(inspect.signature(EDITS["move_boundary"]).parameters)[1:]
    values = {"time": time, "at": time, "boundary": time, "start": time, "to": time + 0.02}
    return {name: values[name] for name in names if name in values}


def test_every_phone_word_and_key_has_a_line():
    lines = [line.strip().rstrip(",") for line in encode(a_project()).decode().splitlines()]
    for record, count in (("PhoneItem", 14), ("WordItem", 4), ("Key", 2)):
        whole = [line for line in lines if line.startswith(f'{{"schema": "{record}.1"') and line.endswith("}")]
        assert len(whole) == count


# ---------------------------------------------------------------- what is unknown


def _with_unknown() -> dict:
    tree = tree_of(a_project())
    project = tree["project"]
    tree["signature"] = {"by": [1, 2.5, None]}
    project["breath"] = {"schema": "Breath.1", "depth": 0.5}
    project["speech"]["words"][1]["accent"] = "strong"
    project["emotions"][0]["glow"] = 0.25
    project["emotions"].insert(0, {"schema": "VisemeClip.3", "shape": "O"})
    project["emotions"].append({"schema": "VisemeClip.3", "shape": "U"})
    project["lip_scale_keys"]["keys"][1]["ease"] = [1, 2]
    project["render"] = {"schema": "HoloSettings.1", "depth": 8}
    return tree


def test_unknown_entries_and_objects_are_written_back():
    decoded = decode(bytes_of(_with_unknown()), "x")
    assert replace(decoded.project) == a_project()
    again = json.loads(encode(decoded.project, decoded.extras))
    expected = _with_unknown() | {"written_by": again["written_by"]}
    assert again == expected


@random
@given(st.data())
def test_unknown_entries_survive_edits_of_other_items(data):
    decoded = decode(bytes_of(_with_unknown()), "x")
    project = decoded.project
    for _ in range(4):
        project = attempt(project, *draw_edit(data.draw, project))
    again = json.loads(encode(project, decoded.extras))
    told = decode(bytes_of(again), "x")
    assert told.project == project
    assert again["signature"] == {"by": [1, 2.5, None]}
    assert again["project"]["breath"] == {"schema": "Breath.1", "depth": 0.5}
    shapes = [each["shape"] for each in again["project"]["emotions"] if each["schema"] == "VisemeClip.3"]
    assert sorted(shapes) == ["O", "U"]
    words = {word["id"]: word for word in again["project"]["speech"]["words"]}
    assert all(("accent" in word) == (identity == 2) for identity, word in words.items())


def test_an_unknown_object_gives_way_once_its_field_is_set():
    decoded = decode(bytes_of(_with_unknown()), "x")
    project = replace(decoded.project, render=replace(decoded.project.render, crf=30))
    assert json.loads(encode(project, decoded.extras))["project"]["render"]["crf"] == 30


def test_extras_of_a_deleted_item_go_and_come_back_with_undo():
    tree = tree_of(EDITS["add_marker"](a_project(), time=0.5))
    tree["project"]["markers"][0]["colour"] = "red"
    decoded = decode(bytes_of(tree), "x")
    without = EDITS["delete_marker"](decoded.project, marker=2)
    assert b"colour" not in encode(without, decoded.extras)
    assert b"colour" in encode(decoded.project, decoded.extras)


# ---------------------------------------------------------------- what is refused


def test_a_newer_file_names_its_program():
    tree = tree_of(a_project()) | {"schema": "ProjectFile.3", "written_by": "2.4.0"}
    assert refusal(tree) == ("'Duck.pctalk' was written by pctalk-studio 2.4.0 (file format 3); update the program to open it.")


def test_a_newer_record_inside_names_its_program():
    tree = tree_of(a_project()) | {"written_by": "1.1.0"}
    tree["project"]["emotions"][0]["schema"] = "EmotionClip.2"
    assert "was written by pctalk-studio 1.1.0 (EmotionClip format 2)" in refusal(tree)


def _at(tree: dict, *path: str | int) -> tuple[object, str | int]:
    node: object = tree
    for step in path[:-1]:
        node = node[step]
    return node, path[-1]


WORDS, PHONES = ("project", "speech", "words"), ("project", "speech", "phones")


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ((*WORDS, 1, "start"), "0.4", "project.speech.words[#2].start is no number"),
        ((*WORDS, 1, "start"), True, "project.speech.words[#2].start is no number"),
        ((*WORDS, 1, "id"), 1, "share an identity"),
        ((*PHONES, 1, "label"), "QQ", "project.speech.phones[#6] cannot be: 'QQ' is no phone"),
        ((*PHONES, 1, "start"), 0.2, "without a gap"),
        ((*PHONES, 1, "id"), 6.0, "is no whole number"),
        ((*PHONES, 1), None, "is no object"),
        (PHONES, {}, "project.speech.phones is no list"),
        (("project", "rate"), "25/0", "project.rate is no frame rate"),
        (("project", "rate"), "1000", "project.rate cannot be"),
        (("project", "rate"), "9" * 200, "project.rate is no frame rate"),
        (("project", "lip_scale"), 9, "project cannot be: Lip scale must lie between 0 and 2"),
        (("project", "lip_scale"), 10**350, "project.lip_scale is too large a number"),
        (("project", "head"), "wild", "project.head is none of still, subtle, lively"),
        (("project", "head"), ["still"], "project.head is none of still, subtle, lively"),
        (("project", "muted"), ["lips", 3], "project.muted is none of"),
        (("project", "render", "size"), [100], "project.render.size is no list of 2 values"),
        (("project", "emotions", 0, "id"), 7, "has the identity of another"),
        (("project", "seed"), -1, "project.seed is less than 0"),
        (("project", "speech", "duration"), 1e9, "must reach from 0 to the end"),
        (("project", "speech"), {"schema": "SpeechTrack.1", "duration": 1e9}, "project.speech.duration lies outside"),
        (("project", "in_point"), 1e300, "project.in_point lies outside"),
        (("project", "lip_scale_keys", "default"), 1e300, "lies outside 0 to 2"),
        (("project", "lip_scale_keys", "keys", 0, "value"), -3, "lies outside 0 to 2"),
        (("project", "lip_scale_keys", "keys", 0, "time"), 1.2, "Two keys cannot lie at one time"),
        (("project", "style", "schema"), "Curve.1", "project.style holds a Curve where a StyleAxes belongs"),
        (("project", "style", "schema"), "StyleAxes.0", "project.style does not say what it is"),
        (("project", "style", "schema"), 1, "project.style does not say what it is"),
        (("project", "media", "transcript"), "\ud800", "holds characters that do not exist"),
        (("project", "emotions", 0, "mask"), {"schema": "FaceMask.1", "weights": "AAAA"}, "is no grey PNG"),
        (("project", "emotions", 0, "mask"), {"schema": "FaceMask.1", "weights": "%"}, "is no picture in base64"),
        (("project", "emotions", 0, "mask"), {"schema": "FaceMask.1", "weights": "A" * 70000}, "larger than a mask"),
    ],
)
def test_damage_is_told_with_its_place(path, value, told):
    tree = tree_of(a_project())
    node, last = _at(tree, *path)
    node[last] = value
    text = refusal(tree)
    assert told in text
    assert text.startswith("The project 'Duck.pctalk' is damaged: ")
    assert "\n" not in text


def test_a_missing_entry_is_named():
    tree = tree_of(a_project())
    del tree["project"]["speech"]["words"][2]["end"]
    assert "project.speech.words[#3] lacks 'end'" in refusal(tree)


def test_a_mask_of_another_size_is_refused_before_it_is_decoded():
    import base64
    import io

    from PIL import Image

    for mode, size in (("L", (3000, 3000)), ("L", (64, 64)), ("RGB", (128, 128)), ("I;16", (128, 128)), ("1", (128, 128))):
        file = io.BytesIO()
        Image.new(mode, size).save(file, "PNG")
        with pytest.raises(ValueError, match="no grey PNG of 128 x 128"):
            weights_of(base64.b64encode(file.getvalue()[:20000]).decode())


def test_a_mask_that_is_cut_off_is_refused():
    whole = png_text(bytes(range(128)) * 128)
    with pytest.raises(ValueError, match="damaged"):
        weights_of(whole[: len(whole) // 2 // 4 * 4])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is no JSON (line 1)"),
        (b"\xff\xfe{}", "is no UTF-8 text"),
        (b'{"schema": "ProjectFile.1",\n "a": }', "is no JSON (line 2)"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "is nested too deeply"),
        (b'{"a": NaN}', "holds NaN, which is no number"),
        (b'{"a": -Infinity}', "holds -Infinity, which is no number"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 1_000_000 + b"}", "too large"),
        (b'{"a": 0.' + b"9" * 1_000_000 + b"}", "too large"),
        (b'{"a": 1, "a": 2}', "two entries 'a'"),
        (b"[" + b"{}," * 2_100_000 + b"{}]", "more than 2,000,000 values"),
        (b" " * ((64 << 20) + 1), "is larger than 64 MiB"),
    ],
)
def test_files_that_are_no_json_of_ours_are_refused(data, told):
    with pytest.raises(ProjectFormatError) as caught:
        decode(data, "Duck.pctalk")
    assert told in caught.value.user_text
    assert "'Duck.pctalk'" in caught.value.user_text


@pytest.mark.parametrize("tree", [[], 1, None, "x", {}, {"schema": "Project.1"}, {"schema": ["ProjectFile.1"]}])
def test_other_json_is_no_project(tree):
    assert refusal(tree) == "'Duck.pctalk' is no project of pctalk-studio; choose a file that ends in .pctalk."


def test_what_is_kept_unread_may_not_be_deep():
    tree = tree_of(a_project())
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    tree["project"]["more"] = deep
    assert "project is nested too deeply" in refusal(tree)


@pytest.mark.parametrize(
    "project",
    [
        Project(markers=(Marker(1, float("inf")),), next_id=2),
        replace(a_project(), media=replace(a_project().media, portrait=MediaReference("b\udcff.png", "0" * 32))),
    ],
)
def test_what_has_no_form_in_the_file_is_not_written(project):
    with pytest.raises(ProjectSaveError, match=r"^The project cannot be saved: project\."):
        encode(project)
