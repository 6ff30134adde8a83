from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pctalk_studio.core.errors import TrainingError
from pctalk_studio.training.loop import LEAST_RATE, Loop, LoopSettings, rate_at


class Line:
    """Learn y = 2x - 1 with dropout, so that chance plays a part."""

    name = "line"

    def __init__(self, broken_at: int | None = None, scores: list[float] | None = None) -> None:
        torch.manual_seed(7)
        self.network = nn.Sequential(nn.Linear(1, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 1))
        self.broken_at = broken_at
        self.scores = scores

    @property
    def module(self) -> nn.Module:
        return self.network

    def losses(self, step: int) -> Mapping[str, Tensor]:
        x = torch.randn(16, 1)
        loss = (self.network(x) - (2 * x - 1)).pow(2).mean()
        if step == self.broken_at:
            loss = loss * float("nan")
        return {"total": loss, "part": loss / 2}

    def figures(self) -> Mapping[str, float]:
        if self.scores:
            return {"score": self.scores.pop(0)}
        x = torch.linspace(-1, 1, 9)[:, None]
        with torch.no_grad():
            return {"score": -float((self.network(x) - (2 * x - 1)).pow(2).mean())}


def settings(steps: int = 60, **more) -> LoopSettings:
    return LoopSettings(steps=steps, rate=0.02, warmup=5, validate=10, **more)


def weights(task: Line) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in task.network.state_dict().items()}


def assert_same_bits(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert torch.equal(tensor, other[name]), name


def test_it_learns_and_keeps_the_best(tmp_path: Path):
    task = Line()
    before = task.figures()["score"]
    outcome = Loop(task, settings(), tmp_path).run()
    assert outcome.finished
    assert outcome.step == 60
    assert outcome.score > before + 0.5
    task.network.eval()
    assert task.figures()["score"] == pytest.approx(outcome.score)


def test_resumed_training_is_uninterrupted_training_to_the_bit(tmp_path: Path):
    whole = Line()
    Loop(whole, settings(), tmp_path / "whole").run()
    seconds = iter(range(10_000))
    parts = Line()
    for _ in range(40):
        # Every look at the clock is a second later: each run does a few steps, then a new program goes on.
        parts = Line()
        if Loop(parts, settings(), tmp_path / "parts").run(minutes=0.1, clock=lambda: float(next(seconds))).finished:
            break
    assert_same_bits(weights(parts), weights(whole))
    for name in ("curves.csv", "log.jsonl"):
        assert (tmp_path / "parts" / name).read_text() == (tmp_path / "whole" / name).read_text()


def test_equal_seeds_give_equal_bits_and_others_do_not(tmp_path: Path):
    runs = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        task = Line()
        Loop(task, settings(seed=seed), tmp_path / name).run()
        runs.append(weights(task))
    assert_same_bits(runs[0], runs[1])
    assert not torch.equal(runs[0]["0.weight"], runs[2]["0.weight"])


def test_it_ends_when_the_score_rises_no_more(tmp_path: Path):
    task = Line(scores=[1.0, 3.0, 2.0, 2.5, 9.0])
    outcome = Loop(task, settings(patience=2), tmp_path).run()
    assert outcome.finished
    assert outcome.step == 40
    assert outcome.score == 3.0


def test_curves_are_written_as_table_and_picture(tmp_path: Path):
    Loop(Line(), settings(steps=20), tmp_path).run()
    rows = (tmp_path / "curves.csv").read_text().splitlines()
    assert rows[0] == "step,total,part,valid score"
    assert len(rows) == 21
    assert rows[1].endswith(",")
    assert not rows[10].endswith(",")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_a_loss_that_is_no_number_is_said(tmp_path: Path):
    with pytest.raises(TrainingError, match=r"fell apart at step 3.*lower the learning rate"):
        Loop(Line(broken_at=3), settings(), tmp_path).run()


def test_other_settings_do_not_go_on(tmp_path: Path):
    Loop(Line(), settings(), tmp_path).run(minutes=0.0)
    with pytest.raises(TrainingError, match="another steps \\(60\\)"):
        Loop(Line(), settings(steps=61), tmp_path)


def test_a_damaged_checkpoint_is_said(tmp_path: Path):
    Loop(Line(), settings(), tmp_path).run(minutes=0.0)
    path = tmp_path / "state.pt"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(TrainingError, match=r"state\.pt' is no checkpoint"):
        Loop(Line(), settings(), tmp_path)


def test_the_rate_rises_and_comes_down():
    s = settings(steps=105)
    rates = [rate_at(step, s) for step in range(105)]
    assert rates[0] == pytest.approx(0.02 / 5)
    assert max(rates) == rates[5] == pytest.approx(0.02)
    assert rates[55] == pytest.approx(0.02 * (LEAST_RATE + (1 - LEAST_RATE) / 2))
    assert rates[-1] < 0.02 * (LEAST_RATE + 0.001)
