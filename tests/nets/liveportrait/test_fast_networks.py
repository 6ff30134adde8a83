"""Each shortcut gives what the plain formulation gives."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch
from helpers.liveportrait_weights import TINY, sample_keypoints, sample_picture, synthetic_network
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from pctalk_studio.nets.liveportrait.fast_generator import FastGenerator, PhaseConv, normalised, quadrupled
from pctalk_studio.nets.liveportrait.fast_warping import FastWarping, gathered, heat, sampled, shifted
from pctalk_studio.nets.liveportrait.fourier import FourierHeads
from pctalk_studio.nets.liveportrait.layers import Direct, Plan, convolution, folded, halved, repeated
from pctalk_studio.nets.liveportrait.policy import CPU, Policy
from pctalk_studio.nets.liveportrait.warping import coordinate_grid, heat_map
from pctalk_studio.nets.liveportrait.winograd import DOUBLED_ROWS, QUADRUPLED_ROWS, Winograd, matrices
from pctalk_studio.nets.names import Network

PLANS = {"direct": Plan(CPU), "transforms": Plan(CPU, winograd_from=1, fourier=True)}


@pytest.fixture(autouse=True)
def _inference():
    with torch.inference_mode():
        yield


def numbers(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_minimal_products_are_a_convolution():
    collect, taps, spread = (torch.from_numpy(matrix) for matrix in matrices())
    x, w = numbers(6).double(), numbers(3, seed=1).double()
    torch.testing.assert_close(collect @ ((taps @ w) * (spread @ x)), functional.conv1d(x[None, None], w[None, None])[0, 0])


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 3), st.sampled_from([1, 4]), st.integers(1, 3), st.integers(1, 9), st.integers(1, 5), st.integers(1, 5),
    st.sampled_from([1, 2]), st.integers(0, 99),
)  # fmt: skip
def test_winograd_is_a_convolution(count, depth, down, inputs, outputs, across, repeat, seed):
    step = 4 // repeat
    x = numbers(count, depth, step * down, step * across, inputs, seed=seed)
    bias = numbers(outputs, seed=seed + 2)
    weight = numbers(outputs, inputs, 3, 3, 3, seed=seed + 1) if depth > 1 else numbers(outputs, inputs, 3, 3, seed=seed + 1)
    x = x if depth > 1 else x[:, 0]
    wanted = Direct(weight, bias, CPU, repeat)(x)
    made = convolution(weight, bias, PLANS["transforms"], repeat=repeat)
    assert isinstance(made, Winograd)
    torch.testing.assert_close(made(x), wanted, atol=1e-5 + 5e-6 * float(wanted.abs().max()), rtol=0)


def test_winograd_works_in_strips_when_there_are_many_tiles():
    weight, bias, x = numbers(3, 2, 3, 3), numbers(3), numbers(1, 160, 140, 2)
    torch.testing.assert_close(Winograd(weight, bias)(x), Direct(weight, bias, CPU)(x), atol=2e-5, rtol=2e-5)


def test_doubled_rows_stand_for_repeated_input():
    weight, bias, x = numbers(3, 2, 3, 3), numbers(3), numbers(2, 6, 8, 2)
    wanted = Direct(weight, bias, CPU)(repeated(x, 2))
    torch.testing.assert_close(Winograd(weight, bias, DOUBLED_ROWS)(x), wanted, atol=2e-5, rtol=2e-5)


@pytest.mark.parametrize("times", [2, 4])
def test_phases_are_the_repeated_convolution(times):
    weight, bias, x = numbers(5, 3, 3, 3), numbers(5), numbers(2, 4, 6, 3)
    conv = PhaseConv(weight, bias, times, PLANS["direct"])
    phases = conv.phases(x)
    assert len(phases) == {2: 4, 4: 9}[times]
    wanted = torch.relu(Direct(weight, bias, CPU)(repeated(x, times)))
    torch.testing.assert_close(conv.joined(phases), wanted, atol=1e-5, rtol=1e-5)


def test_phases_enter_the_next_convolution_unjoined():
    first = PhaseConv(numbers(5, 3, 3, 3), numbers(5), 4, PLANS["direct"])
    weight, bias = numbers(7, 5, 3, 3, seed=3), numbers(7)
    phases = first.phases(numbers(2, 6, 5, 3))
    wanted = Direct(weight, bias, CPU)(first.joined(phases))
    torch.testing.assert_close(quadrupled(Winograd(weight, bias, QUADRUPLED_ROWS), phases), wanted, atol=5e-5, rtol=5e-5)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (32, 48), (20, 12), (64, 64)])
def test_spectra_give_both_heads(height, width):
    mask, occlusion = nn.Conv3d(6, 3, 7, padding=3), nn.Conv2d(6 * 4, 1, 7, padding=3)
    x = numbers(2, 4, height, width, 6)
    made_mask, made_occlusion = FourierHeads(mask, occlusion)(x)
    planes = x.movedim(-1, 1)
    torch.testing.assert_close(made_mask.movedim(-1, 1), mask(planes), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(made_occlusion.movedim(-1, 1), occlusion(planes.flatten(1, 2)), atol=1e-5, rtol=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-2.5, 2.5, width=32)] * 3), min_size=1, max_size=4))
def test_shifting_is_sampling_a_moved_grid(shifts):
    volume, shift = numbers(4, 8, 6, 3), torch.tensor(shifts)
    grid = coordinate_grid(4, 8, 6, volume) + shift[:, None, None, None]
    each = volume.movedim(-1, 0)[None].expand(len(shift), -1, -1, -1, -1)
    wanted = functional.grid_sample(each, grid, align_corners=False).movedim(1, -1)
    torch.testing.assert_close(shifted(volume, shift), wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("look_up", [sampled, gathered])
def test_sampling_anywhere_is_that_of_the_plain_network(look_up):
    volume = numbers(1, 5, 3, 6, 4)
    places = 1.3 * numbers(2, 3, 6, 4, 3, seed=1)
    wanted = functional.grid_sample(volume.expand(2, -1, -1, -1, -1), places, align_corners=False).movedim(1, -1)
    torch.testing.assert_close(look_up(volume, places), wanted, atol=1e-5, rtol=1e-5)


def test_heat_is_a_product_of_its_axes():
    source, driving = sample_keypoints()
    both = torch.cat([source, driving])
    wanted = heat_map(coordinate_grid(4, 8, 6, both), both).movedim(1, -1)
    torch.testing.assert_close(heat(both, torch.Size([4, 8, 6])), wanted, atol=1e-6, rtol=1e-5)


def test_a_batch_norm_folds_into_its_convolution():
    conv, norm = nn.Conv3d(3, 5, 3, padding=1), nn.BatchNorm3d(5).eval()
    for tensor in (norm.weight, norm.bias, norm.running_mean):
        tensor.data.copy_(numbers(5))
    norm.running_var.copy_(numbers(5).square() + 0.1)
    x = numbers(1, 3, 2, 4, 4)
    torch.testing.assert_close(functional.conv3d(x, *folded(conv, norm), padding=1), norm(conv(x)), atol=1e-5, rtol=1e-5)


def test_instance_norm_and_halving_are_the_usual_ones():
    x = numbers(2, 8, 6, 3) * 3 + 1
    torch.testing.assert_close(normalised(x).movedim(-1, 1), functional.instance_norm(x.movedim(-1, 1)), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(halved(x).movedim(-1, 1), functional.avg_pool2d(x.movedim(-1, 1), 2))


@pytest.fixture(scope="module")
def tiny():
    """Plain networks, and what they make of two poses."""
    with torch.inference_mode():
        appearance, warping, generator = (
            synthetic_network(network, TINY) for network in (Network.APPEARANCE, Network.WARPING, Network.GENERATOR)
        )
        source, driving = sample_keypoints()
        both = torch.cat([driving, 0.8 * driving + 0.05])
        volume = appearance(sample_picture(128))
        warped = warping(volume.expand(2, -1, -1, -1, -1), k_driving=both, k_source=source.expand(2, -1, -1))
        return warping, generator, volume, source[0], both, warped.features, generator(warped.features)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_fast_networks_draw_what_the_plain_ones_draw(tiny, plan):
    warping, generator, volume, k_source, k_driving, features, picture = tiny
    fast = FastWarping(warping, plan)
    made = fast(fast.study(volume), k_driving=k_driving, k_source=k_source)
    torch.testing.assert_close(made.movedim(-1, 1), features, atol=1e-5, rtol=1e-5)
    drawn = FastGenerator(generator, plan)(features.movedim(1, -1).contiguous())
    assert float((drawn - picture).abs().max()) < 1e-5


@pytest.fixture(scope="module")
def exact():
    """Narrow networks, and the picture that they draw in float64 and, plainly, in float32."""
    sizes = replace(TINY, width=8, volume_channels=8, hourglass_width=4)
    with torch.inference_mode():
        appearance, warping, generator = (
            synthetic_network(network, sizes) for network in (Network.APPEARANCE, Network.WARPING, Network.GENERATOR)
        )
        source, driving = sample_keypoints()
        volume = appearance(sample_picture(128))

        def drawn(kind: torch.dtype) -> torch.Tensor:
            warp, draw = (copy.deepcopy(network).to(kind) for network in (warping, generator))
            return draw(warp(volume.to(kind), k_driving=driving.to(kind), k_source=source.to(kind)).features)

        return warping, generator, volume, source[0], driving, drawn(torch.float64), drawn(torch.float32)


def drawn_fast(exact, plan: Plan) -> torch.Tensor:
    warping, generator, volume, k_source, k_driving, *_ = exact
    fast = FastWarping(warping, plan)
    return FastGenerator(generator, plan)(fast(fast.study(volume), k_driving=k_driving, k_source=k_source))


def farthest(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one.to(torch.float64) - other.to(torch.float64)).abs().max())


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_from_keypoints_to_pixels_both_ways_draw_the_truth(exact, plan):
    """Scrambled weights amplify rounding on the way, in any order of sums; so both are compared with float64, too.

    At full size they are within 1e-5 of each other: see the golden numbers.
    """
    *_, truth, plain = exact
    made = drawn_fast(exact, plan)
    assert farthest(made, truth) < 1e-5
    assert farthest(plain, truth) < 1e-5
    assert farthest(made, plain) < 1.5e-5


def test_places_in_single_precision_would_be_further_from_the_truth(exact, monkeypatch):
    """Shares of a softmax that miss a sum of one move every place."""
    warping, _, volume, k_source, k_driving, *_ = exact

    def warped(network: nn.Module, kind: torch.dtype):
        return network(volume.to(kind), k_driving=k_driving.to(kind), k_source=k_source[None].to(kind))

    truth, plain = warped(copy.deepcopy(warping).to(torch.float64), torch.float64), warped(warping, torch.float32)
    assert farthest(plain.mask.sum(dim=1), torch.ones(1)) < 1e-12
    with monkeypatch.context() as patched:
        patched.setattr(torch.Tensor, "double", lambda tensor: tensor)
        rounded = warped(warping, torch.float32)

    def mean_error(made: torch.Tensor) -> float:
        return float((made.to(torch.float64) - truth.features).square().mean().sqrt())

    assert mean_error(rounded.features) > 1.5 * mean_error(plain.features)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_stays_within_a_hundredth(exact, dtype):
    plan = Plan.of(Policy(torch.device("cpu"), dtype))
    assert (plan.winograd_from, plan.fourier) == (None, False)
    made = drawn_fast(exact, plan)
    assert made.dtype == torch.float32
    assert 1e-4 < farthest(made, exact[-2]) < 1e-2


def test_bfloat16_everywhere_would_not_stay_within_a_hundredth(exact, monkeypatch):
    monkeypatch.setattr(Plan, "careful", property(lambda plan: plan))
    assert farthest(drawn_fast(exact, Plan.of(Policy(torch.device("cpu"), torch.bfloat16))), exact[-2]) > 2e-2


def test_beside_bfloat16_what_draws_the_picture_itself_is_float32_and_the_rest_is_not(exact):
    warping, generator, *_ = exact
    plan = Plan.of(Policy(torch.device("cpu"), torch.bfloat16))
    warp, draw = FastWarping(warping, plan), FastGenerator(generator, plan)

    def kinds(module: nn.Module) -> set[torch.dtype]:
        return {each.weight.dtype for each in module.modules() if isinstance(each, Direct)}

    for careful in (warp.squeeze, warp.third, warp.fourth, draw.fc, draw.shared, draw.middle, draw.up_0, draw.image):
        assert kinds(careful) == {torch.float32}
    for quick in (warp.down, warp.up, warp.last, warp.heads, draw.up_1.modulation, draw.up_1.shared):
        assert kinds(quick) == {torch.bfloat16}


def test_the_plain_networks_are_left_as_they_are(tiny):
    warping, generator, *_ = tiny
    before = [tensor.clone() for module in (warping, generator) for tensor in module.state_dict().values()]
    FastWarping(warping, PLANS["transforms"])
    FastGenerator(generator, PLANS["direct"])
    after = [tensor for module in (warping, generator) for tensor in module.state_dict().values()]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
