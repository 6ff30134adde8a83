"""evaluate: what a whole clip's motion must hold, whatever the speech and the controls."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pctalk_studio.core.keypoints import MESH, Region
from pctalk_studio.core.motion import MOUTH_CHANNELS, Motion
from pctalk_studio.core.problems import LIPS_UNCLEAR, Problem
from pctalk_studio.core.speech import ARPABET, BILABIALS, SILENCE, VOWELS, Alignment, Phone, SpeechFacts, Word
from pctalk_studio.core.time import FrameRate
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.deformation.lac.mapping import UNDER_HAIR
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, Gaze, HeadMotion, Project, StyleAxes

RATES = ("24", "25", "30000/1001", "30", "60")
SEAL = MOUTH_CHANNELS.index("seal")


def at(rate: str) -> FrameRate:
    return FrameRate(Fraction(rate))


def gap(motion: Motion, rig) -> np.ndarray:
    total = motion.lip + motion.emotion
    upper, lower = MESH.index("lip_upper_mid"), MESH.index("lip_lower_mid")
    return rig.shape[14, 1] - rig.shape[13, 1] + total[:, lower, 1] - total[:, upper, 1]


def times(motion: Motion) -> np.ndarray:
    return np.arange(len(motion)) / float(motion.rate)


def arrays(motion: Motion) -> tuple[np.ndarray, ...]:
    return motion.lip, motion.emotion, motion.pose, motion.eyes, motion.mouth, motion.target_openness


PHONES = st.lists(st.tuples(st.sampled_from([*ARPABET, SILENCE]), st.one_of(st.just(0.0), st.floats(0.001, 0.6))), max_size=25)
CLIPS = st.lists(
    st.builds(
        EmotionClip,
        emotion=st.sampled_from(Emotion),
        intensity=st.floats(0, 1.5),
        regions=st.frozensets(st.sampled_from(EmotionRegion)),
        start=st.one_of(st.none(), st.floats(0, 3)),
        end=st.one_of(st.none(), st.floats(0, 3)),
    ),
    max_size=3,
)
PROJECTS = st.builds(
    Project,
    rate=st.sampled_from([at(r) for r in ("1", "12", *RATES, "240")]),
    style=st.builds(StyleAxes, st.floats(0, 2), st.floats(0, 2), st.floats(0, 2)),
    lip_scale=st.floats(0, 2),
    follow_volume=st.floats(0, 1),
    emotions=CLIPS.map(tuple),
    head=st.sampled_from(HeadMotion),
    gaze=st.sampled_from(Gaze),
    blink=st.booleans(),
    lead=st.floats(-0.2, 0.2),
    seed=st.integers(-(2**70), 2**70),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(phones=PHONES, project=PROJECTS, open_mouth=st.booleans())
def test_any_speech_and_any_controls_give_finite_motion_within_its_ranges(phones, project, open_mouth, face, laughing, speech_of):
    rig = laughing if open_mouth else face
    motion = evaluate(project, rig, speech_of(phones))
    assert len(motion) == project.rate.frames_in(sum(length for _, length in phones))
    assert all(np.isfinite(values).all() for values in arrays(motion))
    assert all(values.dtype == np.float32 for values in arrays(motion))
    assert motion.mouth.min() >= 0
    assert motion.mouth.max() <= 1
    assert motion.eyes[:, :2].min() >= 0
    assert motion.eyes[:, :2].max() <= 1
    assert np.abs(motion.eyes[:, 2:]).max() <= 12
    assert gap(motion, rig).min() >= -1e-5
    assert np.all(np.abs(motion.pose[:, :3]) <= (6, 8, 8))


def test_equal_inputs_give_equal_bits(face, sentence):
    project = Project(emotions=(EmotionClip(Emotion.HAPPY),), head=HeadMotion.LIVELY, seed=7)
    first, second = evaluate(project, face, sentence), evaluate(project, face, sentence)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(arrays(first), arrays(second), strict=True))
    other = evaluate(replace(project, seed=8), face, sentence)
    assert other.pose.tobytes() != first.pose.tobytes()


def shifted(speech: SpeechFacts, word: int, by: float) -> SpeechFacts:
    """Move the start of a word's middle phone, inside the word."""
    phones = list(speech.alignment.phones)
    k = phones.index(speech.alignment.phones_of(speech.alignment.words[word])[1])
    phones[k - 1] = replace(phones[k - 1], end=phones[k - 1].end + by)
    phones[k] = replace(phones[k], start=phones[k].start + by)
    return replace(speech, alignment=replace(speech.alignment, phones=tuple(phones)))


@given(word=st.integers(0, 7), by=st.floats(-0.02, 0.02))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_moved_phone_changes_only_frames_near_it(word, by, face, speech_of):
    one = [("SIL", 0.3), ("B", 0.07), ("AE", 0.12), ("S", 0.08), ("T", 0.05), ("ER", 0.1), ("SIL", 0.28)]
    words = [Word("baster", 1.0 * k + 0.3, 1.0 * k + 0.72) for k in range(8)]
    speech = speech_of(one * 8, words)
    project = Project(emotions=(EmotionClip(Emotion.ANGRY),), head=HeadMotion.LIVELY, rate=at("25"))
    before, after = evaluate(project, face, speech), evaluate(project, face, shifted(speech, word, by))
    changed = np.zeros(len(before), np.bool_)
    for a, b in zip(arrays(before), arrays(after), strict=True):
        changed |= (a != b).reshape(len(a), -1).any(axis=1)
    centre = words[word].start + 0.07
    assert np.all(np.abs(times(before)[changed] - centre) < 0.7)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("open_mouth", [False, True])
@pytest.mark.parametrize(
    "project",
    [
        Project(),
        Project(lip_scale=2.0, style=StyleAxes(2.0, 2.0, 2.0)),
        Project(emotions=(EmotionClip(Emotion.SURPRISED, 1.5),)),
        Project(emotions=(EmotionClip(Emotion.DISGUSTED, 1.5),), follow_volume=1.0),
    ],
)
def test_every_bilabial_closes_the_lips_on_an_output_frame(rate, open_mouth, project, face, laughing, sentence):
    rig = laughing if open_mouth else face
    motion = evaluate(replace(project, rate=at(rate)), rig, sentence)
    t, apart = times(motion), gap(motion, rig)
    for phone in sentence.alignment.phones:
        if phone.label in BILABIALS:
            near = (t >= phone.start - 0.04) & (t <= phone.end + 0.02)
            together = near & (apart < 1e-5) & (motion.mouth[:, SEAL] == 1.0)
            assert together.sum() >= (2 if phone.duration > 0.065 else 1), phone


@given(
    before=st.sampled_from(sorted(VOWELS)),
    after=st.sampled_from(sorted(VOWELS)),
    stop=st.sampled_from(sorted(BILABIALS)),
    length=st.floats(0.02, 0.2),
    vowel=st.floats(0.06, 0.3),
    offset=st.floats(0, 0.04),
    rate=st.sampled_from(RATES),
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_closures_are_kept_and_vowels_stay_open_between_any_vowels(
    before, after, stop, length, vowel, offset, rate, face, speech_of
):
    speech = speech_of([("SIL", 0.4 + offset), (before, vowel), (stop, length), (after, vowel), ("SIL", 0.5)])
    motion = evaluate(Project(rate=at(rate)), face, speech)
    t, apart = times(motion), gap(motion, face) / face.mouth_width
    _, first, middle, last, _ = speech.alignment.phones
    assert apart[(t >= middle.start - 0.04) & (t <= middle.end + 0.02)].min() <= 1e-4
    for phone in (first, last):
        inside = (t >= phone.start + 0.25 * vowel) & (t <= phone.end - 0.25 * vowel)
        assert np.all(apart[inside] > 0.03), phone


@pytest.mark.parametrize("open_mouth", [False, True])
def test_long_silence_is_closed_and_still(open_mouth, face, laughing, speech_of):
    rig = laughing if open_mouth else face
    speech = speech_of([("SIL", 0.6), ("AA", 0.2), ("SIL", 1.0), ("AA", 0.2), ("SIL", 0.6)])
    motion = evaluate(Project(), rig, speech)
    t, apart = times(motion), gap(motion, rig)
    for start, end in ((0.0, 0.45), (0.97, 1.65), (2.18, 2.6)):
        quiet = (t >= start) & (t <= end)
        assert np.abs(apart[quiet]).max() < 1e-5
        assert np.ptp(motion.lip[quiet], axis=0).max() < 1e-6
        assert np.all(motion.mouth[quiet, SEAL] == 1.0)


def test_lip_deformation_touches_lips_and_chin_only(face, sentence):
    motion = evaluate(Project(), face, sentence)
    others = [i for i in range(21) if i not in MESH.indices(Region.LIPS, Region.JAW)]
    assert not motion.lip[:, others].any()
    assert motion.lip[:, MESH.index("chin"), 1].max() > 0.05


def test_lip_scale_is_linear_leaves_closures_and_stops_at_zero(face, sentence):
    t = None
    tops = []
    scales = np.linspace(0.5, 1.5, 6)
    for scale in scales:
        motion = evaluate(Project(lip_scale=float(scale)), face, sentence)
        t, apart = times(motion), gap(motion, face)
        tops.append(
            [apart[(t >= p.start) & (t <= p.end)].max() for p in sentence.alignment.phones if p.label in ("AA", "AE", "AO")]
        )
    for tall in np.array(tops).T:
        assert np.corrcoef(scales, tall)[0, 1] ** 2 >= 0.98
        assert tall[-1] / tall[0] > 2.5
    still = evaluate(Project(lip_scale=0.0), face, sentence)
    assert np.ptp(still.lip, axis=0).max() == 0
    assert not still.mouth[:, 1:].any()
    assert np.all(still.mouth[:, SEAL] == 1)
    moving = evaluate(Project(), face, sentence)
    assert np.array_equal(still.eyes, moving.eyes)
    assert np.array_equal(still.pose, moving.pose)


def test_a_mouth_under_a_beard_opens_less_unless_more_is_asked_for(face, sentence):
    bearded = replace(face, problems=(Problem(LIPS_UNCLEAR, "The lips can hardly be made out."),))
    usual, modest = evaluate(Project(), face, sentence), evaluate(Project(), bearded, sentence)
    chin = MESH.index("chin")
    assert gap(modest, face).max() == pytest.approx(UNDER_HAIR * gap(usual, face).max(), rel=0.03)
    assert modest.lip[:, chin, 1].max() == pytest.approx(UNDER_HAIR * usual.lip[:, chin, 1].max(), rel=0.03)
    # What closes, closes; and who wants to see more of this mouth gets it.
    assert np.all(modest.mouth[usual.mouth[:, SEAL] == 1, SEAL] == 1)
    asked = evaluate(Project(lip_scale=1 / UNDER_HAIR), bearded, sentence)
    assert gap(asked, face).max() > 0.85 * gap(usual, face).max()


def test_lead_shows_speech_earlier(face, sentence):
    plain, early = evaluate(Project(), face, sentence), evaluate(Project(lead=0.08), face, sentence)
    assert np.abs(gap(early, face)[:-2] - gap(plain, face)[2:]).max() < 0.02
    assert np.array_equal(early.pose, plain.pose)


def test_a_recording_without_speech_keeps_the_mouth_shut(face, speech_of):
    for phones in ([], [("SIL", 2.0)]):
        motion = evaluate(Project(), face, speech_of(phones))
        assert np.abs(gap(motion, face)).max() < 1e-6
        assert not motion.target_openness.any()


def test_an_alignment_may_be_longer_than_its_features(face, sentence):
    cut = SpeechFacts(
        Alignment(sentence.alignment.duration, sentence.alignment.words, sentence.alignment.phones),
        sentence.loudness[:50], sentence.pitch[:0], sentence.speaking[:70], "cut",
    )  # fmt: skip
    motion = evaluate(Project(follow_volume=1.0, head=HeadMotion.LIVELY), face, cut)
    assert all(np.isfinite(values).all() for values in arrays(motion))


def test_a_single_phone_of_no_length_is_survived(face, speech_of):
    speech = speech_of([Phone("M", 0.0, 0.0), Phone("AA", 0.0, 0.04)])
    assert len(evaluate(Project(), face, speech)) == 1
