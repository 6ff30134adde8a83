"""Who encodes: the card where its encoder opens, else the processor; and it is said which."""

from __future__ import annotations

from dataclasses import replace

import av
import pytest

from pctalk_studio.media import card_encoding
from pctalk_studio.media.card_encoding import card_kind, why_not
from pctalk_studio.media.movie_kinds import H264, H264_CARD, H265, H265_CARD, PRORES, WEBM

STAND_IN = replace(H264_CARD, video_codec="libx264", options={}, quality_option="crf")


def test_an_encoder_that_opens_takes_the_processor_s_place_and_says_so(monkeypatch):
    monkeypatch.setattr(card_encoding, "ON_CARD", {"libx264": STAND_IN})
    assert card_kind(H264, (512, 512)) == (STAND_IN, "The graphics card encodes (libx264).")
    assert card_kind(H264, (511, 333))[0] is STAND_IN, "odd sides are made even before they are encoded"


def test_one_that_does_not_open_leaves_it_to_the_processor_and_says_why(monkeypatch):
    monkeypatch.setattr(card_encoding, "ON_CARD", {"libx264": replace(STAND_IN, pixels="rgb24")})
    kind, remark = card_kind(H264, (512, 512))
    assert kind is H264
    assert remark.startswith("The processor encodes, since the graphics card's encoder (libx264) does not open: ")
    assert why_not(replace(STAND_IN, video_codec="h264_of_nobody"), (64, 64)) == "it is not part of this program"


def test_where_cards_encode_no_such_movie_nothing_is_said():
    assert card_kind(PRORES, (512, 512)) == (PRORES, "")
    assert card_kind(WEBM, (512, 512)) == (WEBM, "")


def test_the_card_s_encoder_is_asked_for_the_same_quality_by_its_own_name():
    assert H264_CARD.quality_options(None)["cq"] == "18"
    assert H264_CARD.quality_options(30)["cq"] == "30"
    assert "crf" not in H264_CARD.quality_options(30)
    assert H264.quality_options(30)["crf"] == "30"
    assert (H264_CARD.container, H264_CARD.suffixes, H264_CARD.pixels) == (H264.container, H264.suffixes, H264.pixels)


def test_the_real_encoder_says_whether_it_is_here():
    for own, of_card in ((H264, H264_CARD), (H265, H265_CARD)):
        kind, remark = card_kind(own, (512, 512))
        here = not why_not(of_card, (512, 512))
        assert kind is (of_card if here else own)
        assert remark.startswith("The graphics card encodes" if here else "The processor encodes")
        assert of_card.video_codec in remark
        if of_card.video_codec in av.codecs_available:
            assert "not part" not in remark


@pytest.mark.skipif(bool(why_not(H264_CARD, (512, 512))), reason="no card here that encodes")
def test_what_a_card_encodes_can_be_read(tmp_path):
    import numpy as np

    from pctalk_studio.core.time import FrameRate
    from pctalk_studio.media.movie import MovieReader, MovieWriter

    with MovieWriter(tmp_path / "a.mp4", (256, 256), FrameRate.parse("25"), kind=H264_CARD) as movie:
        for level in range(40, 200, 8):
            movie.write(np.full((256, 256, 3), level, np.uint8))
    seen = [float(frame.rgb.mean()) for frame in MovieReader(tmp_path / "a.mp4")]
    assert np.abs(np.subtract(seen, range(40, 200, 8))).max() <= 3
