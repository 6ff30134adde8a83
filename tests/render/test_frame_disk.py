"""DiskStore: pictures that survive the session, believed only when every byte is right."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pytest
from helpers.frames import LOOK, key, picture

from pctalk_studio.render.api import FrameKey
from pctalk_studio.render.frame_disk import DiskEntry, DiskStore


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "frames"


def test_pictures_come_back_bit_by_bit_in_another_session(folder):
    assert DiskStore(folder, 10**6).keep(key("a"), picture("a"))
    again = DiskStore(folder, 10**6)
    np.testing.assert_array_equal(again.load(key("a")), picture("a"))
    assert key("a").digest in again
    assert again.load(key("b")) is None
    assert again.bytes_used == sum(path.stat().st_size for path in folder.iterdir())


def test_nothing_is_written_before_there_is_something_to_keep(folder):
    assert DiskStore(folder, 10**6).load(key("a")) is None
    assert not folder.exists()


@pytest.mark.parametrize("damage", ["flip", "cut", "grow", "empty", "zero", "swap"])
def test_a_damaged_entry_is_absent_and_removed(folder, damage):
    store = DiskStore(folder, 10**6)
    store.keep(key("a"), picture("a"))
    store.keep(key("b"), picture("b"))
    path = store.entry(key("a")).path
    data = bytearray(path.read_bytes())
    if damage == "swap":
        data = bytearray(store.entry(key("b")).path.read_bytes())
    elif damage == "flip":
        data[len(data) // 2] ^= 1
    elif damage == "zero":
        data[:] = bytes(len(data))
    else:
        data = {"cut": data[:-7], "grow": data + b"x", "empty": b""}[damage]
    path.write_bytes(data)
    assert store.load(key("a")) is None
    assert not path.exists()
    assert key("a").digest not in store
    assert store.keep(key("a"), picture("a"))
    np.testing.assert_array_equal(store.load(key("a")), picture("a"))


def test_no_single_changed_byte_is_believed(folder):
    store = DiskStore(folder, 10**6)
    store.keep(key("a"), picture("a"))
    path = store.entry(key("a")).path
    whole = path.read_bytes()
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x40]) + whole[position + 1 :])
        assert store.entry(key("a")).read() is None, position


def test_the_least_recently_used_go_when_the_budget_is_reached(folder):
    probe = DiskStore(folder / "probe", 10**6)
    probe.keep(key("a"), picture("a"))
    store = DiskStore(folder, int(3.5 * probe.bytes_used))
    for name in "abc":
        store.keep(key(name), picture(name))
    store.load(key("a"))
    store.keep(key("d"), picture("d"))
    assert [key(name).digest in store for name in "abcd"] == [True, False, True, True]
    assert store.bytes_used <= 3.5 * probe.bytes_used
    assert len(list(folder.glob("*.pcf"))) == 3


def test_a_smaller_budget_takes_effect_when_the_store_is_opened(folder):
    store = DiskStore(folder, 10**6)
    for age, name in enumerate("abc"):
        store.keep(key(name), picture(name))
        os.utime(store.entry(key(name)).path, (1000 + age, 1000 + age))
    smaller = DiskStore(folder, store.bytes_used // 2)
    assert [key(name).digest in smaller for name in "abc"] == [False, False, True]


def test_files_that_are_not_its_own_are_left_alone(folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "frame-xyz.pcf").write_text("mine")
    (folder / ".hidden.part").write_text("mine")
    outside = folder.parent / "outside"
    outside.write_text("mine")
    link = DiskEntry(folder, key("a").digest).path
    link.symlink_to(outside)
    store = DiskStore(folder, 0)
    assert len(store) == 0
    assert store.load(key("a")) is None
    assert {path.name for path in folder.iterdir()} == {"notes.txt", "frame-xyz.pcf", ".hidden.part", link.name}
    assert outside.read_text() == "mine"


def test_writing_over_a_link_replaces_the_link_not_what_it_leads_to(folder):
    folder.mkdir()
    outside = folder.parent / "outside"
    outside.write_text("mine")
    DiskEntry(folder, key("a").digest).path.symlink_to(outside)
    store = DiskStore(folder, 10**6)
    assert store.keep(key("a"), picture("a"))
    np.testing.assert_array_equal(store.load(key("a")), picture("a"))
    assert outside.read_text() == "mine"


@pytest.mark.parametrize("row", ["../../outside", "a", "", "0" * 31 + "/", "0" * 31 + "G"])
def test_a_key_that_is_no_digest_names_no_file(folder, row):
    with pytest.raises(ValueError, match="digest"):
        DiskStore(folder, 10**6).entry(FrameKey(LOOK, row))


def test_unfinished_files_of_programs_long_gone_are_cleared_away(folder):
    folder.mkdir()
    old, new = (folder / f".frame-{key('a').digest}.{n * 8}.part" for n in "01")
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    os.utime(old, (0, 0))
    DiskStore(folder, 10**6)
    assert not old.exists()
    assert new.exists()


def test_a_folder_that_cannot_be_written_keeps_nothing_and_raises_nothing(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file, not a folder")
    store = DiskStore(blocked / "frames", 10**6)
    assert not store.keep(key("a"), picture("a"))
    assert store.load(key("a")) is None
    assert store.bytes_used == 0


def test_a_write_that_fails_half_way_leaves_no_file(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    store = DiskStore(folder, 10**6)
    assert not store.keep(key("a"), picture("a"))
    assert list(folder.iterdir()) == []


def test_an_entry_taken_away_by_another_program_is_absent(folder):
    store = DiskStore(folder, 10**6)
    store.keep(key("a"), picture("a"))
    store.entry(key("a")).path.unlink()
    assert store.load(key("a")) is None
    assert store.bytes_used == 0


def test_entries_can_be_pickled(folder):
    entry = DiskStore(folder, 1).entry(key("a"))
    assert pickle.loads(pickle.dumps(entry)) == entry
