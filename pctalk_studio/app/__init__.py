"""The window. The only room that knows Qt; everything that can be done without a window is done in rooms below.

Views read the open project from :class:`pctalk_studio.app.editor.Editor` and ask it for edits; they never speak to one another.
"""
