"""``models``: the weights of the neural engine: what they are for, whether they are here, and getting them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

from pctalk_studio.cli.output import progress, say, say_json
from pctalk_studio.core.errors import WeightsError
from pctalk_studio.core.progress import ProgressListener
from pctalk_studio.nets.catalogue import ModelFile, published_files
from pctalk_studio.nets.download import fetch
from pctalk_studio.nets.store import FileReport, FileState, ModelStore

GOOD = (FileState.PRESENT, FileState.GENUINE)


def run(args: argparse.Namespace) -> int:
    """Do it; returns 0, or 1 when a file is missing or not what it should be."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": _list, "verify": _verify, "fetch": _fetch, "path": _path, "import": _import
    }  # fmt: skip
    return actions[args.action](args)


def _size(file: ModelFile) -> str:
    return "size unknown" if file.bytes is None else f"{file.bytes / 1e6:.1f} MB"


def _facts(report: FileReport) -> dict[str, object]:
    file = report.file
    return {
        "name": file.name, "set": file.set, "state": report.state.value, "path": str(report.path), "remark": report.remark,
        "purpose": file.purpose, "licence": file.licence, "users": file.users, "bytes": file.bytes, "sha256": file.sha256,
        "address": file.address,
    }  # fmt: skip


def _list(args: argparse.Namespace) -> int:
    store = ModelStore(args.folder)
    reports = [store.look(file) for file in store.catalogue.files]
    if args.json:
        say_json({"folder": str(store.folder), "files": [_facts(report) for report in reports]})
        return 0
    say(f"Folder: {store.folder}")
    for report in reports:
        file = report.file
        say(f"\n{file.name}  ({_size(file)})  {report.state}")
        say(f"  {file.purpose}")
        say(f"  licence: {file.licence}; for {file.users}")
        if report.remark:
            say(f"  {report.remark}")
    say("\nNothing is fetched unless you ask: 'pctalk-studio models fetch', or 'models import FOLDER' for files you have.")
    return 0


def _look_inside(report: FileReport) -> FileReport:
    """Where no hash is known, see that a file's tensors are those of its networks."""
    if report.state is not FileState.PRESENT or not report.file.networks:
        return report
    from pctalk_studio.nets.liveportrait.checkpoints import check_file

    try:
        check_file(report.path, report.file.networks)
    except WeightsError as error:
        return replace(report, state=FileState.DIFFERENT, remark=error.user_text)
    return report


def _verify(args: argparse.Namespace) -> int:
    store = ModelStore(args.folder)
    with progress(args.progress) as listen:
        reports = [_look_inside(store.verify(file, listen)) for file in store.catalogue.chosen(tuple(args.names))]
    good = all(report.state in GOOD for report in reports)
    if args.json:
        say_json({"good": good, "files": [_facts(report) for report in reports]})
    else:
        _say_reports(reports)
    return 0 if good else 1


def _say_reports(reports: list[FileReport]) -> None:
    said = {FileState.PRESENT: "all its tensors are right; no published hash is known", FileState.GENUINE: "the published file"}
    for report in reports:
        say(f"{report.file.name}: {report.remark or said.get(report.state, report.state.value)}")


def _fetch(args: argparse.Namespace) -> int:
    store = ModelStore(args.folder, published_files(args.hub, converted=args.safetensors))
    chosen = store.catalogue.chosen(tuple(args.names))
    with progress(args.progress) as listen:
        for file in chosen:
            _fetch_one(store, file, listen)
    say(f"{len(chosen)} files are in {store.folder}; licence: {chosen[0].licence}, for {chosen[0].users}.")
    return 0


def _fetch_one(store: ModelStore, file: ModelFile, listen: ProgressListener) -> None:
    if store.verify(file, listen).state in GOOD:
        return
    fetch(file, store.folder / file.path, listen)
    if file.sha256 is None and (inside := _look_inside(store.look(file))).state not in GOOD:
        inside.path.unlink(missing_ok=True)
        raise WeightsError(inside.remark)


def _path(args: argparse.Namespace) -> int:
    store = ModelStore(args.folder)
    if not args.names:
        say(str(store.folder))
        return 0
    reports = [store.look(file) for file in store.catalogue.chosen(tuple(args.names))]
    for report in reports:
        say(str(report.path))
    return 0 if all(report.state in GOOD for report in reports) else 1


def _import(args: argparse.Namespace) -> int:
    store = ModelStore(args.folder)
    with progress(args.progress) as listen:
        reports = store.take_over(args.source, listen)
    for report in reports:
        say(f"{report.file.name}: {report.remark or report.path}")
    return 0 if all(report.state in GOOD for report in reports) else 1
