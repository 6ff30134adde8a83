"""The open project without a window: sources, document, history, motion and frames. Knows no Qt and no engine by name.

Engines are handed in by whoever starts the program, so that this room reaches no neural network package.
"""

from pctalk_studio.session.easel import Engines
from pctalk_studio.session.sources import Sources, load_sources, spoken_in
from pctalk_studio.session.studio import Studio

__all__ = ["Engines", "Sources", "Studio", "load_sources", "spoken_in"]
