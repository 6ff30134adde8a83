"""Pictures, sound and movies: files in, plain arrays out, and back; exact in colour, place and time.

Must not know faces, speech, projects or engines. Whatever is wrong with a file ends in one
:class:`pctalk_studio.core.errors.MediaError` sentence; whatever is written is there whole or not at all.
"""
