"""Lips measured on the pixels of finished clips, against hand-labelled phones: ``python -m pytest -m slow -n 0 -s tests/corpus``.

Twelve portraits of different kinds speak twelve TIMIT sentences of eight speakers. The program knows each sentence's text and
finds its phones by itself; what the lips do is compared with the phones that people labelled.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pctalk_studio.analysis.face import find_face
from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.deformation.evaluate import evaluate
from pctalk_studio.document.project import Project
from pctalk_studio.evaluation.evaluate import evaluate_clip
from pctalk_studio.evaluation.report import ClipReport
from pctalk_studio.export.clip import export_clip
from pctalk_studio.interchange.timit import read_timit
from pctalk_studio.media.pictures import read_picture
from pctalk_studio.media.sound import read_sound
from pctalk_studio.render.framing import Framing, frame_source
from pctalk_studio.render.mesh import MeshRenderer

PORTRAITS = (
    "ai_female_2.jpg", "ai_female_48.jpg", "ai_male_7.jpg", "ai_male_60.jpg", "ai_female_69.jpg", "ai_male_32.jpg",
    "real_001.jpg", "real_089.jpg", "real_057.jpg", "happy1.png", "art_3.png", "astronaut_collins.png",
)  # fmt: skip
SENTENCES = (
    "dr1-fvmh0/sx206", "dr1-fvmh0/si1466", "dr2-marc0/sx108", "dr2-marc0/sx18", "dr3-falk0/si456", "dr3-falk0/sx276",
    "dr4-maeb0/si1411", "dr5-ftlg0/sx213", "dr6-mbma1/sx144", "dr7-fblv0/sx248", "dr8-mbcg0/sx237", "dr8-mbcg0/si486",
)  # fmt: skip


def one_portrait(portrait: Path, timit: Path, sentences: Iterable[str], out: Path) -> list[ClipReport]:
    """Render and measure one portrait speaking all sentences."""
    picture = read_picture(portrait)
    rig = find_face(picture.rgb, picture.content_hash)
    source = frame_source(picture, rig, Framing(crop_to_face=True))
    prepared = MeshRenderer().prepare(source)
    reports = []
    for name in sentences:
        sound = read_sound(timit / f"{name}.wav")
        # TIMIT's text files begin with the first and last sample.
        text = (timit / f"{name}.txt").read_text().split(maxsplit=2)[2]
        speech = speech_facts(sound.mono(16000), text, sound.content_hash)
        motion = evaluate(Project(), rig, speech)
        clip = out / f"{portrait.stem}_{name.replace('/', '_')}.mp4"
        export_clip(prepared, motion, sound, clip)
        reports.append(evaluate_clip(clip, read_timit(timit / f"{name}.phn")))
        clip.unlink()
    return reports


@pytest.mark.slow
def test_lips_follow_hand_labelled_phones(shared_media, tmp_path, capsys):
    timit = shared_media / "alignment" / "timit"
    sentences = [name for name in SENTENCES if (timit / f"{name}.wav").is_file()]
    assert len(sentences) == 12
    jobs = [(shared_media / "portraits" / name, timit, sentences, tmp_path) for name in PORTRAITS]
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        reports = [report for found in pool.map(one_portrait, *zip(*jobs, strict=True)) for report in found]

    def values(code: str) -> np.ndarray:
        found = [metric.value for report in reports for metric in report.metrics if metric.code == code]
        return np.array([value for value in found if value is not None])

    codes = list(dict.fromkeys(metric.code for report in reports for metric in report.metrics))
    table = {c: (float(np.mean(v)), float(np.min(v)), float(np.max(v))) for c in codes if len(v := values(c))}
    with capsys.disabled():
        print(f"\n{len(reports)} clips; metric: mean, least, most")  # noqa: T201
        for code, (mean, least, most) in table.items():
            print(f"{code:10} {mean:9.4f} {least:9.4f} {most:9.4f}")  # noqa: T201
        keys = ("M1", "M1r", "M3", "M4", "M6", "size")
        for i, name in enumerate(PORTRAITS):
            own = reports[12 * i : 12 * i + 12]
            row = {c: [m.value for r in own for m in r.metrics if m.code == c and m.value is not None] for c in keys}
            print(f"{name:24}", json.dumps({c: round(float(np.mean(v)), 3) for c, v in row.items() if v}))  # noqa: T201

    assert abs(values("M1").mean()) <= 20
    assert values("M1r").mean() >= 0.85
    assert values("M3").mean() >= 0.98
    assert values("M4").mean() <= 0.01
    assert 0.10 <= values("size").mean() <= 0.16
