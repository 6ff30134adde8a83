"""What errors become when people read them."""

from __future__ import annotations

import logging

from pctalk_studio.core.errors import StudioError
from pctalk_studio.session.notices import problem_of


def test_an_error_for_people_is_told_as_it_is(caplog):
    problem = problem_of(StudioError("'a.jpg' is missing; choose another picture.", "No such file"))
    assert problem.text == "'a.jpg' is missing; choose another picture."
    assert caplog.records == []


def test_a_fault_is_one_short_line_and_the_log_has_all_of_it(caplog):
    long = "first\n\n        second " + "and so on " * 100
    with caplog.at_level(logging.ERROR):
        problem = problem_of(RuntimeError(long))
    assert problem.code == "fault"
    assert "RuntimeError: first second and so on" in problem.text
    assert "\n" not in problem.text
    assert len(problem.text) < 280
    (record,) = caplog.records
    assert record.exc_info[1].args == (long,)


def test_a_fault_is_written_to_the_log_once(caplog):
    error = ValueError("odd")
    told = problem_of(error)
    assert [record.exc_info[1] for record in caplog.records] == [error]
    assert problem_of(error, logged=True) == told
    assert len(caplog.records) == 1
