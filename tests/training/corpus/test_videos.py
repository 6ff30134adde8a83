from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pctalk_studio.core.errors import FaceError, TrainingError
from pctalk_studio.core.face_track import FaceTrack
from pctalk_studio.core.keypoints import MESH
from pctalk_studio.core.speech import Alignment, Phone, Word
from pctalk_studio.document.project import Emotion
from pctalk_studio.training.corpus.delivery import EMOTIONS
from pctalk_studio.training.corpus.layouts import VideoClip, clips_in
from pctalk_studio.training.corpus.motion import canonical_rig
from pctalk_studio.training.corpus.store import Corpus
from pctalk_studio.training.corpus.utterance import LABELS, Utterance
from pctalk_studio.training.corpus.videos import FilmedSpeech, VideoSettings, cut, driven, filmed_speech, import_videos, motion_of

CLIP = VideoClip(Path("WDA_SomeOne_000.mp4"), None, "WDA_SomeOne")


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def filmed(frames: int = 130, lost: slice = slice(0, 0), seed: int = 0, width: float = 0.5) -> FilmedSpeech:
    chance = np.random.default_rng(seed)
    duration = frames / 25
    phones = (Phone("SIL", 0.0, 0.3), Phone("AA", 0.3, 3.1), Phone("B", 3.1, 3.3), Phone("IY", 3.3, duration))
    present = np.ones(frames, np.bool_)
    present[lost] = False
    return FilmedSpeech(
        (0.1 * chance.normal(size=frames * 640)).astype(np.float32),
        Alignment(duration, (Word("ah", 0.3, 3.1), Word("bee", 3.1, duration)), phones),
        chance.normal(0, 0.02, (frames, 21, 3)).astype(np.float32),
        present,
        width,
    )


def test_hdtf_names_tell_the_speaker(tmp_path: Path):
    touch(tmp_path, "clips/WDA_KatieHill_000.mp4", "clips/WDA_KatieHill_001.mp4", "RD_Radio10_000.MP4", "notes.txt")
    clips = clips_in(tmp_path, "hdtf")
    assert [clip.identity for clip in clips] == ["RD_Radio10", "WDA_KatieHill", "WDA_KatieHill"]
    assert {EMOTIONS[clip.emotion] for clip in clips} == {Emotion.NEUTRAL}


def test_mead_paths_tell_actor_emotion_level_and_sound(tmp_path: Path):
    touch(
        tmp_path,
        "MEAD/M003/video/front/angry/level_3/001.mp4", "MEAD/M003/audio/angry/level_3/001.m4a",
        "MEAD/M003/video/left_30/angry/level_3/001.mp4", "MEAD/W009/video/front/happy/level_1/010.mp4",
        "MEAD/W009/video/front/bored/level_1/010.mp4", "MEAD/W009/video/front/happy/level_1/notes.txt", "x.mp4",
    )  # fmt: skip
    one, other = clips_in(tmp_path, "mead")
    assert (one.identity, EMOTIONS[one.emotion], one.intensity) == ("M003", Emotion.ANGRY, 1.0)
    assert one.sound == tmp_path / "MEAD/M003/audio/angry/level_3/001.m4a"
    assert (other.identity, EMOTIONS[other.emotion], other.intensity, other.sound) == ("W009", Emotion.HAPPY, 0.4, None)


def test_folders_without_videos_are_told(tmp_path: Path):
    with pytest.raises(TrainingError, match="There is no folder"):
        clips_in(tmp_path / "none", "hdtf")
    touch(tmp_path, "WDA_KatieHill_000.mp4")
    with pytest.raises(TrainingError, match="layout 'mead'"):
        clips_in(tmp_path, "mead")


def test_motion_is_measured_from_the_relaxed_face_at_25_frames_a_second():
    rest = canonical_rig().neutral
    count = 61
    times = np.arange(count) / 30
    shape = np.repeat(rest[None], count, axis=0)
    chin = list(MESH.keypoints[MESH.index("chin")].landmarks)
    shape[:, chin, 1] += np.sin(2 * np.pi * times).astype(np.float32)[:, None] * np.float32(0.1)
    track = FaceTrack(
        "m", (10, 10), times, np.repeat(np.eye(3)[None], count, 0), np.ones(count), np.zeros((count, 3)), shape, rest,
        np.where(times < 1.5, 1.0, 0.0).astype(np.float32), 0, 1.0,
    )  # fmt: skip
    delta, present = motion_of(track, 50)
    expected = 0.1 * np.sin(2 * np.pi * np.arange(50) / 25)
    assert delta[:, MESH.index("chin"), 1] == pytest.approx(expected, abs=0.001)
    assert np.abs(np.delete(delta, MESH.index("chin"), axis=1)).max() < 1e-6
    assert present.tolist() == [t / 25 < 1.46 for t in range(50)]


def test_a_clip_is_cut_where_the_face_is_lost_and_its_phones_with_it():
    source = filmed(190, lost=slice(60, 100))
    first, second = cut(CLIP, source, 3)
    assert (first.duration, second.duration) == pytest.approx((2.4, 3.6))
    assert first.delta is not None
    assert second.delta is not None
    assert np.array_equal(second.delta, source.delta[100:].astype(np.float16))
    assert len(first.mel) == 1 + 60 * 640 // 200
    for utterance in (first, second):
        assert utterance.phone_start[0] == 0
        assert np.array_equal(utterance.phone_start[1:], utterance.phone_end[:-1])
        assert utterance.phone_end[-1] == pytest.approx(utterance.duration)
        assert utterance.style == utterance.voice == 3
    assert [LABELS[label] for label in first.phone_label] == ["SIL", "AA"]
    assert second.words[0].text == "bee"


def test_long_stretches_are_parted_and_short_ones_left_out():
    assert [len(u.delta) for u in cut(CLIP, filmed(620), 0) if u.delta is not None] == [206, 207, 207]
    assert not list(cut(CLIP, filmed(130, lost=slice(40, 90)), 0))


def test_on_another_face_lips_are_in_proportion_and_sides_may_change():
    utterance = next(cut(CLIP, filmed(), 0))
    assert utterance.delta is not None
    wider = driven(utterance, 1.2, mirrored=False).delta
    assert wider is not None
    lip, brow = MESH.index("lip_corner_left"), MESH.index("brow_inner_left")
    assert wider[:, lip].astype(float) == pytest.approx(1.2 * utterance.delta[:, lip].astype(float), abs=1e-4)
    assert np.array_equal(wider[:, brow], utterance.delta[:, brow])
    twice = driven(driven(utterance, 1.0, mirrored=True), 1.0, mirrored=True)
    assert np.array_equal(twice.delta, utterance.delta)
    mirrored = driven(utterance, 1.0, mirrored=True).delta
    assert mirrored is not None
    assert np.array_equal(mirrored[:, MESH.index("lip_corner_right"), 0], -utterance.delta[:, lip, 0])


def watch(clip: VideoClip) -> FilmedSpeech:
    if "Nobody" in clip.identity:
        raise FaceError("No face was found.")
    return filmed(seed=len(clip.path.name), width=0.5 if "One" in clip.identity else 0.6)


def test_videos_become_a_corpus_that_can_be_gone_on_with(tmp_path: Path):
    source, folder = tmp_path / "videos", tmp_path / "corpus"
    touch(source, "One_000.mp4", "One_001.mp4", "Two_000.mp4", "Nobody_000.mp4")
    asked: list[str] = []

    def counting(clip: VideoClip) -> FilmedSpeech:
        asked.append(clip.path.name)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return watch(clip)

    settings = VideoSettings("hdtf", driven=1)
    with pytest.raises(KeyboardInterrupt):
        import_videos(folder, source, settings, watch=counting)
    index = import_videos(folder, source, settings, watch=counting)
    assert asked == ["Nobody_000.mp4", "One_000.mp4", "One_001.mp4", "One_001.mp4", "Two_000.mp4"]
    assert index.settings["left_out"] == {"clip_00000.npz": "No face was found."}
    assert index.styles == ("Nobody", "One", "Two")
    utterances = Corpus.open(folder).utterances()
    # The last clip is played on the one other face that is known by then.
    assert [index.voices[u.voice].name for u in utterances] == ["hdtf/One", "hdtf/One", "hdtf/Two", "hdtf/Two"]
    own, other = utterances[2], utterances[3]
    assert own.delta is not None
    assert other.delta is not None
    chin = MESH.index("chin")
    assert other.delta[:, chin, 1].astype(float) == pytest.approx(own.delta[:, chin, 1].astype(float) * 0.5 / 0.6, abs=1e-4)
    with pytest.raises(TrainingError, match="other videos or settings"):
        import_videos(folder, source, VideoSettings("hdtf"), watch=watch)


def test_what_the_judge_of_synchrony_refuses_is_left_out(tmp_path: Path):
    touch(tmp_path / "videos", "One_000.mp4", "Two_000.mp4")
    seen: list[Utterance] = []

    def scorer(clip: VideoClip, utterance: Utterance) -> float:
        assert clip.path.name == ("One_000.mp4", "Two_000.mp4")[utterance.voice]
        seen.append(utterance)
        return float(utterance.voice)

    index = import_videos(
        tmp_path / "corpus", tmp_path / "videos", VideoSettings("hdtf", least_score=0.5), watch=watch, scorer=scorer
    )
    assert len(seen) == 2
    assert [entry.file for entry in index.shards] == ["clip_00001.npz"]
    assert "do not belong together" in index.settings["left_out"]["clip_00000.npz"]


GRID = {
    "grid_brbk7n.mpg": "bin red by k seven now",
    "grid_lbax4n.mpg": "lay blue at x four now",
    "grid_pwij3p.mpg": "place white in j three please",
    "grid_sbwe5n.mpg": "set blue with e five now",
}
"""Clips, and what their names say is said."""


@pytest.mark.slow
def test_real_talkers_shut_the_mouth_for_bilabials_and_open_it_for_vowels(shared_media: Path, tmp_path: Path):
    upper, lower = MESH.index("lip_upper_mid"), MESH.index("lip_lower_mid")
    shut, wide = [], []
    for name, text in GRID.items():
        path = tmp_path / name
        path.symlink_to(shared_media / "video" / name)
        path.with_suffix(".txt").write_text(text)
        source = filmed_speech(VideoClip(path, None, name))
        assert source.present.all()
        assert [word.text for word in source.alignment.words] == text.split()
        gap = source.delta[:, lower, 1] - source.delta[:, upper, 1]
        for phone in source.alignment.phones:
            during = gap[int(phone.start * 25) : int(phone.end * 25) + 1]
            if phone.label in ("P", "B", "M") and len(during):
                shut.append(during.min())
            elif phone.label in ("AY", "EY", "AE", "EH", "AO", "AW") and len(during):
                wide.append(during.max())
    assert len(shut) >= 4
    assert np.median(shut) < 0.02
    assert np.median(wide) > np.median(shut) + 0.03
