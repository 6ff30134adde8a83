"""The neural engine (paper equations 1 to 3): LivePortrait's networks, driven by the same rows as the mesh engine.

What happens to a row, and where::

    row ──> apertures, table ──> driving: K_d = K_ori + D_l + D_e ──> stitching ──> warp, decode ──> placing ──> picture

Importing this package imports no torch: :func:`open_renderer` does, once it has found the weights.
"""

from pctalk_studio.render.liveportrait.opening import lacking_weights, open_renderer

__all__ = ["lacking_weights", "open_renderer"]
