"""One stored file for each version of each record, never written again: what was saved once means the same for ever.

Each file holds a record with the least that it can say, and with everything. A default or meaning that changes without a new
version fails here. The expected values are in code; the files were made once, read by a person, and are not to be regenerated.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from helpers.performances import take

from pctalk_studio.core.problems import Problem
from pctalk_studio.core.time import FrameRate
from pctalk_studio.document.curves import Curve, Handle, Interpolation, Key
from pctalk_studio.document.learned import Learned, LearnedStyle
from pctalk_studio.document.looks import ActionUnit, UnitStrength
from pctalk_studio.document.masks import MASK_SIDE, FaceMask
from pctalk_studio.document.performance import Convention, Ending, PartStrengths, PerformanceClip, PerformancePart
from pctalk_studio.document.project import (
    BlinkEvent,
    Emotion,
    EmotionClip,
    EmotionRegion,
    EmotionSource,
    Gaze,
    GazeKeys,
    HeadKeys,
    HeadMotion,
    Marker,
    Media,
    MediaReference,
    Project,
    RenderSettings,
    Side,
    StyleAxes,
    Track,
)
from pctalk_studio.document.speech_track import Owner, PhoneItem, SpeechTrack, WordItem, WordStyle
from pctalk_studio.storage.codec import decode, decode_value, encode_value
from pctalk_studio.storage.extras import Extras
from pctalk_studio.storage.mask_png import weights_of
from pctalk_studio.storage.packed_rows import rows_of
from pctalk_studio.storage.reading import Reader
from pctalk_studio.storage.schema import SCHEMA, VERSIONS, ProjectFile, records_of, shape_of
from pctalk_studio.storage.upgrades import Format
from pctalk_studio.storage.writing import Writer

BASELINES = Path(__file__).parent.parent / "baselines"

RAMP = FaceMask(bytes(range(MASK_SIDE)) * MASK_SIDE)
CURVE = Curve(1.0, (Key(0.1, 1.0), Key(0.7, 1.25, Interpolation.BEZIER, Handle(-0.1, 0.0), Handle(0.2, 0.05))))
DUCK = WordItem(1, "duck", 0.1, 0.5, 0.75, False, Owner.LOCKED, WordStyle(1.5, 0.5, 2.0, 1.1, 0.1))
TRACK = SpeechTrack(
    0.9,
    (DUCK,),
    (PhoneItem(2, "SIL", 0.0, 0.1), PhoneItem(3, "AH", 0.1, 0.9, 1, 0.5, Owner.EDITED)),
    0.8,
    "recognised",
    (Problem("word-not-said", "'duck' was not said.", 0.1, 0.5),),
    4,
)
SMIRK = UnitStrength(ActionUnit.AU14, 0.75, 0.0)
CLIP = EmotionClip(
    Emotion.CONTEMPT,
    0.7,
    frozenset({EmotionRegion.MOUTH, EmotionRegion.BROWS}),
    Side.LEFT,
    0.25,
    1.75,
    1,
    EmotionSource.AUDIO,
    Curve(1.0, (Key(0.3, 0.5),)),
    0.2,
    0.4,
    RAMP,
)
MEDIA = Media(
    MediaReference("media/portrait.png", "0123456789abcdef0123456789abcdef"),
    MediaReference("/sounds/Äpfel.wav", "fedcba9876543210fedcba9876543210"),
    "A duck\nswims.",
    2,
    (("left eye", 100.5, 120.0), ("nose", 128.0, 160.25)),
)
PROJECT_1 = Project(
    rate=FrameRate(Fraction(30000, 1001)),
    style=StyleAxes(1.2, 0.9, 0.0),
    lip_scale=1.1,
    follow_volume=0.25,
    emotions=(CLIP,),
    head=HeadMotion.LIVELY,
    gaze=Gaze.CAMERA,
    blink=False,
    lead=-0.04,
    seed=7,
    media=MEDIA,
    speech=TRACK,
    style_preset="Clear",
    lip_scale_keys=CURVE,
    head_keys=HeadKeys(yaw=Curve(0.5, (Key(0.0, -2.0, Interpolation.HOLD),))),
    gaze_keys=GazeKeys(y=Curve(0.0, (Key(0.2, 3.0, Interpolation.LINEAR),))),
    blinks=(BlinkEvent(2, 0.5),),
    blinks_removed=(0.25, 0.8),
    muted=frozenset({Track.HEAD, Track.BLINK}),
    soloed=frozenset({Track.LIPS}),
    markers=(Marker(3, 0.4, "Wing"),),
    in_point=0.1,
    out_point=0.8,
    render=RenderSettings("liveportrait", True, 720, (640, 480), 23),
    next_id=4,
)
TAKE = replace(take(3), id=4)
PLAYED = PerformanceClip(
    4,
    "Nod",
    0.25,
    0.75,
    -0.125,
    2.0,
    Ending.LOOP,
    Convention.ABSOLUTE,
    frozenset({PerformancePart.HEAD, PerformancePart.MOUTH}),
    PartStrengths(0.5, 1.25, 0.75, 1.5),
    0.5,
    0.0,
    5,
)
PROJECT = replace(
    PROJECT_1,
    soloed=frozenset({Track.LIPS, Track.PERFORMANCE}),
    takes=(TAKE,),
    performances=(PLAYED,),
    learned=Learned(0.75, 0.25, LearnedStyle("Anna", (0.5, -1.25))),
    next_id=6,
)

NEWEST: dict[str, tuple[object, object]] = {
    "ProjectFile": (ProjectFile("0.1.0", Project()), ProjectFile("0.1.0", PROJECT_1)),
    "Project": (Project(), PROJECT),
    "StyleAxes": (StyleAxes(), StyleAxes(1.2, 0.9, 0.0)),
    "EmotionClip": (EmotionClip(Emotion.HAPPY), replace(CLIP, look=(SMIRK,), confidence=0.625)),
    "UnitStrength": (SMIRK, SMIRK),
    "HeadKeys": (
        HeadKeys(),
        HeadKeys(*(Curve(0.125 * n) for n in range(1, 6)), Curve(1.5, (Key(1.0, 0.75),))),
    ),
    "GazeKeys": (GazeKeys(), GazeKeys(Curve(1.0), Curve(-1.0, (Key(0.5, 12.0),)))),
    "BlinkEvent": (BlinkEvent(3, 0.5), BlinkEvent(3, 0.5, 0.125, 0.75)),
    "Marker": (Marker(4, 1.5), Marker(4, 1.5, "Flügel „auf“")),
    "MediaReference": (MediaReference("a.png", "0" * 32), MediaReference("media/b.wav", "f" * 32)),
    "Media": (Media(), MEDIA),
    "RenderSettings": (RenderSettings(), RenderSettings("liveportrait", True, 720, (640, 480), 23)),
    "SpeechTrack": (SpeechTrack(), TRACK),
    "WordItem": (WordItem(1, "a", 0.1, 0.2), DUCK),
    "WordStyle": (WordStyle(), WordStyle(1.5, 0.5, 2.0, 1.1, 0.1)),
    "PhoneItem": (PhoneItem(5, "SIL", 0.0, 0.3), PhoneItem(5, "UW", 0.3, 0.1 + 0.2, 2, 0.5, Owner.EDITED)),
    "Problem": (Problem("face-lost", "No face."), Problem("word-not-said", "'duck' was not said.", 0.25, 0.5)),
    "Curve": (Curve(0.5), CURVE),
    "Key": (Key(0.5, 1.0), Key(0.5, 1.0, Interpolation.BEZIER, Handle(-0.25, 0.5), Handle(0.25, -0.5))),
    "Handle": (Handle(-0.25, 0.5), Handle(1e-05, -1.7976931348623157e308)),
    "FaceMask": (FaceMask(), RAMP),
    "Take": (replace(TAKE, name=""), TAKE),
    "PerformanceClip": (PerformanceClip(4), PLAYED),
    "PartStrengths": (PartStrengths(), PartStrengths(0.5, 1.25, 0.75, 1.5)),
    "Learned": (Learned(), PROJECT.learned),
    "LearnedStyle": (LearnedStyle("Anna", (0.5, -1.25)), LearnedStyle("Anna", (0.5, -1.25))),
}
"""What the baselines of the newest versions hold: the least, and everything."""

OLDER: dict[str, tuple[object, object]] = {"Project.1.json": (Project(), PROJECT_1)}
"""The same for those of versions that are no longer written."""


def _names_of_baselines(versions: dict[str, int]) -> set[str]:
    return {f"{name}.{version}.json" for name, newest in versions.items() for version in range(1, newest + 1)}


def test_every_version_has_a_baseline():
    assert {path.name for path in BASELINES.glob("*.json")} == _names_of_baselines(dict(VERSIONS))


def test_a_new_version_would_lack_its_baseline():
    assert "Key.2.json" in _names_of_baselines({**VERSIONS, "Key": 2})


def test_every_record_of_a_project_has_a_version():
    assert set(records_of(shape_of(ProjectFile))) == set(VERSIONS)


def test_every_step_has_an_upgrade():
    assert Format().gaps() == []
    assert Format({"Key": 3}, {("Key", 1): dict}).gaps() == [("Key", 2)]


def _unpacked(node: object) -> object:
    """A node with its masks and recordings as bytes: how they are packed is a matter of the library that packs them."""
    if isinstance(node, list):
        return [_unpacked(each) for each in node]
    if not isinstance(node, dict):
        return node
    name = str(node.get(SCHEMA)).partition(".")[0]
    unpack = {("FaceMask", "weights"): weights_of, ("Take", "rows"): rows_of}
    return {key: unpack.get((name, key), _unpacked)(value) for key, value in node.items()}


def _own(node: dict[str, object]) -> object:
    """A record without the insides of those in it, each of which has a baseline and versions of its own."""

    def named(value: object) -> object:
        if isinstance(value, list):
            return [named(each) for each in value]
        return str(value.get(SCHEMA)).partition(".")[0] if isinstance(value, dict) else value

    return {key: named(value) for key, value in node.items()}


@pytest.mark.parametrize("name", sorted(_names_of_baselines(dict(VERSIONS))))
def test_baselines_mean_what_they_meant(name):
    record = name.split(".")[0]
    stored = json.loads((BASELINES / name).read_text(encoding="utf-8"))
    for node, expected in zip((stored["least"], stored["full"]), OLDER.get(name, NEWEST[record]), strict=True):
        assert Reader(Format()).read(shape_of(type(expected)), node, ()) == expected


@pytest.mark.parametrize("name", sorted(VERSIONS))
def test_the_newest_baselines_are_what_is_written(name):
    stored = json.loads((BASELINES / f"{name}.{VERSIONS[name]}.json").read_text(encoding="utf-8"))
    kind = shape_of(type(NEWEST[name][1]))
    assert _own(_unpacked(Writer(Extras()).write(kind, NEWEST[name][1], ()))) == _own(_unpacked(stored["full"]))


@pytest.mark.parametrize("name", sorted(VERSIONS))
def test_baselines_leave_nothing_out(name):
    """Every field differs from its default somewhere in the full record, so none can go unread."""
    least, full = (
        json.loads((BASELINES / f"{name}.{VERSIONS[name]}.json").read_text("utf-8"))[part] for part in ("least", "full")
    )
    fields = [field.name for field in records_of(shape_of(ProjectFile))[name].fields]
    assert [SCHEMA, *fields] == list(full)
    assert set(least) <= set(full)


def test_the_stored_project_opens():
    stored = json.loads((BASELINES / "ProjectFile.1.json").read_text(encoding="utf-8"))
    decoded = decode(json.dumps(stored["full"]).encode(), "baseline")
    assert (decoded.project, decoded.extras.items, decoded.written_by, decoded.upgraded) == (PROJECT_1, (), "0.1.0", True)


def test_values_for_scripts_need_not_say_what_they_are():
    node = encode_value(Key, NEWEST["Key"][1])
    del node["schema"], node["leaving"]["schema"]
    assert decode_value(Key, node) == NEWEST["Key"][1]
