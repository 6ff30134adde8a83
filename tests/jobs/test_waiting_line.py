"""The order in which waiting work is taken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pctalk_studio.jobs.queue import WaitingLine


def drained(line):
    numbers = []
    while (popped := line.pop()) is not None:
        numbers.append(popped[0])
    return numbers


def test_higher_priorities_go_first_and_equal_ones_in_order():
    line = WaitingLine()
    for number, priority in enumerate([0, 5, 0, 9, 5]):
        line.push(number, "work", priority)
    assert drained(line) == [3, 1, 4, 0, 2]


def test_the_newest_of_a_key_replaces_the_one_that_waits_and_waits_behind_others():
    line = WaitingLine()
    line.push(1, "old", 0, "preview")
    line.push(2, "other", 0)
    assert line.push(3, "new", 0, "preview") == (1, "old")
    assert drained(line) == [2, 3]


def test_a_taken_item_is_not_replaced_any_more():
    line = WaitingLine()
    line.push(1, "old", 0, "preview")
    assert line.pop() == (1, "old", "preview")
    assert line.push(2, "new", 0, "preview") is None


def test_replacing_for_hours_costs_no_memory():
    line = WaitingLine()
    for number in range(10_000):
        line.push(number, "work", 0, "preview")
    assert len(line) == 1
    assert len(line._heap) < 50


@given(st.lists(st.tuples(st.sampled_from(["push", "remove", "pop"]), st.integers(0, 3), st.sampled_from([None, "a", "b"]))))
def test_it_does_what_a_sorted_list_would(steps):
    line, model = WaitingLine(), []
    for number, (what, priority, key) in enumerate(steps):
        if what == "push":
            older = next((entry for entry in model if key is not None and entry[2] == key), None)
            assert line.push(number, number, priority, key) == (None if older is None else (older[1], older[1]))
            model = [entry for entry in model if entry is not older] + [(-priority, number, key)]
        elif what == "remove" and model:
            victim = model[priority % len(model)]
            assert line.remove(victim[1]) == victim[1]
            assert line.remove(victim[1]) is None
            model.remove(victim)
        elif what == "pop":
            first = min(model, default=None, key=lambda entry: entry[:2])
            assert line.pop() == (None if first is None else (first[1], first[1], first[2]))
            model = [entry for entry in model if entry is not first]
        assert len(line) == len(model)
        assert line.top() == max((-entry[0] for entry in model), default=None)
