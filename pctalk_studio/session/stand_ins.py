"""Who drew what is seen of a frame."""

from __future__ import annotations

from pctalk_studio.render.api import FrameKey
from pctalk_studio.session.desk import Desk


def drawn_meanwhile_by(desk: Desk, frame: int) -> str:
    """The engine whose picture is seen until the project's own has drawn a frame; empty when nothing stands in for it.

    Parameters
    ----------
    desk
        With the project.
    frame
        Number in the clip as it was evaluated last.
    """
    stage, clip = desk.staging.seen, desk.clip
    if stage is None or stage.proxy is None or clip is None or not 0 <= frame < len(clip):
        return ""
    row = clip.row_key(frame)
    if FrameKey(stage.full.look, row) in desk.store or FrameKey(stage.proxy.look, row) not in desk.store:
        return ""
    return stage.proxy.look.engine
