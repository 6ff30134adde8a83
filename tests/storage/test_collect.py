from __future__ import annotations

import os
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.projects import a_project

from pctalk_studio.core.errors import MediaError, ProjectFormatError, ProjectSaveError
from pctalk_studio.document.project import Media
from pctalk_studio.storage.codec import encode
from pctalk_studio.storage.collect import collect, open_collected
from pctalk_studio.storage.media_links import MediaState, find_media, make_reference
from pctalk_studio.storage.project_file import load_project, save_project

PICTURE, SOUND = b"\x89PNG portrait" * 1000, b"RIFF recording" * 5000


@pytest.fixture
def file(tmp_path):
    """A project with a portrait beside it and a recording of the same name elsewhere."""
    file, other = tmp_path / "work" / "Duck.pctalk", tmp_path / "elsewhere"
    file.parent.mkdir()
    other.mkdir()
    (file.parent / "duck.bin").write_bytes(PICTURE)
    (other / "Duck.bin").write_bytes(SOUND)
    media = Media(make_reference(file.parent / "duck.bin", file), make_reference(other / "Duck.bin", file), "A duck.")
    save_project(file, replace(a_project(), media=media), state=tmp_path / "state")
    return file


def test_a_collected_project_opens_anywhere(file, tmp_path):
    collected = collect(file, tmp_path / "Duck.zip")
    assert collected.names == ("version.txt", "Duck.pctalk", "media/duck.bin", "media/Duck-2.bin")
    opened = open_collected(tmp_path / "Duck.zip", tmp_path / "new")
    assert opened == tmp_path / "new" / "Duck.pctalk"
    before, after = load_project(file).project, load_project(opened).project
    assert replace(after, media=before.media) == before
    assert after.media.transcript == "A duck."
    links = find_media(after, opened)
    assert [link.state for link in links] == [MediaState.FOUND, MediaState.FOUND]
    assert [link.path.read_bytes() for link in links] == [PICTURE, SOUND]
    assert all(link.path.is_relative_to(tmp_path / "new") for link in links)


def test_the_zip_says_what_wrote_it_and_is_the_same_each_time(file, tmp_path):
    for name in ("a.zip", "b.zip"):
        collect(file, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.read("version.txt").decode().splitlines() == ["pctalk-studio 0.1.0", "file format 1"]
        assert archive.testzip() is None


def test_collecting_does_not_change_the_project(file, tmp_path):
    before = file.read_bytes()
    collect(file, tmp_path / "Duck.zip")
    assert file.read_bytes() == before
    assert sorted(os.listdir(file.parent)) == ["Duck.pctalk", "duck.bin"]


def test_what_a_newer_program_wrote_is_collected_too(file, tmp_path):
    file.write_bytes(file.read_bytes().replace(b'"seed": 0', b'"seed": 0, "breath": 2'))
    collect(file, tmp_path / "Duck.zip")
    assert b'"breath": 2' in open_collected(tmp_path / "Duck.zip", tmp_path / "new").read_bytes()


@pytest.mark.parametrize(("change", "told"), [(None, "it is missing"), (b"other", "its content has changed")])
def test_media_that_are_not_there_are_named_and_nothing_is_written(file, tmp_path, change, told):
    sound = tmp_path / "elsewhere" / "Duck.bin"
    if change is None:
        sound.unlink()
    else:
        sound.write_bytes(change)
    with pytest.raises(MediaError, match=told) as caught:
        collect(file, tmp_path / "Duck.zip")
    assert str(sound) in caught.value.user_text
    assert not (tmp_path / "Duck.zip").exists()


def test_a_strangers_project_cannot_have_other_files_carried_off(file, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    media = replace(load_project(file).project.media, portrait=replace(make_reference(secret, file), content_hash="0" * 32))
    file.write_bytes(encode(replace(a_project(), media=media)))
    with pytest.raises(MediaError, match="its content has changed"):
        collect(file, tmp_path / "Duck.zip")


def test_a_file_that_changes_while_it_is_collected_leaves_no_zip(file, tmp_path, monkeypatch):
    from pctalk_studio.storage import collect as room

    real = room.open_plain

    def changing(path: Path) -> int:
        path.write_bytes(b"changed")
        return real(path)

    monkeypatch.setattr(room, "open_plain", changing)
    with pytest.raises(MediaError, match="changed while it was collected"):
        collect(file, tmp_path / "Duck.zip")
    assert sorted(os.listdir(tmp_path)) == ["elsewhere", "work"]


def test_the_zip_may_not_replace_what_it_holds(file):
    for target in (file, file.parent / "duck.bin"):
        with pytest.raises(MediaError, match="part of the project itself"):
            collect(file, target)


@pytest.mark.parametrize("name", ["con.bin", "a:b?.bin", "..bin", ".hidden", "x" * 200 + ".bin", "ä\u202f(1).bin"])
def test_names_are_such_that_every_system_can_have_them(tmp_path, name):
    file = tmp_path / "Duck.pctalk"
    (tmp_path / name).write_bytes(PICTURE)
    save_project(file, replace(a_project(), media=Media(make_reference(tmp_path / name, file))), state=tmp_path / "state")
    collect(file, tmp_path / "Duck.zip")
    opened = open_collected(tmp_path / "Duck.zip", tmp_path / "new")
    (link,) = find_media(load_project(opened).project, opened)
    assert link.state is MediaState.FOUND
    assert not set(link.path.name) & set('<>:"/\\|?*')


# ---------------------------------------------------------------- zips of strangers


def packed(path: Path, entries: dict[str, bytes], **of_each: object) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            for key, value in of_each.items():
                setattr(info, key, value)
            archive.writestr(info, data)
    return path


GOOD = {"version.txt": b"", "Duck.pctalk": encode(a_project()), "media/a.png": b"x"}


def refused(archive: Path, told: str) -> None:
    folder = archive.parent / "new"
    with pytest.raises(ProjectFormatError, match=told) as caught:
        open_collected(archive, folder)
    assert str(archive) in caught.value.user_text or archive.name in caught.value.user_text
    assert not folder.exists()
    assert [name for name in os.listdir(archive.parent) if name.endswith(".draft")] == []


def test_the_zips_below_differ_from_a_good_one_by_one_thing(tmp_path):
    assert open_collected(packed(tmp_path / "a.zip", GOOD), tmp_path / "new").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../evil.png",
        "media/../../evil.png",
        "/tmp/evil.png",
        "C:\\evil.png",
        "media\\..\\evil.png",
        "media/a/b.png",
        "media/",
        "a/",
        "con",
    ],
)
def test_no_path_in_a_zip_escapes(tmp_path, name):
    refused(packed(tmp_path / "a.zip", {**GOOD, name: b"x"}), "something other|does not hold one project")
    assert sorted(os.listdir(tmp_path)) == ["a.zip"]


def test_links_in_a_zip_are_refused(tmp_path):
    refused(packed(tmp_path / "a.zip", GOOD, external_attr=(stat.S_IFLNK | 0o777) << 16), "something other")


def test_two_projects_or_none_are_refused(tmp_path):
    refused(packed(tmp_path / "a.zip", {**GOOD, "Other.pctalk": b"{}"}), "does not hold one project")
    refused(packed(tmp_path / "a.zip", {"media/a.png": b""}), "does not hold one project")
    refused(packed(tmp_path / "a.zip", {**GOOD, "DUCK.PCTALK": b"{}"}), "one name")


def test_a_project_that_is_none_is_refused(tmp_path):
    refused(packed(tmp_path / "a.zip", {**GOOD, "Duck.pctalk": b"{}"}), "is no project of pctalk-studio")


def test_a_zip_of_too_many_files_is_refused_before_it_is_listed(tmp_path):
    refused(packed(tmp_path / "a.zip", {**GOOD, **{f"media/{n}.png": b"" for n in range(2000)}}), "too many files")


def test_a_file_that_unpacks_to_more_than_it_says_is_refused(tmp_path):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writing:
        for name, data in {**GOOD, "media/a.png": bytes(10_000_000)}.items():
            writing.writestr(name, data)
    data = archive.read_bytes()
    assert data.count((10_000_000).to_bytes(4, "little")) == 2
    archive.write_bytes(data.replace((10_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    refused(archive, "damaged")


def test_a_zip_that_says_it_is_huge_is_refused(tmp_path):
    archive = packed(tmp_path / "a.zip", {**GOOD, "media/b.png": b"y" * 77_777, "media/c.png": b"z" * 77_777})
    data = archive.read_bytes()
    archive.write_bytes(data.replace((77_777).to_bytes(4, "little"), (0xFFFFFFF0).to_bytes(4, "little")))
    refused(archive, "more than 4 GiB")


@pytest.mark.parametrize("data", [b"", b"PK", b"x" * 100, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_refused(tmp_path, data):
    (tmp_path / "a.zip").write_bytes(data)
    refused(tmp_path / "a.zip", "is no collected project")


def test_mutated_zips_are_refused_or_opened_and_nothing_is_written_elsewhere(file, tmp_path):
    import random

    collect(file, tmp_path / "Duck.zip")
    data, chance = (tmp_path / "Duck.zip").read_bytes(), random.Random(3)
    before = sorted(os.listdir(tmp_path))
    tail = len(data) - 600
    for n in range(200):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            changed[chance.choice((chance.randrange(len(data)), tail + chance.randrange(600), chance.randrange(200)))] = (
                chance.randrange(256)
            )
        (tmp_path / "Duck.zip").write_bytes(changed[: chance.randrange(len(data))] if n % 10 == 0 else changed)
        try:
            open_collected(tmp_path / "Duck.zip", tmp_path / f"new{n}")
        except (ProjectFormatError, ProjectSaveError):
            assert sorted(os.listdir(tmp_path)) == before
        else:
            before = sorted([*before, f"new{n}"])


def test_a_folder_that_exists_is_not_unpacked_to(tmp_path):
    (tmp_path / "new").mkdir()
    with pytest.raises(ProjectSaveError, match="exists already"):
        open_collected(packed(tmp_path / "a.zip", GOOD), tmp_path / "new")
    with pytest.raises(ProjectSaveError, match="cannot be unpacked"):
        open_collected(packed(tmp_path / "a.zip", GOOD), tmp_path / "none" / "new")
