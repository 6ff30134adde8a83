from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.made_up_speech import corpus

from pctalk_studio.nets.speech.predictor import PredictorSettings
from pctalk_studio.training.ablations import Ablations, Row, save_rows
from pctalk_studio.training.runs import RunSettings


@pytest.mark.usefixtures("one_thread")
def test_every_variant_is_trained_and_measured(tmp_path: Path):
    settings = RunSettings(corpus(tmp_path / "speech", 3), tmp_path / "out", steps=2, pool=4, held_out=2)
    form = PredictorSettings(audio_size=16, size=16, heads=2, hidden=16, layers=1)
    rows = Ablations(settings, width=1, form=form).run()
    names = [row.variant for row in rows]
    assert len(names) == len(set(names)) == 8
    assert {"leakage", "lip correlation"} == set(rows[-1].figures)
    assert {"opening", "synchrony", "error"} == set(rows[4].figures) == set(rows[5].figures)
    assert len(json.loads((tmp_path / "out" / "ablations.json").read_text())) == 8


def test_a_table_has_a_cell_for_every_figure(tmp_path: Path):
    save_rows(tmp_path, (Row("one", {"opening": 0.5}), Row("two", {"lag": -1.0, "opening": 0.25})))
    assert (tmp_path / "ablations.md").read_text().splitlines() == [
        "| variant | opening | lag |",
        "| --- | ---: | ---: |",
        "| one | 0.500 |  |",
        "| two | 0.250 | -1.000 |",
    ]
    assert pytest.approx(-1.0) == json.loads((tmp_path / "ablations.json").read_text())[1]["lag"]
