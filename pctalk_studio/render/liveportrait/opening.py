"""Making the neural engine from the weights on this machine; torch is imported only once they are all there."""

from __future__ import annotations

from pctalk_studio.core.errors import RenderError, WeightsError
from pctalk_studio.core.hashing import content_hash
from pctalk_studio.nets.names import Network
from pctalk_studio.nets.store import FileState, ModelStore, digest_of
from pctalk_studio.render.api import Renderer

FACES = "human"
"""The set of weights that draws people."""


def lacking_weights(store: ModelStore) -> str:
    """Why the engine cannot draw, and what to do, in a sentence; empty when all weights are there."""
    files = dict.fromkeys(store.catalogue.holder(network, FACES) for network in Network)
    reports = [store.look(file) for file in files]
    for report in reports:
        if report.state is FileState.DIFFERENT:
            return report.remark
    absent = [report.file.name for report in reports if report.state is not FileState.PRESENT]
    if not absent:
        return ""
    missing = f"{len(absent)} of {len(reports)} files are" if len(absent) > 1 else f"'{absent[0]}' is"
    return (
        f"LivePortrait draws with networks whose weights are not on this machine ({missing} missing): "
        f"get them with 'pctalk-studio models fetch {FACES}', or choose the mesh engine, which needs none."
    )


def open_renderer(store: ModelStore | None = None) -> Renderer:
    """The engine, on the fastest device here, after it has drawn one frame to prove that it can.

    Parameters
    ----------
    store
        The folder of weights; None: this user's own.

    Raises
    ------
    RenderError
        When weights are missing or not what they should be, or no device draws.
    """
    store = ModelStore() if store is None else store
    if lacking := lacking_weights(store):
        raise RenderError(lacking)
    from pctalk_studio.nets.liveportrait import LivePortraitModel, best_policy, load_networks
    from pctalk_studio.render.liveportrait.engine import LivePortraitRenderer
    from pctalk_studio.render.liveportrait.workbench import Workbench

    files = store.network_files(FACES)
    try:
        networks = load_networks(files)
    except WeightsError as error:
        raise RenderError(error.user_text) from error
    digests = {path: digest_of(path, path.name) for path in dict.fromkeys(files.values())}
    weights = content_hash(*(f"{network} {digests[files[network]]}" for network in Network))
    return LivePortraitRenderer(Workbench(LivePortraitModel.tested(networks, best_policy())), weights)
