"""Lips and emotions by networks: what a person directs acts on them as on the rules, and closures hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.facts import frontal_rig, spoken
from helpers.toy_networks import ToyMotion

from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.motion import MOUTH_CHANNELS
from pctalk_studio.core.speech import Alignment, Phone, Word
from pctalk_studio.deformation.evaluate import Evaluator
from pctalk_studio.deformation.lac.learned import BELIEVED, DOUBTED, Ear, belief
from pctalk_studio.document.curves import Curve
from pctalk_studio.document.edits import EDITS
from pctalk_studio.document.learned import Learned, LearnedStyle
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, Project, Side
from pctalk_studio.document.speech_track import SpeechTrack

SEAL = MOUTH_CHANNELS.index("seal")
PHONES = [("SIL", 0.4), ("AA", 0.3), ("P", 0.12), ("AA", 0.3), ("S", 0.2), ("SIL", 0.4)]


def facts():
    phones, now = [], 0.0
    for label, length in PHONES:
        phones.append(Phone(label, now, now + length, 1 if label == "AA" else None))
        now += length
    return spoken(Alignment(now, (Word("apas", 0.4, 1.32),), tuple(phones)))


class Clip:
    """An evaluator with the toy networks, and how wide the mouth is open."""

    def __init__(self, widest: float = 0.15):
        self.toy, speech = ToyMotion(widest), facts()
        mel = np.full((1 + round(speech.alignment.duration * 80), 80), -4.0, np.float32)
        self.evaluator = Evaluator(frontal_rig(), speech, lambda: Ear(mel, self.toy))
        self.plain = Project(speech=SpeechTrack.of(speech.alignment))

    def motion(self, project: Project | None = None, **learned):
        return self.evaluator.motion(replace(project or self.plain, learned=Learned(**learned)))

    def gap(self, project: Project | None = None, **learned) -> np.ndarray:
        lip = self.motion(project, **learned).lip
        # The mean face holds its lips 0.002 E apart.
        return 0.002 + lip[:, MESH.index("lip_lower_mid"), 1] - lip[:, MESH.index("lip_upper_mid"), 1]


@pytest.fixture
def clip():
    return Clip()


def at(seconds: float) -> int:
    return round(seconds * 25)


def test_without_a_share_no_network_is_asked(clip):
    clip.motion(lips=0.0)
    assert clip.toy.asked == []


def test_the_networks_open_the_mouth_as_wide_as_they_say_and_what_they_take_for_closed_is_closed(clip):
    gap = clip.gap(lips=1.0)
    assert gap[at(0.55)] == pytest.approx(0.15, abs=0.02)
    assert abs(gap[at(0.1)]) < 0.004
    assert Clip(0.08).gap(lips=1.0)[at(0.55)] == pytest.approx(0.08, abs=0.015)


def test_a_blend_lies_between():
    clip = Clip(0.08)
    rules, half, ear = (clip.gap(lips=share) for share in (0.0, 0.5, 1.0))
    frame = at(0.55)
    assert abs(rules[frame] - ear[frame]) > 0.01
    assert half[frame] == pytest.approx((rules[frame] + ear[frame]) / 2, abs=0.005)


def test_closures_hold_whoever_moves_the_lips(clip):
    wide = Clip(0.3)
    seal = wide.motion(lips=1.0).mouth[:, SEAL]
    assert seal[at(0.7) : at(0.86)].max() == 1.0
    assert wide.gap(lips=1.0)[at(0.7) : at(0.86)].min() == pytest.approx(0.0, abs=1e-6)


def test_lip_scale_and_word_styles_act_on_heard_lips(clip):
    plain = clip.gap(lips=1.0)
    small = clip.gap(EDITS["set_lip_scale"](clip.plain, scale=0.5), lips=1.0)
    assert small[at(0.55)] == pytest.approx(0.5 * plain[at(0.55)], rel=0.15)
    word = clip.plain.speech.words[0]
    opened = EDITS["set_word_style"](clip.plain, word_ids=[word.id], style=replace(word.style, open=1.6))
    assert clip.gap(opened, lips=1.0)[at(0.55)] > 1.2 * plain[at(0.55)]
    still = EDITS["set_lip_scale"](clip.plain, scale=0.0)
    assert np.abs(clip.gap(still, lips=1.0)).max() < 1e-6


def test_a_moved_boundary_moves_heard_lips(clip):
    before = clip.gap(lips=1.0)
    moved = EDITS["move_boundary"](clip.plain, time=1.12, to=1.26)
    after = clip.gap(moved, lips=1.0)
    assert after[at(1.2)] > before[at(1.2)] + 0.03
    np.testing.assert_array_equal(before[: at(0.3)], after[: at(0.3)])


def guessed(trust: float, method: str = "recognised") -> Alignment:
    return replace(facts().alignment, method=method, trust=trust)


@pytest.mark.parametrize("method", ["recognised", "phone-loop"])
def test_badly_recognised_phones_give_way_to_the_sound(method):
    assert (belief(guessed(DOUBTED, method)) == 0).all()
    assert belief(guessed((DOUBTED + BELIEVED) / 2, method)) == pytest.approx(0.5)
    assert belief(guessed(BELIEVED, method)) == pytest.approx(1.0)


@pytest.mark.parametrize("method", ["transcript", "imported"])
def test_phones_that_were_told_are_believed(method):
    assert (belief(guessed(0.1, method)) == 1).all()


def test_half_believed_phones_open_the_mouth_half_as_far_in_silence():
    clip = Clip()
    known = clip.gap(lips=1.0)[at(0.55)]
    half = clip.gap(replace(clip.plain, speech=SpeechTrack.of(guessed((DOUBTED + BELIEVED) / 2))), lips=1.0)[at(0.55)]
    doubted = clip.gap(replace(clip.plain, speech=SpeechTrack.of(guessed(DOUBTED))), lips=1.0)[at(0.55)]
    # Nothing is to be heard, so that by the sound alone the mouth stays nearly shut.
    assert doubted < 0.03 < 0.13 < known
    assert half == pytest.approx(known / 2, abs=0.005)


def test_what_a_person_sets_in_doubtful_phones_moves_the_lips():
    clip = Clip()
    doubtful = replace(clip.plain, speech=SpeechTrack.of(guessed(DOUBTED)))
    before = clip.gap(doubtful, lips=1.0)
    moved = EDITS["move_boundary"](doubtful, time=1.12, to=1.26)
    after = clip.gap(moved, lips=1.0)
    assert np.abs(before).max() < 0.03
    assert after[at(1.05)] > 0.1
    assert after[at(0.55)] < 0.03, "a vowel that nobody touched is as doubtful as before"


def test_what_an_edit_leaves_alone_is_not_asked_again(clip):
    clip.motion(lips=1.0)
    for project in (EDITS["set_lip_scale"](clip.plain, scale=1.3), EDITS["set_seed"](clip.plain, seed=4)):
        clip.motion(project, lips=0.7)
    assert len(clip.toy.asked) == 1
    clip.motion(lips=1.0, style=LearnedStyle("Anna", (0.5, 0.5)))
    assert len(clip.toy.asked) == 2
    assert clip.toy.asked[1].style.embedding.tolist() == [0.5, 0.5]


def test_motion_does_not_depend_on_what_was_asked_before(clip):
    clip.motion(lips=0.3, emotion=0.2)
    again = clip.motion(lips=1.0).quantised()
    np.testing.assert_array_equal(again, Clip().motion(lips=1.0).quantised())


def test_without_networks_the_project_says_so():
    evaluator = Evaluator(frontal_rig(), facts())
    with pytest.raises(WeightsError, match="let the phones move them"):
        evaluator.motion(Project(learned=Learned(lips=0.5)))


def happy(**more) -> EmotionClip:
    return EmotionClip(Emotion.HAPPY, **{"start": 0.0, "fade_in": 0.0, "id": 1, **more})


def raised(clip: Clip, felt: EmotionClip, name: str = "brow_inner_right", **learned) -> float:
    motion = clip.motion(replace(clip.plain, emotions=(felt,)), **learned)
    return -float(motion.emotion[at(1.0), MESH.index(name), 1])


def test_a_network_makes_emotions_by_intensity_region_and_side(clip):
    whole = raised(clip, happy(), emotion=1.0)
    assert whole == pytest.approx(0.1, rel=0.1)
    assert raised(clip, happy(intensity=0.5), emotion=1.0) == pytest.approx(whole / 2)
    assert raised(clip, happy(envelope=Curve(0.5)), emotion=1.0) == pytest.approx(whole / 2)
    assert abs(raised(clip, happy(regions=frozenset({EmotionRegion.MOUTH})), emotion=1.0)) < 0.02
    assert raised(clip, happy(), "lip_corner_right", emotion=1.0) > 0.05
    left = happy(side=Side.LEFT)
    assert raised(clip, left, "brow_inner_left", emotion=1.0) == pytest.approx(whole)
    assert abs(raised(clip, left, "brow_inner_right", emotion=1.0)) < 0.02


def test_emotions_of_tables_and_networks_blend(clip):
    tables, half, network = (raised(clip, happy(), "lip_corner_right", emotion=share) for share in (0.0, 0.5, 1.0))
    assert half == pytest.approx((tables + network) / 2, abs=0.012)


def test_neutral_and_looks_ask_no_network(clip):
    neutral = clip.motion(replace(clip.plain, emotions=(EmotionClip(Emotion.NEUTRAL, id=1),)), emotion=1.0)
    assert not neutral.emotion.any()
    assert clip.toy.asked == []


def test_closures_hold_under_emotions_of_a_network(clip):
    motion = clip.motion(replace(clip.plain, emotions=(happy(intensity=1.5),)), lips=1.0, emotion=1.0)
    assert motion.mouth[at(0.7) : at(0.86), SEAL].max() == 1.0


def test_phones_that_are_not_believed_are_not_asked_about(clip):
    clip.gap(replace(clip.plain, speech=SpeechTrack.of(guessed(DOUBTED))), lips=1.0)
    assert [bool(request.phones.any()) for request in clip.toy.asked] == [False]
    clip.gap(replace(clip.plain, speech=SpeechTrack.of(guessed((DOUBTED + BELIEVED) / 2))), lips=1.0)
    assert [bool(request.phones.any()) for request in clip.toy.asked] == [False, True, False]
