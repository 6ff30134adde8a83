"""Pictures of ours as pictures of Qt's."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage, QPixmap

from pctalk_studio.render.api import PictureU8


def pixmap_of(picture: PictureU8) -> QPixmap:
    """A picture [H, W, 3] uint8 as a pixmap; its pixels are copied."""
    whole = np.ascontiguousarray(picture)
    height, width = whole.shape[:2]
    return QPixmap.fromImage(QImage(whole.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy())
