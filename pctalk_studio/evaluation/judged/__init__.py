"""Measures that rest on other people's networks: LSE-C, LSE-D, FID, NIQE, FVD, Acc_emo and E-FID.

Where the weights of a network are not on the machine, its measures say so and how to get them; none is left out in silence.
"""

from pctalk_studio.evaluation.judged.clips import Judges, judge_clip
from pctalk_studio.evaluation.judged.tables import MethodRow, markdown_table, method_row

__all__ = ["Judges", "MethodRow", "judge_clip", "markdown_table", "method_row"]
