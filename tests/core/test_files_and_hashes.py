from __future__ import annotations

import errno
import hashlib
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.files import written_whole
from pctalk_studio.core.hashing import content_hash, file_hash


def test_a_file_appears_whole(tmp_path):
    target = tmp_path / "clip.mp4"
    with written_whole(target) as draft:
        assert draft.suffix == ".mp4"
        assert draft.parent == tmp_path
        draft.write_bytes(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("failure", [RuntimeError("boom"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, failure):
    target = tmp_path / "clip.mp4"
    target.write_bytes(b"old")

    def write():
        with written_whole(target) as draft:
            draft.write_bytes(b"half")
            raise failure

    with pytest.raises(type(failure)):
        write()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_one_sentence(tmp_path):
    def write():
        with written_whole(tmp_path / "clip.mp4"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(MediaError, match=r"clip\.mp4.*No space left"):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_and_a_folder_as_target_are_refused(tmp_path):
    for target in (tmp_path / "nowhere" / "a.mp4", tmp_path):
        with pytest.raises(MediaError, match="Cannot write"), written_whole(target):
            pytest.fail("the body must not run")


@given(st.lists(st.one_of(st.binary(), st.text(), st.integers()), max_size=4))
def test_equal_parts_hash_alike_and_order_counts(parts):
    assert content_hash(*parts) == content_hash(*list(parts))
    if parts != parts[::-1]:
        assert content_hash(*parts) != content_hash(*parts[::-1])


def test_borders_shapes_and_kinds_count():
    assert content_hash("ab", "c") != content_hash("a", "bc")
    assert content_hash("1") != content_hash(1)
    zeros = np.zeros(6, np.float32)
    assert content_hash(zeros) != content_hash(zeros.reshape(2, 3))
    assert content_hash(zeros) != content_hash(zeros.astype(np.float64))
    strided = np.arange(12).reshape(3, 4)[:, ::2]
    assert content_hash(strided) == content_hash(strided.copy())


def test_a_files_hash_is_its_bytes(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"same")
    second.write_bytes(b"same")
    assert file_hash(first) == file_hash(second)
    second.write_bytes(b"sane")
    assert file_hash(first) != file_hash(second)


def test_whoever_reads_a_large_file_is_told_of_its_bytes_and_can_stop(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(bytes(range(256)) * 12_345)
    counts = []
    assert file_hash(path, counts.append) == file_hash(path)
    assert file_hash(path) == hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    assert sum(counts) == path.stat().st_size
    assert len(counts) > 2

    def stop(count):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        file_hash(path, stop)
