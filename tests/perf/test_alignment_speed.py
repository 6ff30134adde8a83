"""What alignment costs, as a share of the recording's length."""

from __future__ import annotations

import time

import numpy as np
import pytest
import soundfile

from pctalk_studio.analysis.speech.align import align_transcript
from pctalk_studio.analysis.speech.transcript import transcript_words
from pctalk_studio.core.resources import resource_path

TEXT = "A duck swims too near the bee, while my mother bought five purple shoes."


@pytest.mark.perf
@pytest.mark.parametrize("times", [1, 30])
def test_alignment_takes_less_than_a_twelfth_of_the_recordings_length(times):
    sample, rate = soundfile.read(resource_path("sample/speech.flac"), dtype="float32")
    recording, words = np.tile(sample, times), transcript_words(TEXT) * times
    align_transcript(sample, transcript_words(TEXT))  # reads the model
    began = time.process_time()
    align_transcript(recording, words)
    share = (time.process_time() - began) / (len(recording) / rate)
    assert share < 0.08, f"{share:.3f} of the recording's length"
