"""An inspector over an open project."""

import pytest

from pctalk_studio.app.inspector.panel import InspectorPanel


@pytest.fixture
def panel(open_kit, qtbot):
    made = InspectorPanel(open_kit)
    qtbot.addWidget(made)
    made.resize(360, 2600)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def editor(open_kit):
    return open_kit.editor
