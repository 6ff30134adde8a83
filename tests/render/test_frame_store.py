"""FrameStore: content-addressed pictures under a budget."""

from __future__ import annotations

import pickle
import threading
from fractions import Fraction

import numpy as np
import pytest
from helpers.frames import BYTES, DRAFT, LOOK, key, picture, result, rows
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pctalk_studio.render.api import FULL, FrameKey, FrameLook, FrameResult, Quality
from pctalk_studio.render.frame_disk import DiskStore
from pctalk_studio.render.frame_store import FrameState, FrameStore
from pctalk_studio.render.viewing import Viewing


def names(store, candidates="abcdefghij"):
    return {name for name in candidates if key(name) in store}


def filled(budget_pictures, clip, playhead=0, **viewing):
    store = FrameStore(budget_pictures * BYTES)
    store.use(LOOK, rows(*clip), Viewing(len(clip), playhead, **viewing))
    return store


# -- keys ------------------------------------------------------------------------------------------------------------------


def test_keys_are_equal_exactly_when_everything_they_depend_on_is():
    others = [
        FrameKey(FrameLook("other", "fake", "1"), rows("a")[0]),
        FrameKey(FrameLook("portrait", "other", "1"), rows("a")[0]),
        FrameKey(FrameLook("portrait", "fake", "2"), rows("a")[0]),
        FrameKey(LOOK.at(Quality(Fraction(1, 2))), rows("a")[0]),
        key("a").at(DRAFT),
        key("b"),
    ]
    assert len({key("a"), *others}) == 7
    assert key("a") == FrameKey(FrameLook("portrait", "fake", "1"), rows("a")[0])
    assert hash(key("a")) == hash(FrameKey(FrameLook("portrait", "fake", "1"), rows("a")[0]))
    assert key("a").at(DRAFT).at(FULL) == key("a")
    assert pickle.loads(pickle.dumps(key("a"))) == key("a")


def test_a_size_factor_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="size factor"):
        Quality(Fraction(0))
    with pytest.raises(ValueError, match="size factor"):
        Quality(Fraction(3, 2))


# -- memory ----------------------------------------------------------------------------------------------------------------


def test_a_picture_is_found_under_its_key_only_and_cannot_be_changed():
    store = filled(4, "ab")
    assert store.get(key("a")) is None
    assert store.put(result("a"))
    found = store.get(key("a"))
    np.testing.assert_array_equal(found, picture("a"))
    assert store.get(key("a").at(DRAFT)) is None
    with pytest.raises(ValueError, match="read-only"):
        found[0, 0, 0] = 1
    assert (store.counts.hits, store.counts.misses, store.counts.bytes_used) == (1, 2, BYTES)


def test_a_view_is_copied_so_that_it_holds_no_more_memory_than_it_counts():
    store, canvas = filled(1, "a"), picture("a", side=100)
    store.put(FrameResult(key("a"), canvas[:8, :8], 0))
    assert store.get(key("a")).base is None
    canvas[:] = 0
    assert store.get(key("a")).any()


def test_the_farthest_from_the_playhead_goes_first():
    store = filled(3, "abcdef", playhead=3)
    for name in "abcdef":
        store.put(result(name))
    assert names(store) == {"c", "d", "e"}


def test_while_playing_what_was_shown_goes_first():
    store = filled(3, "abcdef", playhead=2, playing=True)
    for name in "fedcba":
        store.put(result(name))
    assert names(store) == {"c", "d", "e"}


def test_round_a_loop_the_beginning_is_near_its_end():
    store = filled(3, "abcdef", playhead=5, playing=True, loop=True)
    for name in "abcdef":
        store.put(result(name))
    assert names(store) == {"f", "a", "b"}


def test_moving_the_playhead_moves_what_is_kept():
    store = filled(2, "abcdef", playhead=0)
    store.put(result("a"))
    store.put(result("b"))
    store.look_at(Viewing(6, 5))
    store.put(result("f"))
    assert names(store) == {"b", "f"}


def test_a_picture_used_by_a_near_and_a_far_frame_is_near():
    store = filled(2, "abcda", playhead=4)
    for name in "abcd":
        store.put(result(name))
    assert names(store) == {"a", "d"}


def test_stale_pictures_go_before_all_that_are_used_the_longest_out_of_use_first():
    store = filled(4, "abcd")
    for name in "abcd":
        store.put(result(name))
    store.use(LOOK, rows("a", "x", "c", "d"), Viewing(4))
    store.use(LOOK, rows("a", "x", "y", "d"), Viewing(4))
    store.put(result("x"))
    assert names(store, "abcdxy") == {"a", "c", "d", "x"}
    store.put(result("y"))
    assert names(store, "abcdxy") == {"a", "d", "x", "y"}


def test_a_stale_picture_that_was_looked_at_stays_longer():
    store = filled(2, "ab")
    store.put(result("x"))
    store.put(result("y"))
    assert store.get(key("x")) is not None
    store.put(result("a"))
    assert names(store, "abxy") == {"a", "x"}


def test_undo_finds_everything_as_long_as_there_is_room():
    store = filled(8, "abcd")
    for name in "abcd":
        store.put(result(name))
    store.use(LOOK, rows("a", "x", "y", "d"), Viewing(4))
    store.put(result("x"))
    store.put(result("y"))
    store.use(LOOK, rows(*"abcd"), Viewing(4))
    assert not store.missing(BYTES).any()
    assert store.counts.evicted == 0


def test_a_picture_larger_than_the_budget_is_not_kept_and_pushes_nothing_out():
    store = filled(2, "ab")
    store.put(result("a"))
    assert not store.put(result("b", side=50))
    assert names(store) == {"a"}


def test_what_would_be_pushed_out_at_once_is_not_missing():
    store = filled(3, "abcdef", playhead=3)
    assert store.missing(BYTES).tolist() == [False, False, True, True, True, False]
    assert store.missing(0).all()
    store.put(result("d"))
    assert store.missing(BYTES).tolist() == [False, False, True, False, True, False]


def test_equal_frames_count_once_when_what_fits_is_told():
    store = filled(2, "aaaab", playhead=0)
    assert store.missing(BYTES).all()


def test_a_viewing_of_another_clip_is_refused():
    with pytest.raises(ValueError, match="a viewing of 3"):
        filled(3, "ab").look_at(Viewing(3))


# -- drafts ----------------------------------------------------------------------------------------------------------------


def draft(name):
    return FrameResult(key(name).at(DRAFT), picture(f"draft of {name}"), 0)


def test_a_draft_stands_in_until_the_full_picture_comes():
    store = filled(4, "ab")
    assert store.put(draft("a"), stands_for=key("a"))
    np.testing.assert_array_equal(store.stand_in(key("a")), picture("draft of a"))
    assert store.states(np.zeros(2, bool)).tolist() == [FrameState.DRAFT, FrameState.STALE]
    assert store.missing(BYTES).tolist() == [True, True]
    assert store.put(result("a"))
    assert store.stand_in(key("a")) is None
    assert store.counts.pictures == 1
    assert not store.put(draft("a"), stands_for=key("a"))


def test_drafts_of_what_a_drag_has_left_behind_go_first():
    store = filled(2, "ab")
    store.put(draft("x"), stands_for=key("x"))
    store.put(result("b"))
    store.put(draft("a"), stands_for=key("a"))
    assert store.stand_in(key("x")) is None
    assert store.stand_in(key("a")) is not None
    assert key("b") in store


def test_a_stand_in_makes_place_for_what_it_stands_for_and_needs_no_room_of_its_own():
    store = filled(3, "abcde")
    for name in "abcde":
        store.put(draft(name), stands_for=key(name))
    assert store.missing(BYTES).tolist() == [True, True, True, False, False]
    for name in "abc":
        assert store.put(result(name))
    assert names(store) == {"a", "b", "c"}
    assert not store.missing(BYTES).any()


def proxy(name):
    quick = FrameLook("portrait", "quick", "1", DRAFT)
    return FrameResult(key(name, quick), picture(f"proxy of {name}"), 0)


def test_what_another_engine_drew_is_a_proxy_until_the_picture_itself_comes():
    store = filled(4, "abc")
    assert store.put(proxy("a"), stands_for=key("a"))
    assert store.put(draft("b"), stands_for=key("b"))
    assert store.states(np.zeros(3, bool)).tolist() == [FrameState.PROXY, FrameState.DRAFT, FrameState.STALE]
    assert store.missing(BYTES).all()
    assert store.put(result("a"))
    assert store.states(np.zeros(3, bool))[0] == FrameState.READY
    assert not store.put(proxy("a"), stands_for=key("a"))


def test_bare_is_what_nothing_stands_in_for_and_would_be_kept():
    store = filled(3, "abcdef", playhead=1)
    assert store.bare(0).all()
    assert store.bare(BYTES).tolist() == [True, True, True, False, False, False]
    store.put(proxy("a"), stands_for=key("a"))
    store.put(result("b"))
    assert store.bare(BYTES).tolist() == [False, False, True, False, False, False]
    store.use(LOOK, rows(*"xbcdea"), Viewing(6, 1))
    assert store.bare(0).tolist() == [True, False, True, True, True, False]


def test_a_draft_far_away_goes_before_a_full_picture_nearby():
    store = filled(2, "abc")
    store.put(draft("c"), stands_for=key("c"))
    store.put(result("b"))
    store.put(result("a"))
    assert names(store) == {"a", "b"}


# -- states ----------------------------------------------------------------------------------------------------------------


def test_states_are_those_of_the_pictures_that_frames_have_now(tmp_path):
    disk = DiskStore(tmp_path / "frames", 10**6)
    disk.keep(key("b"), picture("b"))
    store = FrameStore(10 * BYTES, disk)
    store.use(LOOK, rows(*"abcda"), Viewing(5))
    store.put(result("a"))
    queued = np.array([True, True, True, False, False])
    ready, on_disk, waits, stale = FrameState.READY, FrameState.ON_DISK, FrameState.QUEUED, FrameState.STALE
    assert store.states(queued).tolist() == [ready, on_disk, waits, stale, ready]
    store.use(LOOK, rows(*"xbcda"), Viewing(5))
    assert store.states(queued).tolist() == [waits, on_disk, waits, stale, ready]


def test_what_is_worth_writing_is_full_used_unsaved_and_near(tmp_path):
    store = FrameStore(10 * BYTES, DiskStore(tmp_path, 10**6))
    store.use(LOOK, rows(*"abc"), Viewing(3, 2))
    for name in "xab":
        store.put(result(name))
    written = []
    while (found := store.unsaved()) is not None:
        entry, image = found
        store.disk.note_written(entry, entry.write(image))
        written.append(entry.digest)
    assert written == [key("b").digest, key("a").digest]


def test_writing_stops_when_the_disk_is_full_of_what_is_used(tmp_path):
    probe = DiskStore(tmp_path / "probe", 10**6)
    probe.keep(key("a"), picture("a"))
    store = FrameStore(10 * BYTES, DiskStore(tmp_path / "frames", int(probe.bytes_used * 2.5)))
    store.use(LOOK, rows(*"abcde"), Viewing(5))
    for name in "abcde":
        store.put(result(name))
    while (found := store.unsaved()) is not None:
        store.disk.note_written(found[0], found[0].write(found[1]))
    assert len(store.disk) == 2
    assert store.disk.which([key("a").digest, key("b").digest]).all()


# -- all of it at once -----------------------------------------------------------------------------------------------------


class StoreMachine(RuleBasedStateMachine):
    """Any order of use, looking, drawing and drafts: the budget holds, pictures are those of their keys."""

    def __init__(self):
        super().__init__()
        self.store = FrameStore(4 * BYTES)
        self.clip = "abcdef"
        self.store.use(LOOK, rows(*self.clip), Viewing(6))

    @rule(clip=st.text("abcdefgh", min_size=6, max_size=6), playhead=st.integers(0, 5))
    def edit(self, clip, playhead):
        self.clip = clip
        self.store.use(LOOK, rows(*clip), Viewing(6, playhead))

    @rule(playhead=st.integers(0, 5), playing=st.booleans(), loop=st.booleans())
    def look(self, playhead, playing, loop):
        self.store.look_at(Viewing(6, playhead, playing, loop=loop))

    @rule(name=st.sampled_from("abcdefgh"))
    def draw(self, name):
        assert self.store.put(result(name)) == (key(name) in self.store)

    @rule(stray=st.sampled_from([("s", 4), ("t", 12), ("u", 15), ("v", 40)]))
    def draw_at_another_size(self, stray):
        name, side = stray
        assert self.store.put(result(name, side=side)) == (key(name) in self.store)

    @rule(name=st.sampled_from("abcdefgh"), side=st.sampled_from([4, 8]))
    def draw_draft(self, name, side):
        image = FrameResult(key(name).at(DRAFT), picture(f"draft of {name}", side), 0)
        self.store.put(image, stands_for=key(name))

    @rule()
    def draw_all_that_is_missing(self):
        for _ in range(12):
            missing = self.store.missing(BYTES)
            if not missing.any():
                return
            frame = int(missing.argmax())
            assert self.store.put(result(self.clip[frame])), "what is told to be missing must be kept when it comes"
        raise AssertionError("drawing what is missing never ends")

    @invariant()
    def the_budget_holds_and_the_books_are_right(self):
        counts = self.store.counts
        assert counts.bytes_used <= self.store.budget
        assert counts.bytes_used == sum(kept.picture.nbytes for kept in self.store._kept.values())
        states = self.store.states(np.zeros(6, bool))
        for frame, name in enumerate(self.clip):
            assert (states[frame] == FrameState.READY) == (key(name) in self.store)
            if key(name) in self.store:
                assert np.array_equal(self.store.get(key(name)), picture(name))


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_threads_may_use_it_at_once():
    store, errors = filled(5, "abcdefgh"), []
    start = threading.Barrier(4)

    def work(seed):
        random = np.random.default_rng(seed)
        start.wait(20)
        try:
            for _ in range(300):
                name = "abcdefghij"[random.integers(10)]
                store.put(result(name))
                found = store.get(key(name))
                assert found is None or np.array_equal(found, picture(name))
                store.look_at(Viewing(8, int(random.integers(8))))
                store.missing(BYTES)
        except Exception as error:  # noqa: BLE001 - shown below, on the thread of the test
            errors.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert store.counts.bytes_used <= store.budget


def test_the_disk_is_asked_again_only_when_something_came_or_went(tmp_path, monkeypatch):
    disk = DiskStore(tmp_path, 10**6)
    store = FrameStore(10**6, disk)
    store.use(LOOK, [key(name).row for name in "abc"], Viewing(3))
    asked = []
    which = disk.which
    monkeypatch.setattr(disk, "which", lambda digests: (asked.append(1), which(digests))[1])
    for _ in range(3):
        assert store.on_disk().tolist() == [False, False, False]
    disk.keep(key("b"), picture("b"))
    for _ in range(3):
        assert store.on_disk().tolist() == [False, True, False]
    assert len(asked) == 2
    disk.entry(key("b")).remove()
    assert disk.load(key("b")) is None
    assert store.on_disk().tolist() == [False, False, False]
    disk.keep(key("a"), picture("a"))
    disk.clear()
    assert not store.on_disk().any()
