from __future__ import annotations

import math

import pytest
import torch

from pctalk_studio.nets.speech.predictor import TYPICAL
from pctalk_studio.training import losses
from pctalk_studio.training.losses import LacWeights

ZERO = torch.zeros(1, 3, 2)


def motion(*rows: tuple[float, float]) -> torch.Tensor:
    return torch.tensor([rows]) * TYPICAL


def test_rec_is_the_mean_distance():
    assert losses.loss_rec(motion((1, 0), (0, -2), (0, 3)), ZERO).item() == pytest.approx(6 / 6)


def test_vel_compares_steps_and_no_places():
    predicted = motion((1, 0), (2, 0), (4, 0))
    truth = motion((5, 1), (5, 1), (5, 1))
    assert losses.loss_vel(predicted, truth).item() == pytest.approx((1 + 2) / 4)
    assert losses.loss_vel(predicted + 7.0, predicted).item() == pytest.approx(0.0, abs=1e-5)


def test_exp_is_equation_5():
    predicted = motion((1, 0), (2, 0), (4, 0))
    expected = 3 / 4 + 0.3 * (7 / 6)
    assert losses.loss_exp(predicted, ZERO, weight_rec=0.3).item() == pytest.approx(expected)


def test_sync_is_minus_the_cosine_whatever_the_lengths():
    seen = torch.tensor([[2.0, 0.0], [0.0, 3.0]])
    heard = torch.tensor([[5.0, 0.0], [1.0, 1.0]])
    assert losses.loss_sync(seen, heard).item() == pytest.approx(-(1 + math.sqrt(0.5)) / 2)


def test_kp_and_reg_are_distances_of_keypoints():
    assert losses.loss_kp(motion((1, 1), (0, 0), (0, 0)), ZERO).item() == pytest.approx(1 / 3)
    assert losses.loss_reg(motion((0, 0), (0, 3), (0, 0)), ZERO).item() == pytest.approx(0.5)


def test_refine_is_equation_7_and_lac_its_successor():
    one, two, three = torch.tensor(-0.5), torch.tensor(2.0), torch.tensor(3.0)
    assert losses.loss_refine(one, two, three, 0.1, 0.01).item() == pytest.approx(-0.5 + 0.2 + 0.03)
    weights = LacWeights(sync=2.0, kp=0.1, reg=0.01, vel=0.5, style=0.25)
    total = losses.loss_lac(one, two, three, torch.tensor(4.0), torch.tensor(8.0), weights)
    assert total.item() == pytest.approx(-1.0 + 0.2 + 0.03 + 2.0 + 2.0)


def test_cls_is_equation_16():
    logits = torch.tensor([[1.0, 2.0, 0.5]])
    expected = -math.log(math.exp(2.0) / (math.e + math.exp(2.0) + math.exp(0.5)))
    assert losses.loss_cls(logits, torch.tensor([1])).item() == pytest.approx(expected)


def test_style_pulls_to_the_own_row_and_from_others():
    rows = torch.eye(3)
    right = losses.loss_style(rows.clone(), rows, torch.arange(3))
    wrong = losses.loss_style(rows.roll(1, 0), rows, torch.arange(3))
    assert right.item() == pytest.approx(math.log(1 + 2 * math.exp(-10.0)), abs=1e-6)
    assert wrong > right + 9
    far = losses.loss_style(5 * rows, rows, torch.arange(3))
    assert far.item() == pytest.approx(right.item() + 16 / 3, abs=1e-5)


def test_contrast_wants_partners_alike_and_leaves_twins_alone():
    vectors = torch.eye(4)
    none, warmth = torch.zeros(4, 4, dtype=torch.bool), torch.tensor(2.0)
    good = losses.loss_contrast(vectors, vectors, warmth, none)
    assert good.item() == pytest.approx(math.log(1 + 3 * math.exp(-math.exp(2.0))), abs=1e-5)
    crossed = vectors[[1, 0, 2, 3]]
    assert losses.loss_contrast(vectors, crossed, warmth, none) > good + 3
    twins = torch.zeros(4, 4, dtype=torch.bool)
    twins[0, 1] = twins[1, 0] = True
    same = vectors.clone()
    same[1] = same[0]
    with_twins = losses.loss_contrast(same, same, warmth, twins)
    assert with_twins < losses.loss_contrast(same, same, warmth, none)


def test_gradients_are_those_of_finite_differences():
    torch.manual_seed(0)
    predicted = torch.randn(2, 4, 3, dtype=torch.double, requires_grad=True)
    truth = torch.randn(2, 4, 3, dtype=torch.double)
    assert torch.autograd.gradcheck(lambda p: losses.loss_exp(p, truth, 0.7), (predicted,))
    assert torch.autograd.gradcheck(lambda p: losses.loss_sync(p, truth), (predicted,))
    rows, style = torch.randn(5, 3, dtype=torch.double), torch.tensor([1, 4])
    assert torch.autograd.gradcheck(lambda p: losses.loss_style(p[:, 0], rows, style), (predicted,))
