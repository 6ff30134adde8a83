"""What can be typed after ``models``. Imports nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_models(models: argparse.ArgumentParser) -> None:
    """Give ``models`` its own commands."""
    actions = models.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=type(models))
    names = "files such as human/motion_extractor, or sets: human (default), animal, unused"

    listing = actions.add_parser("list", help="which files there are, what each is for, and who may use it")
    verify = actions.add_parser("verify", help="whether the files here are the published ones")
    fetch = actions.add_parser("fetch", help="download files; goes on where it stopped")
    path = actions.add_parser("path", help="where the files are")
    take = actions.add_parser("import", help="take files over from a folder, such as another program's")
    for parser in (listing, verify, fetch, path, take):
        parser.add_argument("--folder", type=Path, metavar="DIR", help="folder of models, instead of your own")
    for parser in (verify, fetch, path):
        parser.add_argument("names", nargs="*", metavar="NAME", help=names)
    for parser in (listing, verify):
        parser.add_argument("--json", action="store_true", help="print JSON")
    for parser in (verify, fetch, take):
        parser.add_argument(
            "--progress",
            choices=["auto", "json", "none"],
            default="auto",
            help="a bar, JSON lines on standard output, or nothing",
        )
    fetch.add_argument(
        "--safetensors", action="store_true", help="the human files as Kijai/LivePortrait_safetensors has converted them"
    )
    fetch.add_argument("--hub", metavar="URL", help="address of a mirror with the same layout")
    take.add_argument("source", type=Path, metavar="FOLDER", help="folder that holds the files, at any depth")
