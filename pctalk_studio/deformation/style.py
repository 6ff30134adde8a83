"""Style axes: open ("duck"), wide ("bee") and purse ("too").

The axes are the mouth shapes of the vowels in those words, in (open, width, purse). They are not orthogonal ("bee" and "too"
point apart), so a shape is taken apart with the dual basis and only what it has of an axis, never a negative amount, is
amplified. More "bee" then widens "tee", and leaves "bus" and "too" as they are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pctalk_studio.deformation.lac.targets import LipTargets
from pctalk_studio.document.project import StyleAxes

ArrayF64 = npt.NDArray[np.float64]

AXIS_PHONES = ("AH", "IY", "UW")
"""The vowels of "duck", "bee" and "too"."""


def axis_basis(targets: LipTargets) -> ArrayF64:
    """The axes as rows in (open, width, purse), [3, 3]."""
    rows = (targets[phone] for phone in AXIS_PHONES)
    return np.array([[row.open, row.width, row.purse] for row in rows])


def axis_gains(style: StyleAxes) -> ArrayF64:
    """Gains of a style in the order of the axes, [3]."""
    return np.array([style.open, style.wide, style.purse])


def styled(shapes: ArrayF64, gains: ArrayF64, targets: LipTargets) -> ArrayF64:
    """Amplify what shapes have of each axis: x + sum_k (g_k - 1) max(c_k, 0) b_k with c = x B^-1.

    Parameters
    ----------
    shapes
        [..., 3] mouth shapes in (open, width, purse).
    gains
        [3] or [..., 3] gains g of the three axes.
    targets
        Table from which the axes are taken.

    Returns
    -------
    npt.NDArray[np.float64]
        Shapes of the same form; equal to the input, to the bit, where every gain is 1.
    """
    basis = axis_basis(targets)
    amounts = np.maximum(shapes @ np.linalg.inv(basis), 0.0)
    # Amounts this small are rounding of an exact zero, such as the "bee" in "bus".
    amounts[amounts < 1e-9] = 0.0
    return np.asarray(shapes + (amounts * (gains - 1.0)) @ basis)
