from __future__ import annotations

import pytest

from pctalk_studio.core.errors import ProjectFormatError
from pctalk_studio.document.edits.presets import StylePreset
from pctalk_studio.document.project import StyleAxes
from pctalk_studio.storage.presets import keep_preset, read_presets, shipped_presets, write_presets


def test_eight_speaking_styles_ship_and_clear_is_the_default():
    presets = shipped_presets()
    assert len({preset.name for preset in presets}) == len(presets) == 8
    assert presets[0] == StylePreset("Clear", StyleAxes())


def test_a_preset_is_kept_and_replaced_by_name(tmp_path):
    path = tmp_path / "new" / "styles.json"
    keep_preset(StylePreset("Mine", StyleAxes(1.4)), path)
    keep_preset(StylePreset("Another", StyleAxes()), path)
    kept = keep_preset(StylePreset("Mine", StyleAxes(0.7), 1.2, 0.1), path)
    assert read_presets(path) == kept
    assert [(preset.name, preset.style.open) for preset in kept] == [("Another", 1.0), ("Mine", 0.7)]


@pytest.mark.parametrize("text", ["", "{}", '[{"name": 1}]', '[{"name": "x", "style": {"open": 9}}]', "[" * 5000])
def test_a_damaged_file_is_one_sentence_and_stays(tmp_path, text):
    path = tmp_path / "styles.json"
    path.write_text(text)
    with pytest.raises(ProjectFormatError):
        keep_preset(StylePreset("Mine", StyleAxes()), path)
    assert path.read_text() == text


def test_presets_are_written_in_place_of_all_others(tmp_path):
    path = tmp_path / "folder" / "own.json"
    loud, soft = StylePreset("loud", StyleAxes(2.0, 1.0, 1.0)), StylePreset("Soft", StyleAxes(0.5, 1.0, 1.0))
    assert write_presets([soft, loud], path) == (loud, soft)
    assert write_presets([soft], path) == (soft,)
    assert read_presets(path) == (soft,)
