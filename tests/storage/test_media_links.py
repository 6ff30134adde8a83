from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.projects import a_project

from pctalk_studio.core.errors import MediaError
from pctalk_studio.core.hashing import file_hash
from pctalk_studio.document.project import Media, MediaReference, Project
from pctalk_studio.storage.media_links import MediaRole, MediaState, find_media, make_reference, rebased
from pctalk_studio.storage.relink import Bounds, relink


@pytest.fixture
def home(tmp_path):
    """A project's folder with a portrait in it, and a recording elsewhere."""
    (tmp_path / "work" / "pictures").mkdir(parents=True)
    (tmp_path / "sounds").mkdir()
    (tmp_path / "work" / "pictures" / "Bild ä.png").write_bytes(b"portrait")
    (tmp_path / "sounds" / "speech.wav").write_bytes(b"recording")
    return tmp_path


@pytest.fixture
def file(home):
    return home / "work" / "Duck.pctalk"


@pytest.fixture
def project(home, file):
    portrait = make_reference(home / "work" / "pictures" / "Bild ä.png", file)
    audio = make_reference(home / "sounds" / "speech.wav", file)
    return replace(a_project(), media=Media(portrait, audio))


def states(project: Project, file: Path) -> list[MediaState]:
    return [link.state for link in find_media(project, file)]


def pointing(written: str, content_hash: str = "0" * 32) -> Project:
    return Project(media=Media(portrait=MediaReference(written, content_hash)))


def test_paths_are_relative_inside_the_folder_and_full_outside(project, home):
    assert project.media.portrait.path == "pictures/Bild ä.png"
    assert project.media.audio.path == str(home / "sounds" / "speech.wav")
    assert project.media.audio.content_hash == file_hash(home / "sounds" / "speech.wav")


def test_media_are_found_wherever_the_folder_goes(project, file, home):
    assert states(project, file) == [MediaState.FOUND, MediaState.FOUND]
    (home / "work").rename(home / "moved")
    links = find_media(project, home / "moved" / "Duck.pctalk")
    assert [link.state for link in links] == [MediaState.FOUND, MediaState.FOUND]
    assert links[0].path == home / "moved" / "pictures" / "Bild ä.png"
    assert links[0].role is MediaRole.PORTRAIT


def test_missing_changed_and_moved_media_are_told_apart(project, file, home):
    (home / "work" / "pictures" / "Bild ä.png").write_bytes(b"another")
    (home / "sounds" / "speech.wav").unlink()
    changed, missing = find_media(project, file)
    assert (changed.state, changed.path) == (MediaState.CHANGED, home / "work" / "pictures" / "Bild ä.png")
    assert (missing.state, missing.path) == (MediaState.MISSING, None)
    (home / "work" / "media").mkdir()
    (home / "work" / "media" / "speech.wav").write_bytes(b"other sound")
    assert states(project, file)[1] is MediaState.MISSING
    (home / "work" / "media" / "speech.wav").write_bytes(b"recording")
    link = find_media(project, file)[1]
    assert (link.state, link.path) == (MediaState.MOVED, home / "work" / "media" / "speech.wav")


def test_a_project_without_media_has_no_links(file):
    assert find_media(Project(), file) == ()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "no path"),
        ("a\0b", "no path"),
        ("a\nb.png", "no path"),
        ("http://example.invalid/a.png", "an address"),
        ("file:///etc/passwd", "an address"),
        ("rtsp://example.invalid/a", "an address"),
        ("//host/share/a.png", "another machine"),
        ("\\\\host\\share\\a.png", "another machine"),
        ("../secret.png", "leaves the folder"),
        ("pictures/../../secret.png", "leaves the folder"),
        ("pictures", "a folder"),
        ("..", "leaves the folder"),
        (".", "a folder"),
        ("/dev/zero", "device or pipe"),
        ("/dev/stdin", "device or pipe"),
        ("/proc/self/environ", "device or pipe"),
        ("/sys/kernel/mm/transparent_hugepage/enabled", "device or pipe"),
    ],
)
def test_paths_that_lead_to_no_media_are_refused(written, told, file, home):
    (home / "secret.png").write_bytes(b"secret")
    if written.startswith(("/dev", "/proc", "/sys")) and not os.path.exists(written):
        pytest.skip("this system has no such file")
    (link,) = find_media(pointing(written), file)
    assert told in link.reason
    assert (link.state, link.path) == (MediaState.REFUSED, None)


def test_nothing_but_plain_files_is_opened(file, home, monkeypatch):
    os.mkfifo(home / "work" / "pipe.png")
    (home / "work" / "zero.png").symlink_to("/dev/zero")
    (home / "secret.png").write_bytes(b"secret")
    (home / "work" / "out.png").symlink_to(home / "secret.png")
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("opened"))
    for name in ("pipe.png", "zero.png", "out.png", str(home / "work" / "pipe.png")):
        assert states(pointing(name), file) == [MediaState.REFUSED]


@pytest.mark.parametrize(
    "written", ["x" * 5000, "a/" * 3000, "C:\\pictures\\a.png", "~/a.png", "$HOME/a.png", "Bild\u202fä.png", "a:b.png"]
)
def test_odd_paths_are_only_missing(written, file):
    assert states(pointing(written), file) == [MediaState.MISSING]


def test_a_link_that_goes_in_a_circle_is_no_media(file, home):
    (home / "work" / "loop.png").symlink_to("loop.png")
    assert states(pointing("loop.png"), file)[0] in (MediaState.MISSING, MediaState.REFUSED)


def test_a_file_without_the_hash_is_never_taken_for_media(file, home):
    assert states(pointing("pictures/Bild ä.png", ""), file) == [MediaState.CHANGED]


@pytest.mark.parametrize("name", ["none.png", "pictures", "pipe.png"])
def test_what_is_no_file_cannot_be_chosen(home, file, name):
    os.mkfifo(home / "work" / "pipe.png")
    with pytest.raises(MediaError, match="cannot be used"):
        make_reference(home / "work" / name, file)


def test_a_name_that_is_no_text_cannot_be_chosen(home, file):
    odd = os.fsdecode(os.fsencode(home / "work") + b"/b\xff.png")
    Path(odd).write_bytes(b"x")
    with pytest.raises(MediaError, match="rename the file") as caught:
        make_reference(Path(odd), file)
    caught.value.user_text.encode()


def test_saved_elsewhere_a_project_leads_to_the_same_files(project, file, home):
    after = home / "sounds" / "Duck.pctalk"
    moved = rebased(project, file, after)
    assert moved.media.portrait.path == str(home / "work" / "pictures" / "Bild ä.png")
    assert moved.media.audio.path == "speech.wav"
    assert states(moved, after) == [MediaState.FOUND, MediaState.FOUND]
    assert rebased(moved, after, file) == project


def test_a_project_without_a_file_gets_relative_paths_when_it_is_saved(project, file, home):
    full = rebased(project, file, home / "none" / "x.pctalk")
    assert rebased(full, None, file) == project
    assert rebased(project, None, home / "x.pctalk").media.portrait == project.media.portrait


def test_what_is_refused_stays_as_it_is(file, home):
    project = pointing("../secret.png")
    assert rebased(project, file, home / "x.pctalk") == project


@pytest.mark.parametrize("name", ["a\nb.png", "a\x1bb.png"])
def test_a_name_that_could_not_be_followed_later_is_refused_now(home, file, name):
    (home / "work" / name).write_bytes(b"x")
    with pytest.raises(MediaError, match="it is no path"):
        make_reference(home / "work" / name, file)


# ---------------------------------------------------------------- relinking


@pytest.fixture
def elsewhere(home, project):
    """The media were moved to an archive: one under its name, one under another."""
    archive = home / "archive" / "2026" / "duck"
    archive.mkdir(parents=True)
    (home / "work" / "pictures" / "Bild ä.png").rename(archive / "BILD ä.PNG")
    (home / "sounds" / "speech.wav").rename(archive / "take 3.wav")
    (home / "archive" / "speech.wav").write_bytes(b"another recording")
    return home / "archive"


def test_a_whole_folder_is_relinked_by_name_and_by_hash(project, file, elsewhere):
    assert states(project, file) == [MediaState.MISSING, MediaState.MISSING]
    relinked, report = relink(project, file, elsewhere)
    assert states(relinked, file) == [MediaState.FOUND, MediaState.FOUND]
    assert [each.path.name for each in report.found] == ["BILD ä.PNG", "take 3.wav"]
    assert report.missing == ()
    assert report.complete
    assert replace(relinked, media=project.media) == project


def test_relinked_paths_are_relative_again_inside_the_folder(project, file, elsewhere, home):
    elsewhere.rename(home / "work" / "archive")
    relinked, _ = relink(project, file, home / "work" / "archive")
    assert relinked.media.portrait.path == "archive/2026/duck/BILD ä.PNG"


def test_a_file_of_the_right_name_and_another_content_is_shown_and_not_taken(project, file, elsewhere):
    (elsewhere / "2026" / "duck" / "take 3.wav").unlink()
    relinked, report = relink(project, file, elsewhere)
    assert relinked.media.audio == project.media.audio
    (missing,) = report.missing
    assert (missing.link.role, missing.lookalike) == (MediaRole.AUDIO, elsewhere / "speech.wav")


def test_what_is_found_is_left_alone(project, file, home):
    relinked, report = relink(project, file, home)
    assert relinked is project
    assert (report.found, report.missing) == ((), ())


@pytest.mark.parametrize("bounds", [Bounds(depth=1), Bounds(entries=2), Bounds(size=3)])
def test_a_search_that_ends_at_its_bounds_says_so(project, file, elsewhere, bounds):
    relinked, report = relink(project, file, elsewhere, bounds)
    assert relinked is project
    assert len(report.missing) == 2
    assert not report.complete


def test_links_are_not_followed_and_nothing_special_is_opened(project, file, elsewhere, home):
    inside = home / "inside"
    inside.mkdir()
    (inside / "out").symlink_to(elsewhere)
    (inside / "speech.wav").symlink_to(elsewhere / "2026" / "duck" / "take 3.wav")
    (inside / "round").symlink_to(inside)
    os.mkfifo(inside / "Bild ä.png")
    _, report = relink(project, file, inside)
    assert report.found == ()
    assert report.complete


def test_a_folder_that_is_not_there_finds_nothing(project, file, elsewhere, home):
    _, report = relink(project, file, home / "none")
    assert report.found == ()
    assert not report.complete
