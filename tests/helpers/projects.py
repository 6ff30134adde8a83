"""Projects, and edits of every kind, drawn at random: for property tests of documents, files, frames and scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from helpers.performances import take
from hypothesis import strategies as st

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.core.speech import ARPABET, SILENCE, Alignment, Phone, Word
from pctalk_studio.core.time import FrameRate
from pctalk_studio.document.curves import Curve, Handle, Interpolation, Key
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.edits.keys import LIMITS, CurveName
from pctalk_studio.document.edits.presets import StylePreset
from pctalk_studio.document.learned import LearnedStyle
from pctalk_studio.document.looks import ActionUnit, UnitStrength
from pctalk_studio.document.masks import MASK_SIDE, Brush, Dab, FaceMask, StrokeMode
from pctalk_studio.document.performance import Convention, Ending, PartStrengths, PerformanceClip, PerformancePart
from pctalk_studio.document.project import (
    Emotion,
    EmotionClip,
    EmotionRegion,
    EmotionSource,
    Gaze,
    HeadMotion,
    Media,
    MediaReference,
    Project,
    RenderSettings,
    Side,
    StyleAxes,
    Track,
)
from pctalk_studio.document.speech_track import Owner, SpeechTrack, WordStyle

DURATION = 2.4
SENTENCE = (("a", ("AH",)), ("duck", ("D", "AH", "K")), ("swims", ("S", "W", "IH", "M", "Z")), ("too", ("T", "UW")))


def sentence(duration: float = DURATION) -> Alignment:
    """A short sentence with a pause at either end and one inside."""
    phones, words, time = [Phone(SILENCE, 0.0, 0.3)], [], 0.3
    step = (duration - 1.0) / sum(len(labels) for _, labels in SENTENCE)
    for text, labels in SENTENCE:
        start = time
        for label in labels:
            phones.append(Phone(label, time, time + step, confidence=0.9))
            time += step
        words.append(Word(text, start, time, 0.9))
        if text == "duck":
            phones.append(Phone(SILENCE, time, time + 0.3))
            time += 0.3
    phones.append(Phone(SILENCE, time, duration))
    return Alignment(duration, tuple(words), tuple(phones))


def a_project() -> Project:
    """A project with something on most tracks."""
    clip = EmotionClip(Emotion.HAPPY, 0.7, start=0.5, end=1.8, id=1)
    return Project(
        media=Media(MediaReference("portrait.png", "a" * 32), MediaReference("speech.wav", "b" * 32), "A duck swims too."),
        speech=SpeechTrack.of(sentence()),
        emotions=(clip,),
        lip_scale_keys=Curve(1.0, (Key(0.4, 1.0), Key(1.2, 1.4))),
        next_id=2,
    )


times = st.floats(-0.2, DURATION + 0.2)
gains = st.floats(-0.1, 2.1)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
handles = st.none() | st.builds(Handle, st.floats(0, 0.5), st.floats(-1, 1))
masks = st.binary(min_size=16, max_size=16).map(lambda tile: FaceMask(tile * (MASK_SIDE**2 // 16)))
dabs = st.lists(st.builds(Dab, st.floats(-1.3, 1.3), st.floats(-1, 1.6), st.floats(0, 1)), max_size=3)
brushes = st.builds(Brush, st.floats(0.05, 0.4), st.floats(0, 1), st.floats(0, 1), st.sampled_from(StrokeMode), st.booleans())


def _ids(items: tuple[Any, ...]) -> st.SearchStrategy[int]:
    return st.sampled_from([item.id for item in items] + [9999])


def _clip() -> st.SearchStrategy[EmotionClip]:
    spans = st.tuples(st.none() | st.floats(0, 1), st.none() | st.floats(1.1, DURATION))
    return st.builds(
        lambda emotion, intensity, regions, side, span, source, mask, look, confidence: EmotionClip(
            emotion, intensity, frozenset(regions), side, *span, source=source, mask=mask, look=look, confidence=confidence
        ),
        st.sampled_from(Emotion),
        st.floats(0, 1.5),
        st.lists(st.sampled_from(EmotionRegion)),
        st.sampled_from(Side),
        spans,
        st.sampled_from(EmotionSource),
        st.none() | masks,
        st.lists(st.builds(UnitStrength, st.sampled_from(ActionUnit), st.floats(0, 2), st.floats(0, 2)), max_size=3).map(
            lambda units: tuple({strength.unit: strength for strength in units}.values())
        ),
        st.floats(0, 1),
    )


TAKES = (take(6), take(9, "turn", yaw=-8), take(1, "still"))


def _performance() -> st.SearchStrategy[PerformanceClip]:
    return st.builds(
        PerformanceClip,
        st.just(0),
        texts,
        st.floats(-0.1, 1),
        st.floats(0.9, DURATION + 2),
        st.floats(-1, 1),
        st.floats(0.05, 4),
        st.sampled_from(Ending),
        st.sampled_from(Convention),
        st.frozensets(st.sampled_from(PerformancePart)),
        st.builds(PartStrengths, *(st.floats(0, 1.5) for _ in PerformancePart)),
        st.floats(0, 1),
        st.floats(0, 1),
    )


def _performance_arguments(name: str, project: Project) -> dict[str, st.SearchStrategy[Any]]:
    """Arguments of the edits of performances."""
    if name == "add_performance":
        return {"take": st.sampled_from(TAKES), "clip": _performance()}
    others: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "delete_performance": {},
        "move_performance": {"by": st.floats(-1, 1)},
        "trim_performance": {"start": times, "end": times},
        "slip_performance": {"offset": st.floats(-1, 1)},
        "split_performance": {"at": times},
        "fade_performance": {"fade_in": st.floats(-0.1, 2), "fade_out": st.floats(0, 2)},
        "reorder_performance": {"to": st.integers(-1, 3)},
        "rename_performance": {"name": texts},
        "set_performance_speed": {"speed": st.floats(0, 4)},
        "set_performance_ending": {"ending": st.sampled_from(Ending)},
        "set_performance_convention": {"convention": st.sampled_from(Convention)},
        "set_performance_parts": {"parts": st.lists(st.sampled_from(PerformancePart))},
        "set_performance_strengths": {"strengths": st.builds(PartStrengths, st.floats(-0.1, 1.6))},
    }
    return {"clip": _ids(project.performances), **others[name]}


def _curve_choice(project: Project) -> st.SearchStrategy[dict[str, Any]]:
    plain = st.sampled_from([name for name in CurveName if name is not CurveName.ENVELOPE])
    choice = st.fixed_dictionaries({"curve": plain})
    if project.emotions:
        choice = choice | st.fixed_dictionaries({"curve": st.just(CurveName.ENVELOPE), "clip": _ids(project.emotions)})
    return choice


def _key(name: CurveName) -> st.SearchStrategy[Key]:
    low, high = LIMITS[name]
    return st.builds(
        lambda time, value, kind, back, forth: Key(time, value, kind, back and Handle(-back.time, back.value), forth),
        st.floats(0, DURATION),
        st.floats(low, high),
        st.sampled_from(Interpolation),
        handles,
        handles,
    )


def _key_arguments(name: str, project: Project, draw: Callable[..., Any]) -> dict[str, Any]:
    from pctalk_studio.document.edits.keys import curve_of

    chosen = draw(_curve_choice(project))
    if name == "set_key":
        return {**chosen, "key": draw(_key(chosen["curve"]))}
    if name == "paste_keys":
        return {**chosen, "keys": draw(st.lists(_key(chosen["curve"]), max_size=3)), "at": draw(times)}
    try:
        present = [key.time for key in curve_of(project, chosen["curve"], chosen.get("clip")).keys]
    except EditRejected:
        present = []
    picked = draw(st.lists(st.sampled_from([*present, 77.0]), max_size=3, unique=True))
    extra = {
        "delete_keys": {},
        "move_keys": {"by": draw(st.floats(-0.5, 0.5)), "value": draw(st.floats(-0.3, 0.3))},
        "scale_keys": {"pivot": draw(times), "factor": draw(st.floats(-0.5, 3)), "value_factor": draw(st.floats(0, 2))},
        "set_interpolation": {"interpolation": draw(st.sampled_from(Interpolation))},
    }[name]
    return {**chosen, "times": picked, **extra}


def _arguments(name: str, project: Project, draw: Callable[..., Any]) -> dict[str, Any]:
    words, phones, clips = _ids(project.speech.words), _ids(project.speech.phones), _ids(project.emotions)
    edges = st.sampled_from([phone.end for phone in project.speech.phones] + [0.123])
    spans = st.tuples(times, times)
    style = st.builds(WordStyle, *(st.floats(0, 2) for _ in range(4)), st.floats(0, 0.2))
    label = st.sampled_from((*ARPABET, SILENCE, "QQ"))
    stress = st.sampled_from([None, 0, 1, 2])
    some = {
        "set_speech": {"found": st.just(sentence(3.0)), "transcript": st.none() | texts},
        "realign": {"found": st.sampled_from([sentence(), sentence(3.0)]), "start": times, "end": st.none() | times},
        "move_boundary": {"time": edges, "to": times, "ripple": st.booleans()},
        "split_phone": {"phone_id": phones, "at": times},
        "merge_phones": {"first_id": phones, "second_id": phones},
        "relabel_phone": {"phone_id": phones, "label": label, "stress": stress},
        "insert_phone": {"label": label, "start": times, "end": times, "stress": stress},
        "delete_phone": {"phone_id": phones},
        "relabel_word": {"word_id": words, "text": texts},
        "split_word": {"word_id": words, "at": edges, "first": texts, "second": texts},
        "merge_words": {"first_id": words, "second_id": words},
        "insert_word": {"text": texts, "start": times, "end": times},
        "delete_word": {"word_id": words},
        "set_owner": {"item_id": words | phones, "owner": st.sampled_from(Owner)},
        "set_word_style": {"word_ids": st.lists(words, max_size=3), "style": style},
        "set_style": {"style": st.builds(StyleAxes, *(st.floats(0, 2) for _ in range(3)))},
        "set_lip_scale": {"scale": gains},
        "set_follow_volume": {"amount": gains},
        "set_learned_lips": {"share": gains},
        "set_learned_emotion": {"share": gains},
        "set_learned_style": {"style": st.none() | st.just(LearnedStyle("Anna", (0.5, -1.25)))},
        "set_head": {"head": st.sampled_from(HeadMotion)},
        "set_gaze": {"gaze": st.sampled_from(Gaze)},
        "set_blink": {"automatic": st.booleans()},
        "set_lead": {"seconds": st.floats(-0.3, 0.3)},
        "set_seed": {"seed": st.integers(-1, 2**31)},
        "set_rate": {"rate": st.builds(FrameRate, st.fractions(10, 60, max_denominator=1001))},
        "set_media": {"media": st.builds(Media, face=st.none() | st.integers(1, 9))},
        "set_render": {
            "settings": st.builds(RenderSettings, crop_to_face=st.booleans(), longest=st.none() | st.integers(64, 900))
        },
        "set_muted": {"track": st.sampled_from(Track), "on": st.booleans()},
        "set_solo": {"track": st.sampled_from(Track), "on": st.booleans()},
        "add_emotion": {"clip": _clip()},
        "delete_emotion": {"clip": clips},
        "move_emotion": {"clip": clips, "by": st.floats(-1, 1)},
        "fade_emotion": {"clip": clips, "fade_in": st.none() | st.floats(-0.1, 2), "fade_out": st.none() | st.floats(0, 2)},
        "reorder_emotion": {"clip": clips, "to": st.integers(-1, 3)},
        "set_emotion": {"clip": clips, "emotion": st.sampled_from(Emotion)},
        "set_intensity": {"clips": st.lists(clips, max_size=2), "intensity": gains},
        "set_regions": {"clip": clips, "regions": st.lists(st.sampled_from(EmotionRegion))},
        "set_side": {"clip": clips, "side": st.sampled_from(Side)},
        "paint_stroke": {"clip": clips, "brush": brushes, "dabs": dabs},
        "set_mask": {"clip": clips, "mask": st.none() | masks},
        "apply_preset": {"preset": st.builds(StylePreset, st.just("Clear"), st.just(StyleAxes(1.2, 1.1, 0.9)), gains)},
        "copy_word_style": {"source": words, "targets": st.lists(words, max_size=3)},
        "copy_emotion_controls": {"source": clips, "targets": st.lists(clips, max_size=3)},
        "look_at": {"x": st.floats(-14, 14), "y": st.floats(-14, 14), "start": times, "end": times},
        "add_blink": {"time": times, "held": st.floats(-0.1, 1), "strength": st.floats(0, 1.1)},
        "move_blink": {"blink": _ids(project.blinks), "to": times},
        "change_blink": {
            "blink": _ids(project.blinks),
            "time": times,
            "held": st.floats(-0.1, 1),
            "strength": st.floats(0, 1.1),
        },
        "delete_blink": {"blink": _ids(project.blinks)},
        "remove_automatic_blink": {"time": times},
        "restore_automatic_blinks": {},
        "add_marker": {"time": times, "label": texts},
        "change_marker": {"marker": _ids(project.markers), "time": times, "label": texts},
        "delete_marker": {"marker": _ids(project.markers)},
        "remove_beyond": {},
        "set_range": {"start": st.none() | times, "end": st.none() | times},
    }
    if name.endswith(("_performance", *(f"_performance_{what}" for what in PERFORMED_BY))):
        return {argument: draw(strategy) for argument, strategy in _performance_arguments(name, project).items()}
    if name == "trim_emotion":
        start, end = draw(spans)
        return {"clip": draw(clips), "start": start, "end": end}
    return {argument: draw(strategy) for argument, strategy in some[name].items()}


PERFORMED_BY = ("speed", "ending", "convention", "parts", "strengths")
KEY_EDITS = {"set_key", "delete_keys", "move_keys", "scale_keys", "set_interpolation", "paste_keys"}


def draw_edit(draw: Callable[..., Any], project: Project, name: str | None = None) -> tuple[str, dict[str, Any]]:
    """A named edit with arguments that mostly suit a project, and sometimes do not."""
    name = name or draw(st.sampled_from(sorted(EDITS)))
    arguments = _key_arguments if name in KEY_EDITS else _arguments
    try:
        return name, arguments(name, project, draw)
    except EditRejected:
        # An argument that cannot even be built is as good a rejection as any; the project stays.
        return "set_seed", {"seed": -1}


def attempt(project: Project, name: str, arguments: dict[str, Any]) -> Project:
    """Apply an edit; the project itself when it is rejected."""
    try:
        return EDITS[name](project, **arguments)
    except EditRejected:
        return project


@st.composite
def edited_projects(draw: st.DrawFn, most: int = 8) -> Project:
    """A project after some random edits."""
    project = draw(st.sampled_from([a_project(), Project()]))
    for _ in range(draw(st.integers(0, most))):
        project = attempt(project, *draw_edit(draw, project))
    return replace(project)
