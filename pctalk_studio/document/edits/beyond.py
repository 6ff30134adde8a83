"""The edit of what lies beyond the end of the recording."""

from __future__ import annotations

from dataclasses import replace

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.beyond import beyond, curves_of, keys_until
from pctalk_studio.document.edits.keys import with_curve
from pctalk_studio.document.project import Project


def remove_beyond(project: Project) -> Project:
    """Remove keys, clips, blinks and markers that begin after the end of the recording, and in and out points there.

    Raises
    ------
    EditRejected
        When nothing lies there.
    """
    found = beyond(project)
    if not found:
        raise EditRejected("Nothing lies beyond the end of the recording.")
    for name, clip, curve in tuple(curves_of(project)):
        kept = keys_until(curve, found.end)
        if kept < len(curve.keys):
            project = with_curve(project, name, clip, replace(curve, keys=curve.keys[:kept]))
    outside = project.in_point is not None and project.in_point >= found.end
    return replace(
        project,
        emotions=tuple(clip for clip in project.emotions if clip.id not in found.emotions),
        performances=tuple(clip for clip in project.performances if clip.id not in found.performances),
        blinks=tuple(blink for blink in project.blinks if blink.id not in found.blinks),
        markers=tuple(marker for marker in project.markers if marker.id not in found.markers),
        in_point=None if outside else project.in_point,
        out_point=None if outside or (project.out_point or 0.0) > found.end else project.out_point,
    )


ALL = (remove_beyond,)
"""The edits of this module."""
