"""The bench runs on the real engine; what does not depend on the machine's speed must hold anywhere."""

from __future__ import annotations

from pctalk_studio.render.mesh import MeshRenderer
from pctalk_studio.session import bench


def test_what_is_drawn_and_kept_holds_on_any_machine(monkeypatch):
    monkeypatch.setattr(bench, "REPEATS", 3)
    figures = {figure.name: figure for figure in bench.measure({"mesh": MeshRenderer}, seconds=8.0, playback=0.5)}
    assert figures["frames drawn for undo"].value == 0
    assert 0 < figures["frames drawn for an edited word / frames whose pixels changed"].value <= 1.02
    assert figures["frame memory used / budget"].value <= 1
    assert all(figure.value > 0 for name, figure in figures.items() if name.endswith("median"))


def test_a_figure_passes_up_to_its_limit():
    assert bench.Figure("x", 16.0, "ms", 16).passed
    assert not bench.Figure("x", 16.1, "ms", 16).passed
    assert bench.Figure("x", 0.0, "", 0).passed
