from __future__ import annotations

import pytest
import torch

from pctalk_studio.nets.speech.predictor import (
    Cache,
    ExpressionPredictor,
    PredictorSettings,
    causal_bias,
    head_slopes,
    periodic_positions,
    shifted,
)
from pctalk_studio.nets.speech.refiner import LIPS, LipRefiner, lips_of, whole_face
from pctalk_studio.nets.speech.style import StyleEncoder, StyleTable

TINY = PredictorSettings(audio_size=6, size=16, heads=4, hidden=24, layers=2)


def awake(module: torch.nn.Module, seed: int = 1) -> torch.nn.Module:
    """Random weights everywhere, also where training begins with zeros."""
    torch.manual_seed(seed)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.2)
    return module.eval()


@pytest.fixture
def predictor() -> ExpressionPredictor:
    return awake(ExpressionPredictor(TINY))


def inputs(rows: int, frames: int) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(2)
    return torch.randn(rows, frames, 16), torch.randn(rows, frames, 16)


def test_positions_repeat_with_the_period():
    table = periodic_positions(25, 128)
    assert table.shape == (25, 128)
    t, i = 7, 3
    assert table[t, 2 * i] == pytest.approx(torch.sin(torch.tensor(t / 10000 ** (2 * i / 128))).item(), abs=1e-6)
    assert table[t, 2 * i + 1] == pytest.approx(torch.cos(torch.tensor(t / 10000 ** (2 * i / 128))).item(), abs=1e-6)


def test_slopes_and_bias_are_the_published_ones():
    assert head_slopes(4).tolist() == [0.25, 0.0625, 0.015625, 0.00390625]
    bias = causal_bias(4, 60, 25)
    assert bias[0, 30, 31] == float("-inf")
    assert bias[0, 30, 6] == 0.0
    assert bias[0, 30, 5] == -0.25
    assert bias[1, 59, 9] == -2 * 0.0625


def test_the_future_changes_nothing(predictor: ExpressionPredictor):
    memory, condition = inputs(2, 12)
    with torch.no_grad():
        before = predictor(memory, condition, torch.zeros(2, 12, 63))
        memory[:, 8:] += 1.0
        condition[:, 8:] += 1.0
        after = predictor(memory, condition, torch.zeros(2, 12, 63))
    torch.testing.assert_close(after[:, :8], before[:, :8], atol=1e-7, rtol=0)
    assert (after[:, 8:] - before[:, 8:]).abs().min(dim=2).values.max() > 1e-4


def test_step_by_step_is_all_at_once(predictor: ExpressionPredictor):
    memory, condition = inputs(3, 50)
    with torch.no_grad():
        rolled = predictor.roll(memory, condition)
        together = predictor(memory, condition, shifted(rolled))
    assert rolled.std() > 1e-3
    torch.testing.assert_close(rolled, together, atol=1e-5, rtol=0)


def test_a_cache_grows_by_one_frame(predictor: ExpressionPredictor):
    memory, condition = inputs(1, 3)
    cache = Cache(TINY, 1, 3, torch.device("cpu"))
    with torch.no_grad():
        for t in range(3):
            predictor.step(memory[:, t], condition[:, t], torch.zeros(1, 63), cache)
            assert cache.length == t + 1


def test_aligned_cross_attention_is_attention_to_the_own_step(predictor: ExpressionPredictor):
    layer = predictor.layers[0]
    plain = torch.nn.MultiheadAttention(16, 4, batch_first=True).eval()
    with torch.no_grad():
        plain.in_proj_weight[32:] = layer.heard.weight
        plain.in_proj_bias[32:] = layer.heard.bias
        plain.out_proj.weight.copy_(layer.told.weight)
        plain.out_proj.bias.copy_(layer.told.bias)
        query, memory = inputs(2, 9)
        blocked = ~torch.eye(9, dtype=torch.bool)
        expected, _ = plain(query, memory, memory, attn_mask=blocked)
        torch.testing.assert_close(layer.told(layer.heard(memory)), expected, atol=1e-6, rtol=1e-5)


def test_it_begins_at_rest():
    memory, condition = inputs(1, 5)
    assert ExpressionPredictor(TINY)(memory, condition, torch.zeros(1, 5, 63)).abs().max() == 0.0


def test_phones_that_are_not_known_add_nothing(predictor: ExpressionPredictor):
    torch.manual_seed(5)
    audio = torch.randn(1, 16, 6)
    known = predictor.phone_map(torch.relu(predictor.phone_near(torch.zeros(1, 40, 16)).transpose(1, 2)))
    assert known.abs().max() == 0.0
    phones = torch.zeros(1, 16, 40)
    phones[0, 9, 4] = 1.0
    changed = (predictor.memory(audio, phones) - predictor.memory(audio, torch.zeros(1, 16, 40))).abs().amax(dim=2)[0]
    # Frame t of the memory hears frames t to t + 6 of what it is given, which begins three frames earlier.
    assert changed.nonzero().flatten().tolist() == list(range(3, 10))


def test_gradients_are_those_of_finite_differences():
    settings = PredictorSettings(audio_size=2, size=8, heads=2, hidden=6, layers=1, emotional=True)
    predictor = awake(ExpressionPredictor(settings)).double()
    torch.manual_seed(4)
    audio, phones = torch.randn(1, 10, 2, dtype=torch.double), torch.rand(1, 10, 40, dtype=torch.double)
    style, emotions = torch.randn(1, 8, dtype=torch.double), torch.rand(1, 4, 8, dtype=torch.double)
    previous = (torch.randn(1, 4, 63, dtype=torch.double) * 0.05).requires_grad_()

    def run(audio: torch.Tensor, style: torch.Tensor, emotions: torch.Tensor, previous: torch.Tensor) -> torch.Tensor:
        out = predictor(predictor.memory(audio, phones), predictor.condition(style, emotions, 4), previous)
        return out.sum(dim=2)

    leaves = (audio.requires_grad_(), style.requires_grad_(), emotions.requires_grad_(), previous)
    assert torch.autograd.gradcheck(run, leaves, atol=1e-5, rtol=1e-3, fast_mode=True)


def test_neutral_is_no_emotion_whatever_its_column_says():
    predictor = awake(ExpressionPredictor(PredictorSettings(audio_size=2, size=8, heads=2, hidden=6, layers=1, emotional=True)))
    neutral = torch.zeros(2, 8)
    neutral[1, 5] = 1.0
    assert predictor.emotion(neutral).abs().max() == 0.0


def test_a_one_hot_style_is_its_row_to_the_bit():
    table = StyleTable(8, 16)
    for style in range(8):
        code = torch.zeros(1, 8)
        code[0, style] = 1.0
        assert torch.equal(table(code)[0], table.row(style))


def test_a_style_depends_on_how_much_moves():
    encoder = awake(StyleEncoder(16, inner=8, heads=2, layers=1))
    motion = torch.randn(1, 40, 63) * 0.05
    with torch.no_grad():
        assert encoder(motion).shape == (1, 16)
        assert (encoder(motion) - encoder(0.3 * motion)).abs().max() > 1e-3


def test_the_refiner_begins_with_the_prediction_and_moves_lips_only():
    refiner = LipRefiner(16, hidden=12)
    heard, delta = torch.randn(2, 5, 16), torch.randn(2, 5, 63) * 0.05
    k_ori, k_c = torch.randn(2, 63), torch.randn(2, 63)
    refined = refiner(heard, k_ori, k_c, delta)
    torch.testing.assert_close(refined, lips_of(k_c[:, None] + delta - k_ori[:, None]))
    face = whole_face(refined).unflatten(-1, (21, 3))
    assert face[:, :, [i for i in range(21) if i not in LIPS]].abs().max() == 0.0
    torch.testing.assert_close(lips_of(whole_face(refined)), refined)
