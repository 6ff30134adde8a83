"""The commands for weights, on a folder of its own and a server on this machine."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from helpers.liveportrait_weights import synthetic_tensors

from pctalk_studio.cli.main import DONE, TROUBLE, USER_ERROR, run
from pctalk_studio.core.user_folders import models_folder
from pctalk_studio.nets.names import Network

STITCHING = "liveportrait/retargeting_models/stitching_retargeting_module.pth"


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "models"


def write_stitching(folder: Path, suffix: str = ".pth") -> Path:
    """The small file with made-up weights: every tensor right, and not the published one."""
    path = (folder / STITCHING).with_suffix(suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    sections = {n.section: synthetic_tensors(n) for n in Network if n.section}
    if suffix == ".pth":
        torch.save(sections, path)
    else:
        from safetensors.torch import save_file

        save_file({f"{s}_module.{key}": t for s, tensors in sections.items() for key, t in tensors.items()}, path)
    return path


def test_the_list_says_what_each_file_is_for_and_who_may_use_it(folder, capsys):
    assert run(["models", "list", "--folder", str(folder)]) == DONE
    said = capsys.readouterr().out
    for word in ("human/spade_generator", "221.8 MB", "missing", "MIT", "commercially", "fetched unless you ask", str(folder)):
        assert word in said
    assert run(["models", "list", "--json", "--folder", str(folder)]) == DONE
    files = json.loads(capsys.readouterr().out)["files"]
    assert len([file for file in files if file["set"] != "judges"]) == 10
    assert files[0]["sha256"].startswith("5279bb86")
    assert not folder.exists()


def test_paths(folder, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert run(["models", "path"]) == DONE
    assert capsys.readouterr().out.strip() == str(models_folder())
    path = write_stitching(folder, ".safetensors")
    assert run(["models", "path", "human/stitching_retargeting_module", "--folder", str(folder)]) == DONE
    assert capsys.readouterr().out.strip() == str(path)
    assert run(["models", "path", "human/motion_extractor", "--folder", str(folder)]) == TROUBLE
    assert run(["models", "path", "unheard-of"]) == USER_ERROR


def test_verifying_tells_missing_wrong_and_right(folder, capsys):
    name = "human/stitching_retargeting_module"
    line = ["models", "verify", name, "--folder", str(folder), "--progress", "none"]
    assert run(line) == TROUBLE
    assert "missing" in capsys.readouterr().out
    path = write_stitching(folder)
    assert run(line) == TROUBLE
    assert "instead of 2,393,098" in capsys.readouterr().out
    path.unlink()
    converted = write_stitching(folder, ".safetensors")
    assert run(line) == DONE
    assert "all its tensors are right" in capsys.readouterr().out
    converted.write_bytes(converted.read_bytes()[:-4])
    assert run([*line, "--json"]) == TROUBLE
    (report,) = json.loads(capsys.readouterr().out)["files"]
    assert report["state"] == "different"
    assert "cut short" in report["remark"]


def test_taking_over_a_folder(folder, tmp_path, capsys):
    write_stitching(tmp_path / "comfy", ".safetensors")
    assert run(["models", "import", str(tmp_path / "comfy"), "--folder", str(folder), "--progress", "none"]) == DONE
    assert (folder / STITCHING).with_suffix(".safetensors").is_file()
    assert run(["models", "import", str(tmp_path / "nowhere"), "--folder", str(folder)]) == USER_ERROR
    assert "is no folder" in capsys.readouterr().err


@contextmanager
def serving(body_of: Callable[[str], bytes]) -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that answers addresses with bytes: where it is, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def do_GET(self):
            asked.append(self.path)
            body = body_of(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def mirror():
    """A mirror that sends something else, and what it was asked for."""
    with serving(lambda _: b"PK\x03\x04 something else") as made:
        yield made


def test_fetching_what_is_not_the_published_file(folder, mirror, capsys):
    """Refused, thrown away, said in one sentence; and asked for nothing but that file."""
    hub, asked = mirror
    line = ["models", "fetch", "human/motion_extractor", "--hub", hub, "--folder", str(folder), "--progress", "json"]
    assert run(line) == USER_ERROR
    assert asked == ["/KlingTeam/LivePortrait/resolve/main/liveportrait/base_models/motion_extractor.pth"]
    said = capsys.readouterr()
    assert "thrown away" in said.err
    assert json.loads(said.out.splitlines()[0])["stage"] == "human/motion_extractor"
    assert not any(path.suffix == ".pth" for path in folder.rglob("*"))


def test_a_file_without_a_known_hash_is_looked_into_after_fetching(folder, mirror, capsys):
    line = ["models", "fetch", "animal/motion_extractor", "--hub", mirror[0], "--folder", str(folder), "--progress", "none"]
    assert run(line) == USER_ERROR
    assert "damaged" in capsys.readouterr().err
    assert not any(path.is_file() for path in folder.rglob("*"))


@pytest.fixture
def shelf():
    """A server that has some files, by the ends of their addresses; what it was asked for is kept."""
    held: dict[str, bytes] = {}
    with serving(lambda path: held[path.rpartition("/")[2]]) as (hub, asked):
        yield hub, held, asked


def test_converted_files_are_fetched_looked_into_and_not_fetched_again(folder, shelf, tmp_path, capsys):
    hub, held, asked = shelf
    whole = write_stitching(tmp_path / "there", ".safetensors").read_bytes()
    held["stitching_retargeting_module.safetensors"] = whole
    name = "human/stitching_retargeting_module"
    line = ["models", "fetch", name, "--safetensors", "--hub", hub, "--folder", str(folder), "--progress", "none"]
    assert run(line) == DONE
    assert (folder / STITCHING).with_suffix(".safetensors").read_bytes() == whole
    assert asked == ["/Kijai/LivePortrait_safetensors/resolve/main/stitching_retargeting_module.safetensors"]
    assert run(line) == DONE
    assert len(asked) == 1
    assert run(["models", "verify", name, "--folder", str(folder), "--progress", "none"]) == DONE
    held["stitching_retargeting_module.safetensors"] = whole[:-4]
    (folder / STITCHING).with_suffix(".safetensors").unlink()
    assert run(line) == USER_ERROR
    assert "cut short" in capsys.readouterr().err
    assert not any(path.suffix == ".safetensors" for path in folder.rglob("*"))


@pytest.mark.parametrize("line", [["models", "--help"], ["models", "list"], ["models", "path"]])
def test_looking_needs_no_torch(line):
    code = (
        "import sys\nfrom pctalk_studio.cli.main import run\n"
        f"try:\n    run({line!r})\nexcept SystemExit:\n    pass\nraise SystemExit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0
