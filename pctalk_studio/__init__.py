"""PC-Talk Studio: precise, hand-tunable talking faces from a portrait and a recording."""

__version__ = "0.1.0"
APPLICATION = "pctalk-studio"
"""Name under which the program keeps its files and answers on the command line."""
