"""The steps from older records to newer ones. Each published upgrade has a test here, named after it."""

from __future__ import annotations

import json

import pytest
from helpers.projects import a_project

from pctalk_studio.core.errors import ProjectFormatError
from pctalk_studio.storage.codec import decode, encode
from pctalk_studio.storage.project_file import loaded
from pctalk_studio.storage.schema import VERSIONS, JsonObject
from pctalk_studio.storage.upgrades import Format


def missing_tests(upgrades: object, names: object) -> list[str]:
    """Tests that upgrades need and that are not there."""
    wanted = [f"test_upgrade_of_{name.lower()}_{version}" for name, version in upgrades]
    return [each for each in wanted if each not in names]


def test_every_upgrade_has_a_test():
    assert missing_tests(Format().upgrades, globals()) == []


def test_an_upgrade_without_a_test_would_be_found():
    assert missing_tests({("Key", 1): dict}, globals()) == ["test_upgrade_of_key_1"]


def test_upgrade_of_project_1():
    tree = json.loads(encode(a_project()))
    tree["project"]["schema"] = "Project.1"
    for field in ("takes", "performances"):
        del tree["project"][field]
    decoded = decode(json.dumps(tree).encode(), "before performances")
    assert decoded.upgraded
    assert decoded.project == a_project()


# ---------------------------------------------------------------- the mechanism, on versions that never were


def _first(node: JsonObject) -> JsonObject:
    """Markers once had frames at 25 a second."""
    node["moment"] = float(str(node.pop("frame"))) / 25
    return node


def _second(node: JsonObject) -> JsonObject:
    """Then the moment was called time."""
    node["time"] = node.pop("moment")
    return node


MADE_UP = Format({**VERSIONS, "Marker": 3}, {("Marker", 1): _first, ("Marker", 2): _second})


def _file(*markers: JsonObject) -> bytes:
    tree = json.loads(encode(a_project()))
    tree["project"] |= {"markers": list(markers), "next_id": 9}
    return json.dumps(tree).encode()


def test_upgrades_are_called_in_order_from_where_the_record_is():
    markers = (
        {"schema": "Marker.1", "id": 3, "frame": 10, "note": "kept"},
        {"schema": "Marker.2", "id": 4, "moment": 0.5},
        {"schema": "Marker.3", "id": 5, "time": 0.6},
    )
    decoded = decode(_file(*markers), "old", MADE_UP)
    assert [(each.id, each.time) for each in decoded.project.markers] == [(3, 0.4), (4, 0.5), (5, 0.6)]
    assert [(extra.name, extra.text) for extra in decoded.extras.items] == [("note", '"kept"')]
    assert decoded.upgraded
    assert [problem.code for problem in loaded(decoded).problems] == ["project-unknown-entries", "project-older-format"]


def test_a_file_of_today_is_not_upgraded():
    decoded = decode(_file({"schema": "Marker.3", "id": 5, "time": 0.6}), "new", MADE_UP)
    assert not decoded.upgraded
    assert loaded(decoded).problems == ()


def test_an_old_record_that_is_damaged_is_refused_with_its_place():
    with pytest.raises(ProjectFormatError, match=r"project\.markers\[#3\] is no Marker\.1 and cannot be brought up to date"):
        decode(_file({"schema": "Marker.1", "id": 3}), "old", MADE_UP)


def test_upgrades_leave_their_argument_alone():
    node: JsonObject = {"schema": "Marker.1", "id": 3, "frame": 10}
    assert MADE_UP.upgraded("Marker", 1, node) == {"schema": "Marker.3", "id": 3, "time": 0.4}
    assert node == {"schema": "Marker.1", "id": 3, "frame": 10}
