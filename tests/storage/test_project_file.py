from __future__ import annotations

import os
import stat
from dataclasses import replace
from itertools import pairwise

import pytest
from helpers.projects import a_project
from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.core.errors import ProjectFormatError, ProjectSaveError
from pctalk_studio.document.curves import Curve
from pctalk_studio.document.project import HeadKeys
from pctalk_studio.storage.backups import MOST, backups, thinned
from pctalk_studio.storage.codec import encode
from pctalk_studio.storage.plain_files import write_durably
from pctalk_studio.storage.project_file import load_project, save_project


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def file(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return folder / "Duck.pctalk"


def seeded(seed: int):
    return replace(a_project(), seed=seed)


def test_save_and_open(file, state):
    saved = save_project(file, a_project(), state=state)
    assert saved.changed
    assert saved.backup is None
    opened = load_project(file)
    assert opened.project == a_project()
    assert opened.problems == ()
    assert os.listdir(file.parent) == ["Duck.pctalk"]


def test_what_was_there_becomes_a_backup(file, state):
    save_project(file, seeded(1), state=state, now=lambda: 1000.0)
    saved = save_project(file, seeded(2), state=state, now=lambda: 2000.0)
    assert [each.time for each in backups(file, state)] == [2000.0]
    assert load_project(saved.backup.path).project.seed == 1
    assert load_project(file).project.seed == 2
    assert backups(file.with_name("Other.pctalk"), state) == ()


def test_saving_the_same_touches_nothing(file, state):
    save_project(file, seeded(1), state=state)
    os.utime(file, (5, 5))
    saved = save_project(file, seeded(1), state=state)
    assert not saved.changed
    assert file.stat().st_mtime == 5
    assert backups(file, state) == ()


def test_saves_in_one_moment_each_leave_a_backup(file, state):
    for seed in range(4):
        save_project(file, seeded(seed), state=state, now=lambda: 1000.0)
    assert [load_project(each.path).project.seed for each in backups(file, state)] == [2, 1, 0]


def test_backups_are_bounded_and_reach_back(file, state):
    times = [1000.0 + 3600 * n for n in range(30)]
    for n, time in enumerate(times):
        save_project(file, seeded(n), state=state, now=lambda time=time: time)
    kept = [each.time for each in backups(file, state)]
    assert len(kept) == MOST
    assert kept[:3] == times[:-4:-1]
    assert kept[-1] == times[1]


@given(st.lists(st.floats(0, 1e6), unique=True, max_size=40))
def test_thinning_keeps_the_newest_and_the_oldest(times):
    kept = thinned(times, 1e6)
    ordered = sorted(times, reverse=True)
    assert len(kept) == min(len(times), MOST)
    assert list(kept) == sorted(set(kept) & set(times), reverse=True)
    assert list(kept[:3]) == ordered[:3]
    assert kept[-1:] == tuple(ordered[-1:])


def test_backups_grow_apart_with_age():
    kept = [0.0]
    for hour in range(1, 400):
        kept = list(thinned([*kept, hour * 3600.0], hour * 3600.0))
    ages = [kept[0] - each for each in kept]
    gaps = [older - newer for newer, older in pairwise(ages)]
    assert gaps[0] == 3600
    assert max(gaps[-2:]) > 10 * gaps[0]


def test_a_full_state_folder_does_not_keep_anyone_from_saving(file, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    save_project(file, seeded(1), state=blocked)
    saved = save_project(file, seeded(2), state=blocked)
    assert saved.backup is None
    assert [each.code for each in saved.problems] == ["no-backup"]
    assert load_project(file).project.seed == 2


def test_a_document_that_could_not_be_opened_does_not_replace_one_that_can(file, state):
    save_project(file, seeded(1), state=state)
    wild = replace(seeded(2), head_keys=HeadKeys(yaw=Curve(400.0)))
    with pytest.raises(ProjectSaveError, match="was not saved because it could not be opened again") as caught:
        save_project(file, wild, state=state)
    assert "head_keys.yaw.default lies outside" in caught.value.detail
    assert load_project(file).project.seed == 1


def test_a_failed_write_leaves_the_file_and_no_litter(file, state, monkeypatch):
    save_project(file, seeded(1), state=state)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProjectSaveError, match="No space left on device"):
        save_project(file, seeded(2), state=state)
    assert load_project(file).project.seed == 1
    assert os.listdir(file.parent) == ["Duck.pctalk"]


def test_the_new_bytes_are_on_the_disk_before_the_name(file, monkeypatch):
    calls: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *a, real=real, name=name: (calls.append(name), real(*a))[1])
    write_durably(file, b"x")
    assert calls == ["fsync", "replace", "fsync"]


def test_a_link_stays_a_link_and_permissions_stay(file, state, tmp_path):
    save_project(file, seeded(1), state=state)
    file.chmod(0o640)
    link = tmp_path / "link.pctalk"
    link.symlink_to(file)
    save_project(link, seeded(2), state=state)
    assert link.is_symlink()
    assert load_project(file).project.seed == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert len(backups(file, state)) == 1


def test_drafts_of_the_dead_are_swept_and_those_of_the_living_are_not(file, state):
    old, new = (file.with_name(f".{file.name}.{stamp}.draft") for stamp in ("00000000", "11111111"))
    other = file.with_name(".Other.pctalk.00000000.draft")
    for draft in (old, new, other):
        draft.write_text("half")
    for draft in (old, other):
        os.utime(draft, (5, 5))
    save_project(file, a_project(), state=state)
    assert sorted(os.listdir(file.parent)) == sorted([new.name, other.name, file.name])


def test_what_is_no_file_is_refused_without_opening_it(tmp_path):
    pipe = tmp_path / "pipe.pctalk"
    os.mkfifo(pipe)
    for path, told in ((pipe, "device or pipe"), (tmp_path, "folder"), (tmp_path / "none", "No such file")):
        with pytest.raises(ProjectFormatError, match=told) as caught:
            load_project(path)
        assert str(path) in caught.value.user_text
    with pytest.raises(ProjectFormatError, match="null"):
        load_project(tmp_path / "a\0b")
    with pytest.raises(ProjectSaveError, match="device or pipe"):
        save_project(pipe, a_project(), state=tmp_path)
    with pytest.raises(ProjectSaveError, match="No such file"):
        save_project(tmp_path / "none" / "x.pctalk", a_project(), state=tmp_path)


def test_a_large_file_is_refused_before_it_is_read(file):
    with file.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(ProjectFormatError, match="larger than 64 MiB"):
        load_project(file)


def test_what_a_newer_program_wrote_stays_in_the_file(file, state):
    text = encode(a_project()).replace(b'"seed": 0', b'"seed": 0, "breath": 2')
    file.write_bytes(text)
    opened = load_project(file)
    assert [each.code for each in opened.problems] == ["project-unknown-entries"]
    save_project(file, replace(opened.project, seed=5), opened.extras, state=state)
    assert b'"breath": 2' in file.read_bytes()
