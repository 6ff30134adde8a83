"""What a press selects of things that are dragged as a whole: clips, blinks, markers."""

from __future__ import annotations

from pctalk_studio.app.editor import Editor
from pctalk_studio.app.timeline.lane import Pointer
from pctalk_studio.session.selection import Selection


def select_at_press(editor: Editor, one: Selection, pointer: Pointer) -> bool:
    """Select what was pressed: with Ctrl (Cmd) or Shift together with the others, else as :func:`select_unless_chosen` does.

    Parameters
    ----------
    editor
        Whose selection it is.
    one
        What was pressed.
    pointer
        With the keys that are held.

    Returns
    -------
    bool
        Whether it may be dragged; False when the press was for selecting alone.
    """
    if pointer.toggles:
        editor.select(editor.selection.toggled(one))
        return False
    if pointer.extends:
        editor.select(editor.selection | one)
        return False
    select_unless_chosen(editor, one)
    return True


def select_unless_chosen(editor: Editor, one: Selection) -> None:
    """Select a thing alone; when it is selected already the others stay so, too, for what is done next is done to all."""
    if editor.selection | one != editor.selection:
        editor.select(one)
