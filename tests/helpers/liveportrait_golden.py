"""Numbers that the published networks give with the scrambled weights and the sample inputs (float32, on a processor)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Golden:
    """Shape, mean, standard deviation (None where not known), and single values by their place in the flat tensor."""

    shape: tuple[int, ...]
    mean: float | None
    std: float | None
    values: dict[int, float]

    def check(self, tensor: Tensor) -> None:
        assert tuple(tensor.shape) == self.shape
        flat = tensor.double().flatten()
        for place, value in self.values.items():
            assert abs(float(flat[place]) - value) <= 1e-4 * abs(value), (place, float(flat[place]), value)
        if self.mean is not None:
            assert abs(float(flat.mean()) - self.mean) <= 1e-4 * abs(self.mean)
        if self.std is not None:
            assert abs(float(torch.std(flat, correction=0)) - self.std) <= 1e-4 * self.std


PICK = (6, 23, 38, 58)
BINS = (6, 24, 40, 61)


def _at(places: tuple[int, ...], *values: float) -> dict[int, float]:
    return dict(zip(places, values, strict=True))


VOLUME = Golden(
    (1, 32, 16, 64, 64), -0.09047943, 0.5013039,
    {209715: -0.201416, 775946: -0.153993, 1279262: -0.09022776, 1950351: -0.3381495},
)  # fmt: skip
PITCH = Golden((1, 66), 0.04849806, 0.9193103, _at(BINS, -0.8081648, -1.527767, -0.07539757, 1.11832))
YAW = Golden((1, 66), -0.3729396, 1.035611, _at(BINS, 0.815376, -1.813519, 0.2085979, 1.432007))
ROLL = Golden((1, 66), 0.1685999, 0.9932964, _at(BINS, -0.08021485, 0.1182642, 2.380483, -0.6440254))
DEGREES = (13.85168, 11.57993, 9.307091)
TRANSLATION = Golden((1, 3), None, None, {0: 0.4112309, 1: 0.4287227, 2: -0.7860098})
EXPRESSION = Golden((1, 63), -0.001599728, 0.8795206, _at(PICK, 1.47906, -0.07314549, 0.2628447, -0.6295549))
SCALE = Golden((1, 1), None, None, {0: -0.5902666})
CANONICAL = Golden((1, 63), -0.2614607, 0.9926836, _at(PICK, -0.06069273, -1.516441, 0.3145862, -1.07545))
FEATURES = Golden(
    (1, 256, 64, 64), -0.00438917, 0.1446665,
    {104857: 0.2374655, 387973: 0.08116814, 639631: -0.02135049, 975175: -0.3141789},
)  # fmt: skip
DEFORMATION = Golden(
    (1, 16, 64, 64, 3), -0.001832316, 0.5959908,
    {19660: 0.2013011, 72744: 0.7777144, 119930: 0.199732, 182845: 0.7726263},
)  # fmt: skip
OCCLUSION = Golden((1, 1, 64, 64), 0.4961643, 0.004930668, {409: 0.4931555, 1515: 0.5006977, 2498: 0.4941182, 3809: 0.4936989})
MASK = Golden(
    (1, 22, 16, 64, 64), 0.04545455, 0.004614419,
    {144179: 0.05553178, 533463: 0.04035695, 879493: 0.050373, 1340866: 0.04950793},
)  # fmt: skip
PICTURE = Golden(
    (1, 3, 512, 512), 0.5015235, 0.1760262, {78643: 0.4327601, 290979: 0.609067, 479723: 0.7674941, 731381: 0.3811203}
)
STITCHING = Golden((1, 65), -0.003231352, 0.1220336, _at((6, 24, 39, 60), -0.2765706, -0.1000867, -0.254741, -0.2031792))
LIP = Golden((1, 63), 0.007146231, 0.1097754, _at(PICK, -0.2331103, -0.08074038, 0.09491301, -0.03608715))
EYE = Golden((1, 63), 0.01057958, 0.07244689, _at(PICK, -0.03992126, -0.003683641, -0.03249986, 0.02582013))
