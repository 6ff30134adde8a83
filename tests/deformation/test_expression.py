"""Emotion: readable, composable, kept apart by region, and no obstacle to speech."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pctalk_studio.core.errors import InterchangeError
from pctalk_studio.core.keypoints import MESH, Region
from pctalk_studio.core.motion import MOUTH_CHANNELS
from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.speech import BILABIALS
from pctalk_studio.deformation.emc.mood import presence
from pctalk_studio.deformation.emc.tables import (
    REGIONS,
    emotion_tables,
    read_action_units,
    read_emotions,
    read_region_weights,
)
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.looks import ActionUnit, UnitStrength
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, HeadMotion, Project, Side

FELT = [emotion for emotion in Emotion if emotion is not Emotion.NEUTRAL]
SEAL = MOUTH_CHANNELS.index("seal")
OF_REGION = {
    EmotionRegion.BROWS: (Region.BROW_LEFT, Region.BROW_RIGHT),
    EmotionRegion.EYES: (Region.EYE_LEFT, Region.EYE_RIGHT),
    EmotionRegion.CHEEKS: (Region.CHEEK_LEFT, Region.CHEEK_RIGHT),
    EmotionRegion.NOSE: (Region.NOSE,),
    EmotionRegion.MOUTH: (Region.LIPS, Region.JAW),
}


@pytest.fixture(scope="module")
def silence(speech_of):
    return speech_of([("SIL", 2.0)])


def felt(rig, speech, *clips: EmotionClip) -> np.ndarray:
    return evaluate(Project(emotions=clips), rig, speech).emotion


def at(emotion: np.ndarray, name: str, axis: int, frame: int = 30) -> float:
    """Displacement of one keypoint."""
    return float(emotion[frame, MESH.index(name), axis])


def gap(motion, rig) -> np.ndarray:
    total = motion.lip + motion.emotion
    upper, lower = MESH.index("lip_upper_mid"), MESH.index("lip_lower_mid")
    return rig.shape[14, 1] - rig.shape[13, 1] + total[:, lower, 1] - total[:, upper, 1]


def test_neutral_is_nothing(face, sentence):
    assert not felt(face, sentence, EmotionClip(Emotion.NEUTRAL)).any()
    assert not felt(face, sentence).any()


def test_what_is_not_happy_ends_the_smile_of_the_photo(face, laughing, silence):
    neutral = felt(laughing, silence, EmotionClip(Emotion.NEUTRAL))
    assert at(neutral, "cheek_left", 1) > 0.02
    assert at(neutral, "lid_lower_right", 1) > 0.005
    assert at(neutral, "lip_corner_left", 0) < -0.01
    for emotion in (Emotion.ANGRY, Emotion.FEAR, Emotion.SAD, Emotion.SURPRISED):
        ended = at(felt(laughing, silence, EmotionClip(emotion)), "cheek_left", 1)
        assert ended - at(felt(face, silence, EmotionClip(emotion)), "cheek_left", 1) > 0.02, emotion
    happy = felt(laughing, silence, EmotionClip(Emotion.HAPPY)) - felt(face, silence, EmotionClip(Emotion.HAPPY))
    assert np.abs(happy).max() < 0.5 * np.abs(neutral).max()
    assert not felt(laughing, silence).any()


def test_the_smile_ends_in_proportion_and_only_where_something_else_is_felt(laughing, silence):
    whole, half = (felt(laughing, silence, EmotionClip(Emotion.NEUTRAL, k)) for k in (1.0, 0.5))
    assert np.allclose(half, whole / 2, atol=1e-6)
    assert np.array_equal(felt(laughing, silence, EmotionClip(Emotion.NEUTRAL, 1.5)), whole)
    cheeks = felt(laughing, silence, EmotionClip(Emotion.NEUTRAL, regions=frozenset({EmotionRegion.CHEEKS})))
    assert at(cheeks, "cheek_left", 1) == pytest.approx(at(whole, "cheek_left", 1), rel=0.05)
    assert not cheeks[:, list(MESH.indices(Region.BROW_LEFT, Region.BROW_RIGHT))].any()
    assert np.abs(cheeks[:, MESH.index("lip_corner_left")]).max() < 1e-6


def test_a_smirk_leaves_the_smile_on_its_own_side(laughing, silence):
    look = felt(laughing, silence, EmotionClip(Emotion.CONTEMPT, side=Side.RIGHT))
    assert at(look, "lip_corner_right", 1) < -0.03
    assert at(look, "lip_corner_left", 1) > 0.01


def test_signs_of_each_emotion(face, silence):
    look = {emotion: felt(face, silence, EmotionClip(emotion)) for emotion in FELT}
    assert at(look[Emotion.HAPPY], "lip_corner_left", 1) < -0.03
    assert at(look[Emotion.HAPPY], "cheek_left", 1) < -0.02
    assert at(look[Emotion.SAD], "lip_corner_left", 1) > 0.03
    assert at(look[Emotion.SAD], "brow_inner_left", 1) < at(look[Emotion.SAD], "brow_outer_left", 1) - 0.03
    assert at(look[Emotion.ANGRY], "brow_inner_left", 1) > 0.03
    assert at(look[Emotion.ANGRY], "brow_inner_left", 0) < -0.02
    assert at(look[Emotion.SURPRISED], "brow_outer_left", 1) < -0.05
    assert at(look[Emotion.SURPRISED], "lid_upper_left", 1) < -0.01
    assert at(look[Emotion.SURPRISED], "chin", 1) > 0.02
    assert at(look[Emotion.DISGUSTED], "nose_ala_left", 1) < -0.02
    assert at(look[Emotion.FEAR], "lip_corner_left", 0) > 0.03
    assert at(look[Emotion.FEAR], "lid_upper_left", 1) < -0.01


def test_emotions_differ_more_between_than_within(face, silence):
    shifts = {emotion: felt(face, silence, EmotionClip(emotion))[30].ravel() for emotion in FELT}
    weak = {emotion: felt(face, silence, EmotionClip(emotion, 0.5))[30].ravel() for emotion in FELT}
    for emotion in FELT:
        likeness = {
            other: float(weak[emotion] @ v / np.linalg.norm(weak[emotion]) / np.linalg.norm(v)) for other, v in shifts.items()
        }
        assert max(likeness, key=likeness.__getitem__) is emotion
        assert likeness[emotion] >= 0.9
        assert sorted(likeness.values())[-2] < 0.85


@pytest.mark.parametrize("emotion", FELT)
def test_more_intensity_moves_the_face_further(emotion, face, sentence):
    sizes = [np.linalg.norm(felt(face, sentence, EmotionClip(emotion, k))) for k in (0, 0.2, 0.4, 0.7, 1.0, 1.25, 1.5)]
    assert sizes[0] == 0
    assert np.all(np.diff(sizes) > 0)


@pytest.mark.parametrize("side", Side)
def test_contempt_smirks_on_its_side(side, face, silence):
    look = felt(face, silence, EmotionClip(Emotion.CONTEMPT, side=side))
    other = Side.LEFT if side is Side.RIGHT else Side.RIGHT
    assert at(look, f"lip_corner_{side}", 1) < -0.03
    assert abs(at(look, f"lip_corner_{other}", 1)) < 0.01
    pose = {
        s: evaluate(Project(emotions=(EmotionClip(Emotion.CONTEMPT, side=s),), head=HeadMotion.SUBTLE), face, silence).pose
        for s in Side
    }
    assert pose[Side.LEFT][30, 2] < pose[Side.RIGHT][30, 2] - 3


@pytest.mark.parametrize("emotion", FELT)
@pytest.mark.parametrize("region", EmotionRegion)
def test_a_region_keeps_its_emotion_to_itself(emotion, region, face, sentence):
    whole = np.linalg.norm(felt(face, sentence, EmotionClip(emotion)), axis=2)
    part = np.linalg.norm(felt(face, sentence, EmotionClip(emotion, regions=frozenset({region}))), axis=2)
    outside = [i for i in range(21) if i not in MESH.indices(*OF_REGION[region])]
    assert part[:, outside].sum() <= 0.05 * whole.sum()
    inside = list(MESH.indices(*OF_REGION[region]))
    assert part[:, outside].sum() <= 0.05 * part.sum() or part[:, inside].sum() < 0.01 * whole.sum()


def test_regions_together_make_the_whole(face, sentence):
    whole = felt(face, sentence, EmotionClip(Emotion.SAD))
    parts = felt(face, sentence, *(EmotionClip(Emotion.SAD, regions=frozenset({r})) for r in EmotionRegion))
    # Only drift and asymmetry, which each clip has of its own, tell them apart.
    assert np.abs(whole - parts).max() < 0.02
    assert np.corrcoef(whole.ravel(), parts.ravel())[0, 1] > 0.99


def test_happy_mouth_with_sad_eyes(face, silence):
    mouth, eyes = frozenset({EmotionRegion.MOUTH}), frozenset({EmotionRegion.EYES, EmotionRegion.BROWS})
    look = felt(face, silence, EmotionClip(Emotion.HAPPY, regions=mouth), EmotionClip(Emotion.SAD, regions=eyes))
    happy, sad = felt(face, silence, EmotionClip(Emotion.HAPPY)), felt(face, silence, EmotionClip(Emotion.SAD))
    for name in ("lip_corner_left", "lip_corner_right", "lip_lower_mid"):
        assert at(look, name, 1) == pytest.approx(at(happy, name, 1), abs=0.01)
    for name in ("brow_inner_left", "lid_upper_right"):
        assert at(look, name, 1) == pytest.approx(at(sad, name, 1), abs=0.01)


def test_a_later_clip_covers_an_earlier_one(face, silence):
    both = felt(face, silence, EmotionClip(Emotion.HAPPY), EmotionClip(Emotion.SAD, start=0.5, end=None))
    happy, sad = felt(face, silence, EmotionClip(Emotion.HAPPY)), felt(face, silence, EmotionClip(Emotion.SAD))
    assert np.allclose(both[5], happy[5], atol=0.012)
    assert np.allclose(both[40], sad[40], atol=0.012)


def test_clips_fade_in_and_out_inside_their_span(face, silence):
    look = np.linalg.norm(felt(face, silence, EmotionClip(Emotion.HAPPY, start=0.4, end=1.8)), axis=(1, 2))
    times = np.arange(len(look)) / 25
    assert not look[(times <= 0.4) | (times >= 1.8)].any()
    assert np.all(np.diff(look[(times > 0.4) & (times < 0.75)]) > 0)
    assert look[22] > 0.95 * look.max()
    short = presence(EmotionClip(Emotion.SAD, start=1.0, end=1.2), emotion_tables().emotions[Emotion.SAD], times)
    assert 0.5 < short.max() <= 1
    assert not presence(EmotionClip(Emotion.SAD, start=1.2, end=1.0), emotion_tables().emotions[Emotion.SAD], times).any()


def test_surprise_opens_wide_and_settles(face, silence):
    chin = felt(face, silence, EmotionClip(Emotion.SURPRISED, start=0.2))[:, MESH.index("chin"), 1]
    assert chin[9] > 1.5 * chin[45] > 0


@pytest.mark.parametrize("open_mouth", [False, True])
@pytest.mark.parametrize("emotion", FELT)
def test_speech_stays_as_it_was_under_emotion(emotion, open_mouth, face, laughing, sentence):
    rig = laughing if open_mouth else face
    plain = evaluate(Project(), rig, sentence)
    moved = evaluate(Project(emotions=(EmotionClip(emotion),)), rig, sentence)
    a, b = gap(plain, rig), gap(moved, rig)
    assert np.corrcoef(a, b)[0, 1] >= 0.95
    t = np.arange(len(a)) / 25
    for phone in sentence.alignment.phones:
        if phone.label in BILABIALS:
            near = (t >= phone.start - 0.04) & (t <= phone.end + 0.02)
            assert np.array_equal(a[near] < 1e-5, b[near] < 1e-5)
            assert moved.mouth[near, SEAL].max() == 1.0
    assert np.array_equal(plain.lip, moved.lip)


def test_in_speech_a_lip_moves_with_its_emotion_and_the_other_follows_it(face, sentence):
    plain = evaluate(Project(), face, sentence)
    disgusted = evaluate(Project(emotions=(EmotionClip(Emotion.DISGUSTED),)), face, sentence)
    spoken = gap(plain, face) > 0.03
    raised = disgusted.emotion[spoken, MESH.index("lip_upper_mid"), 1]
    assert raised.mean() < -0.012
    assert np.abs(gap(disgusted, face) - gap(plain, face))[spoken].mean() < 0.5 * np.abs(raised).mean()


def test_disgust_keeps_resting_lips_nearly_closed(face, silence):
    """Its raised upper lip is met by the lower one that the chin lifts; bared teeth would be a snarl."""
    look = evaluate(Project(emotions=(EmotionClip(Emotion.DISGUSTED),)), face, silence)
    assert at(look.emotion, "lip_upper_mid", 1) < -0.03
    assert at(look.emotion, "lip_lower_mid", 1) < -0.01
    assert gap(look, face)[30] < 0.022


def test_resting_lips_part_only_where_an_emotion_parts_them(face, silence):
    for emotion, low, high in ((Emotion.HAPPY, 0.0, 0.02), (Emotion.SAD, 0.0, 0.0), (Emotion.SURPRISED, 0.02, 0.07)):
        motion = evaluate(Project(emotions=(EmotionClip(emotion),)), face, silence)
        assert low - 1e-6 <= gap(motion, face)[30] <= high + 1e-6, emotion
        assert (motion.mouth[30, SEAL] == 1.0) == (gap(motion, face)[30] < 1e-6)


def test_region_weights_sum_to_one():
    weights = emotion_tables().regions
    assert np.allclose(weights.sum(axis=1), 1.0)
    for region, parts in OF_REGION.items():
        assert weights[list(MESH.indices(*parts)), REGIONS.index(region)].min() > 0.9


def test_damaged_tables_are_refused(tmp_path):
    bad = tmp_path / "table.json"
    units = read_action_units(resource_path("action_units.json"))
    bad.write_text("not json")
    with pytest.raises(InterchangeError, match="is no JSON"):
        read_action_units(bad)
    bad.write_text(json.dumps({"units": [{"unit": "AU1", "press": 0, "moves": [{"keypoint": "tail", "out": 0}]}]}))
    with pytest.raises(InterchangeError, match="'tail'"):
        read_action_units(bad)
    bad.write_text(json.dumps({"units": [{"unit": "AU1", "press": 0, "moves": [{"keypoint": "chin", "out": 0}]}]}))
    with pytest.raises(InterchangeError, match="incomplete action unit"):
        read_action_units(bad)
    whole = json.loads(resource_path("emotions.json").read_text())
    bad.write_text(json.dumps({"emotions": whole["emotions"][:-1]}))
    with pytest.raises(InterchangeError, match="lacks surprised"):
        read_emotions(bad, units)
    whole["emotions"][0]["actions"][0]["unit"] = "AU99"
    bad.write_text(json.dumps(whole))
    with pytest.raises(InterchangeError, match="'AU99'"):
        read_emotions(bad, units)
    bad.write_text(json.dumps({"keypoints": [{"keypoint": "chin", "mouth": 0.5}]}))
    with pytest.raises(InterchangeError, match="sum to 1"):
        read_region_weights(bad)


def test_a_look_takes_the_place_of_the_emotions_units(face, silence):
    happy = tables_look(Emotion.HAPPY)
    as_happy = felt(face, silence, EmotionClip(Emotion.SAD, look=happy, start=0.0, id=3))
    by_name = felt(face, silence, EmotionClip(Emotion.HAPPY, start=0.0, fade_in=0.25, id=3))
    late = slice(30, 45)
    np.testing.assert_allclose(as_happy[late].mean(axis=0), by_name[late].mean(axis=0), atol=0.012)
    sad = felt(face, silence, EmotionClip(Emotion.SAD, start=0.0, id=3))
    assert at(as_happy, "lip_corner_left", 1) < 0 < at(sad, "lip_corner_left", 1)


def test_a_look_moves_no_head(face, silence):
    looking = evaluate(Project(emotions=(EmotionClip(Emotion.SAD, look=tables_look(Emotion.SAD)),)), face, silence)
    sad = evaluate(Project(emotions=(EmotionClip(Emotion.SAD),)), face, silence)
    plain = evaluate(Project(), face, silence)
    assert np.array_equal(looking.pose, plain.pose)
    assert not np.array_equal(sad.pose, plain.pose)


def test_one_sided_looks_are_mirrored_with_their_clip(face, silence):
    look = (UnitStrength(ActionUnit.AU12, 1.0, 0.0),)
    right = felt(face, silence, EmotionClip(Emotion.HAPPY, look=look, side=Side.RIGHT, id=1))
    left = felt(face, silence, EmotionClip(Emotion.HAPPY, look=look, side=Side.LEFT, id=1))
    assert abs(at(right, "lip_corner_right", 0)) > 4 * abs(at(right, "lip_corner_left", 0))
    assert abs(at(left, "lip_corner_left", 0)) > 4 * abs(at(left, "lip_corner_right", 0))


def tables_look(emotion: Emotion):
    """An emotion's own units as a look."""
    tables = emotion_tables()
    return tuple(
        UnitStrength(ActionUnit(name), float(right), float(left))
        for name, (right, left) in zip(tables.units.names, tables.emotions[emotion].weights, strict=True)
        if right or left
    )


def test_every_action_unit_can_be_in_a_look():
    assert set(emotion_tables().units.names) == set(ActionUnit)
