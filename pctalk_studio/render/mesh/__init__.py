"""The embedded engine: one photo, no neural network.

What it promises: a row at rest is the photo bit by bit; what lies outside the moving parts stays so; the keypoints land where
K_d says; nothing ever folds; the same row gives the same bytes.
"""

from pctalk_studio.render.mesh.engine import MeshFace, MeshRenderer

__all__ = ["MeshFace", "MeshRenderer"]
