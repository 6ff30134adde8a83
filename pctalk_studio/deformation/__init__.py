"""From controls and facts to motion: one pure function, :func:`pctalk_studio.deformation.evaluate.evaluate`.

Knows a face as a rig and speech as phones; must not know pictures, sound samples, files beyond its own tables, or engines.
"""
