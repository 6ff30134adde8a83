"""The project on disk: its file and what keeps it from harm. Documents go in and come out; nothing here knows a window.

A project file may come from a stranger. Whatever it holds, reading it ends in a document or in
:class:`pctalk_studio.core.errors.ProjectFormatError`, and names files without opening any.
"""
