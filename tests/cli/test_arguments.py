from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest

from pctalk_studio.cli.arguments import FrameSize, build_parser, parse_emotion, project_of
from pctalk_studio.cli.emotion_sources import EmotionCall
from pctalk_studio.core.errors import StudioError, UsageError
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, Gaze, HeadMotion, Project, RenderSettings

RENDER = ["render", "--portrait", "p.png", "--audio", "a.wav", "-o", "o.mp4"]


def test_plain_render_asks_for_the_default_project():
    assert project_of(build_parser().parse_args(RENDER)) == Project()


def test_every_control_reaches_the_project():
    line = (
        "--fps 30000/1001 --lip-scale 1.5 --follow-volume 0 --style-open 0.5 --style-wide 1.2 --style-purse 2 "
        "--emotion happy:0.7:mouth,cheeks --emotion sad::eyes --head lively --gaze camera --no-blink --seed 9 "
        "--engine liveportrait --crop face --crf 20"
    )
    project = project_of(build_parser().parse_args(RENDER + line.split()))
    assert project.rate.value == Fraction(30000, 1001)
    assert (project.lip_scale, project.follow_volume) == (1.5, 0.0)
    assert (project.style.open, project.style.wide, project.style.purse) == (0.5, 1.2, 2.0)
    assert project.emotions == (
        EmotionClip(Emotion.HAPPY, 0.7, frozenset({EmotionRegion.MOUTH, EmotionRegion.CHEEKS}), id=1),
        EmotionClip(Emotion.SAD, 1.0, frozenset({EmotionRegion.EYES}), id=2),
    )
    assert (project.head, project.gaze, project.blink, project.seed) == (HeadMotion.LIVELY, Gaze.CAMERA, False, 9)
    assert project.render == RenderSettings("liveportrait", crop_to_face=True, crf=20)


def test_frame_spans_and_sizes_are_read():
    args = build_parser().parse_args([*RENDER, "--frames", "0-9,12", "--size", "640x480"])
    assert list(args.frames) == [*range(10), 12]
    assert args.size == FrameSize(640, 480)
    assert FrameSize.parse("512").longest == 512


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        (["--fps", "0"], "frame rate"),
        (["--fps", "abc"], "frame rate"),
        (["--size", "12"], "frame size"),
        (["--size", "640x"], "frame size"),
        (["--frames", "9-1"], "frames"),
        (["--lip-scale", "2.5"], "Lip scale"),
        (["--lip-scale", "nan"], "Lip scale"),
        (["--follow-volume", "-1"], "Follow volume"),
        (["--style-wide", "3"], "wide"),
        (["--emotion", "joy"], "joy"),
        (["--emotion", "happy:2"], "happy"),
        (["--emotion", "happy:x"], "intensity"),
        (["--emotion", "happy:1:ears"], "ears"),
        (["--head", "wild"], "wild"),
        (["--text", "a", "--text-file", "b"], "text"),
        (["--face", "1", "--face-points", "b"], "face"),
        (["--crf", "52"], "52"),
        (["--nonsense"], "nonsense"),
    ],
)
def test_a_wrong_call_is_one_sentence_that_names_it(extra, named):
    with pytest.raises(StudioError) as caught:
        project_of(build_parser().parse_args(RENDER + extra))
    assert named in caught.value.user_text
    assert "\n" not in caught.value.user_text


@pytest.mark.parametrize("text", ["happy", "happy:0.5", "happy:0.5:mouth"])
def test_emotions_are_read(text):
    assert parse_emotion(text).emotion == Emotion.HAPPY


def test_missing_files_are_asked_for():
    with pytest.raises(UsageError, match="--portrait"):
        build_parser().parse_args(["new", "p.pctalk"])


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from pctalk_studio.__main__ import main; sys.argv = ['pctalk-studio', '--help']\n"
        "try: main()\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'torch', 'PySide6', 'mediapipe', 'cv2', 'av', 'scipy', 'PIL'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "render" in result.stdout


def test_sources_of_emotion_are_read():
    assert EmotionCall.parse("text") == EmotionCall("text")
    assert EmotionCall.parse("anna.jpg:brows,eyes") == EmotionCall(
        "anna.jpg", frozenset({EmotionRegion.BROWS, EmotionRegion.EYES})
    )
    assert EmotionCall.parse("C:/a b/anna.mp4:moving@1.5") == EmotionCall("C:/a b/anna.mp4", moving=True, start=1.5)
    for wrong, said in (("anna.jpg:ears", "'ears' in"), ("text:brows", "give no regions"), ("voice@2", "no start")):
        with pytest.raises(UsageError, match=said):
            EmotionCall.parse(wrong)
