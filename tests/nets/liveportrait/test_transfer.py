"""Bringing pictures back: what arrives is what was computed, whatever the device does next."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pctalk_studio.nets.liveportrait.transfer import Courier


def test_what_is_here_already_is_handed_over():
    values = torch.arange(24, dtype=torch.uint8).view(2, 3, 4)
    np.testing.assert_array_equal(Courier().fetch(values).opened(), values.numpy())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card here")
def test_a_copy_shows_the_moment_it_was_asked_for_though_the_card_goes_on():
    courier, device = Courier(), torch.device("cuda")
    parcels = []
    for number in range(20):
        values = torch.full((1 << 20,), number, dtype=torch.uint8, device=device)
        parcels.append(courier.fetch(values))
        del values
        torch.zeros(1 << 20, dtype=torch.uint8, device=device)
    for number, parcel in enumerate(parcels):
        assert (parcel.opened() == number).all()
