"""Runner: one worker, one outcome for every ticket, newest wins; all by gates, nothing by sleeping."""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass

import pytest
from helpers.gates import SOON, Gate, Log
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pctalk_studio.core.errors import Cancelled, RenderError
from pctalk_studio.core.progress import ProgressEvent
from pctalk_studio.jobs import Abandoned, Done, Ended, Failed, Moved, Priority, Runner, RunnerClosed, Started


@dataclass(frozen=True)
class Doubled:
    """A plain request."""

    value: int

    def __call__(self, control):
        control.checkpoint()
        return self.value * 2


@pytest.fixture
def runner():
    runner = Runner("test worker")
    yield runner
    assert runner.close(SOON) == ()


@pytest.fixture
def busy(runner):
    """A gate that keeps the worker busy until the test opens it."""
    gate = Gate("first")
    runner.submit(gate)
    gate.wait_begun()
    yield gate
    gate.let_go()


def test_a_request_gives_its_result_off_the_callers_thread(runner):
    gate = Gate(result=7)
    gate.let_go()
    assert runner.submit(gate).result(SOON) == 7
    assert gate.thread is not threading.current_thread()
    assert gate.thread.name == "test worker"


def test_requests_results_and_events_can_be_pickled(runner):
    log = Log()
    ticket = runner.submit(pickle.loads(pickle.dumps(Doubled(21))), listeners=[log])
    assert ticket.result(SOON) == 42
    assert runner.wait_idle(SOON)
    assert pickle.loads(pickle.dumps(log.events)) == [
        Started(ticket.number),
        Ended(ticket.number, Doubled(21), Done(42)),
    ]


@pytest.mark.parametrize("error", [RuntimeError("CUDA"), ValueError("shape"), RenderError("text"), MemoryError()], ids=repr)
def test_every_exception_becomes_a_failure_and_the_worker_goes_on(runner, error):
    gate = Gate(error=error)
    gate.let_go()
    ticket = runner.submit(gate)
    with pytest.raises(type(error)):
        ticket.result(SOON)
    assert ticket.outcome == Failed(error)
    assert runner.submit(Doubled(1)).result(SOON) == 2


def test_an_exit_out_of_a_request_ends_its_ticket_and_all_others(monkeypatch):
    reported = []
    monkeypatch.setattr(threading, "excepthook", reported.append)
    runner, log = Runner("doomed"), Log()
    gate = Gate(error=KeyboardInterrupt())
    doomed = runner.submit(gate)
    gate.wait_begun()
    waiting = runner.submit(Doubled(1), listeners=[log])
    gate.let_go()
    assert doomed.wait(SOON)
    assert waiting.wait(SOON)
    assert isinstance(doomed.outcome, Failed)
    assert waiting.outcome == Abandoned()
    assert runner.close(SOON) == ()
    assert [type(event) for event in log.events] == [Ended]
    assert [args.exc_type for args in reported] == [KeyboardInterrupt]


def test_a_result_is_waited_for_no_longer_than_asked(runner, busy):
    with pytest.raises(TimeoutError):
        runner.submit(Doubled(1)).result(0)


def test_urgent_work_overtakes_work_that_waits(runner, busy):
    order = []
    for name, priority in [("later", Priority.BACKGROUND), ("normal", Priority.NORMAL), ("now", Priority.URGENT)]:
        runner.submit(lambda _, name=name: order.append(name), priority=priority)
    busy.let_go()
    assert runner.wait_idle(SOON)
    assert order == ["now", "normal", "later"]


def test_the_newest_replaces_the_one_that_waits(runner, busy):
    log = Log()
    old = runner.submit(Doubled(1), replaces="frame", listeners=[log])
    new = runner.submit(Doubled(2), replaces="frame")
    assert old.outcome == Abandoned()
    busy.let_go()
    assert new.result(SOON) == 4
    assert runner.wait_idle(SOON)
    assert [type(event) for event in log.events] == [Ended]


def test_the_newest_asks_the_one_that_runs_to_stop_between_steps(runner):
    running = Gate("old", checkpoints=1)
    old = runner.submit(running, replaces="frame")
    running.wait_begun()
    new = runner.submit(Doubled(2), replaces="frame")
    assert old.outcome is None
    running.let_go()
    assert new.result(SOON) == 4
    assert old.outcome == Abandoned()
    with pytest.raises(Cancelled):
        old.result(SOON)


def test_a_result_that_came_in_spite_of_being_replaced_is_not_lost(runner):
    running = Gate("whole", checkpoints=0)
    old = runner.submit(running, replaces="frame")
    running.wait_begun()
    runner.submit(Doubled(2), replaces="frame")
    running.let_go()
    assert old.result(SOON) == "whole"


def test_another_key_replaces_nothing(runner, busy):
    tickets = [runner.submit(Doubled(n), replaces=key) for n, key in enumerate(["a", "b", None, None])]
    busy.let_go()
    assert [ticket.result(SOON) for ticket in tickets] == [0, 2, 4, 6]


def test_cancelling_drops_what_waits_and_never_runs_it(runner, busy):
    ran = Gate()
    ticket = runner.submit(ran)
    ticket.cancel()
    ticket.cancel()
    assert ticket.outcome == Abandoned()
    busy.let_go()
    assert runner.wait_idle(SOON)
    assert not ran.began.is_set()


def test_cancelling_what_has_ended_changes_nothing(runner):
    ticket = runner.submit(Doubled(1))
    assert ticket.result(SOON) == 2
    ticket.cancel()
    assert ticket.outcome == Done(2)


def test_word_of_a_cancelled_ticket_comes_at_the_next_checkpoint_not_at_the_end(runner):
    told = threading.Event()
    reached = []

    def long_work(control):
        control.checkpoint()
        reached.append(told.is_set())

    gate = Gate()
    runner.submit(gate)
    gate.wait_begun()
    runner.submit(long_work, priority=Priority.URGENT)
    waiting = runner.submit(Doubled(1), listeners=[lambda event: told.set()])
    waiting.cancel()
    gate.let_go()
    assert runner.wait_idle(SOON)
    assert reached == [True]


def test_progress_is_told_in_order_between_start_and_end(runner):
    log = Log()
    steps = [ProgressEvent("draw", n, 2) for n in (1, 2)]

    def work(control):
        for step in steps:
            control.checkpoint(step)

    ticket = runner.submit(work, listeners=[log])
    assert runner.wait_idle(SOON)
    n = ticket.number
    assert log.events == [Started(n), Moved(n, steps[0]), Moved(n, steps[1]), Ended(n, work, Done(None))]


def test_all_rounds_pass_through_deliver_on_the_worker_thread_and_hold_no_lock():
    rounds, callers = [], set()

    def deliver(tell):
        callers.add(threading.current_thread().name)
        rounds.append(tell)

    runner, log = Runner("source of events", deliver=deliver), Log()
    ticket = runner.submit(Doubled(1), listeners=[log])
    assert runner.wait_idle(SOON)
    assert callers == {"source of events"}
    assert log.events == []
    for tell in rounds:
        tell()
    assert [type(event) for event in log.events] == [Started, Ended]
    assert log.threads == {threading.current_thread()}
    assert ticket.outcome == Done(2)
    assert runner.close(SOON) == ()


def test_a_listener_may_submit_and_cancel(runner):
    found = []

    def again(event):
        if isinstance(event, Ended) and not found:
            ticket = runner.submit(Doubled(5))
            runner.submit(Doubled(6)).cancel()
            found.append(ticket)

    runner.submit(Doubled(1), listeners=[again])
    assert runner.wait_idle(SOON)
    assert found[0].outcome == Done(10)


def test_a_failing_listener_starves_no_other_and_is_reported_after_the_round():
    happened = []
    runner = Runner("worker", report=lambda errors: happened.append(tuple(map(str, errors))))

    def failing(event):
        raise RuntimeError("broken view")

    runner.submit(Doubled(1), listeners=[failing, lambda event: happened.append(type(event)), failing])
    assert runner.wait_idle(SOON)
    assert happened == [Started, ("broken view", "broken view"), Ended, ("broken view", "broken view")]
    assert runner.submit(Doubled(2)).result(SOON) == 4
    assert runner.close(SOON) == ()


def test_failing_listeners_are_written_to_the_log_by_default(runner, caplog):
    runner.submit(Doubled(1), listeners=[lambda event: 1 / 0])
    assert runner.wait_idle(SOON)
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError] * 2


def test_a_deliver_that_fails_is_reported_and_does_not_end_the_worker():
    errors = []

    def gone(tell):
        raise RuntimeError("window closed")

    runner = Runner("worker", deliver=gone, report=errors.extend)
    assert runner.submit(Doubled(1), listeners=[Log()]).result(SOON) == 2
    assert runner.wait_idle(SOON)
    assert [str(error) for error in errors] == ["window closed"] * 2
    assert runner.close(SOON) == ()


def test_closing_cancels_what_waits_and_stops_what_runs():
    runner, log = Runner("worker"), Log()
    gate = Gate(checkpoints=1)
    running = runner.submit(gate)
    gate.wait_begun()
    waiting = runner.submit(Doubled(1), listeners=[log])
    gate.let_go()
    assert runner.close(SOON) == ()
    assert running.outcome == Abandoned()
    assert waiting.outcome == Abandoned()
    assert [type(event) for event in log.events] == [Ended]
    with pytest.raises(RunnerClosed):
        runner.submit(Doubled(1))


def test_closing_reports_who_did_not_stop_in_time():
    runner, gate = Runner("worker"), Gate("late")
    ticket = runner.submit(gate)
    gate.wait_begun()
    assert runner.close(0.01) == (ticket.number,)
    assert ticket.outcome is None
    gate.let_go()
    assert runner.close(SOON) == ()
    assert ticket.outcome == Done("late")


def test_a_runner_may_be_closed_from_its_own_listener():
    runner = Runner("worker")
    closed = []
    runner.submit(Doubled(1), listeners=[lambda event: closed.append(runner.close(SOON))])
    assert runner.wait_idle(SOON)
    assert runner.close(SOON) == ()
    assert len(closed) == 2


class Counting:
    """A source with some work."""

    def __init__(self, count, failing=False):
        self.left = count
        self.failing = failing
        self.settled = []

    def take(self):
        if self.failing:
            raise RuntimeError("no idea")
        if not self.left:
            return None
        self.left -= 1
        return Doubled(self.left)

    def settle(self, request, outcome):
        self.settled.append((request, outcome))


def test_a_source_is_asked_when_nothing_more_important_waits(runner, busy):
    source, order = Counting(3), Log()
    runner.attach(source, listeners=[order])
    runner.submit(lambda _: order.events.append(source.left), priority=Priority.BACKGROUND)
    busy.let_go()
    assert runner.wait_idle(SOON)
    assert order.events[0] == 3
    assert [event.outcome for event in order.events if isinstance(event, Ended)] == [Done(4), Done(2), Done(0)]
    assert [outcome for _, outcome in source.settled] == [Done(4), Done(2), Done(0)]


def test_a_source_that_had_nothing_is_asked_again_when_woken(runner):
    source = Counting(0)
    runner.attach(source)
    assert runner.wait_idle(SOON)
    source.left = 2
    runner.wake()
    assert runner.wait_idle(SOON)
    assert len(source.settled) == 2


def test_a_wake_that_comes_while_the_source_is_asked_is_not_lost(runner):
    class Late(Counting):
        def take(self):
            request = super().take()
            if not self.settled and request is None:
                self.left = 1
                runner.wake()
            return request

    source = Late(0)
    runner.attach(source)
    assert runner.wait_idle(SOON)
    assert [outcome for _, outcome in source.settled] == [Done(0)]


def test_a_detached_source_is_asked_no_more(runner, busy):
    source = Counting(5)
    runner.attach(source)
    runner.detach(source)
    busy.let_go()
    assert runner.wait_idle(SOON)
    assert source.left == 5


def test_a_source_that_fails_is_reported_and_does_not_end_the_worker():
    errors = []
    runner = Runner("worker", report=errors.extend)
    runner.attach(Counting(1, failing=True))
    assert runner.wait_idle(SOON)
    assert {str(error) for error in errors} == {"no idea"}
    assert runner.submit(Doubled(4)).result(SOON) == 8
    assert runner.close(SOON) == ()


class RunnerMachine(RuleBasedStateMachine):
    """Any order of submitting, replacing, cancelling and going on, against a model in plain lists."""

    def __init__(self):
        super().__init__()
        self.runner = Runner("machine")
        self.ends = {}
        self.tickets = {}
        self.expected = {}
        self.waiting = []
        self.running = None

    def _told(self, event):
        if isinstance(event, Ended):
            self.ends[event.ticket] = self.ends.get(event.ticket, 0) + 1

    def _take_next(self):
        if self.running is None and self.waiting:
            self.running = min(self.waiting, key=lambda entry: (-entry["priority"], entry["number"]))
            self.waiting.remove(self.running)
            self.running["gate"].wait_begun()

    @rule(
        priority=st.integers(0, 2),
        key=st.sampled_from([None, None, "a", "b"]),
        ending=st.sampled_from(["done", "failed", "checks"]),
    )
    def submit(self, priority, key, ending):
        error = RuntimeError("planned")
        gate = Gate("ok", error if ending == "failed" else None, checkpoints=int(ending == "checks"))
        ticket = self.runner.submit(gate, priority=priority, replaces=key, listeners=[self._told])
        entry = {"number": ticket.number, "priority": priority, "key": key, "gate": gate, "ending": ending, "asked": False}
        entry["error"] = error
        self.tickets[ticket.number] = ticket
        for older in [other for other in self.waiting if key is not None and other["key"] == key]:
            self.waiting.remove(older)
            self.expected[older["number"]] = Abandoned()
        if self.running is not None and key is not None and self.running["key"] == key:
            self.running["asked"] = True
        self.waiting.append(entry)
        self._take_next()

    @precondition(lambda self: self.tickets)
    @rule(data=st.data())
    def cancel(self, data):
        number = data.draw(st.sampled_from(sorted(self.tickets)))
        self.tickets[number].cancel()
        for entry in [other for other in self.waiting if other["number"] == number]:
            self.waiting.remove(entry)
            self.expected[number] = Abandoned()
        if self.running is not None and self.running["number"] == number:
            self.running["asked"] = True

    @precondition(lambda self: self.running is not None)
    @rule()
    def go_on(self):
        entry, self.running = self.running, None
        entry["gate"].let_go()
        outcomes = {"failed": Failed(entry["error"]), "done": Done("ok")}
        outcomes["checks"] = Abandoned() if entry["asked"] else Done("ok")
        self.expected[entry["number"]] = outcomes[entry["ending"]]
        assert self.tickets[entry["number"]].wait(SOON)
        self._take_next()

    @invariant()
    def outcomes_are_as_planned(self):
        found = {number: ticket.outcome for number, ticket in self.tickets.items() if ticket.outcome is not None}
        assert found == self.expected

    def teardown(self):
        for entry in [*self.waiting, *([self.running] if self.running else [])]:
            entry["gate"].let_go()
        assert self.runner.close(SOON) == ()
        assert all(ticket.outcome is not None for ticket in self.tickets.values())
        assert self.ends == dict.fromkeys(self.tickets, 1)


TestRunnerMachine = RunnerMachine.TestCase
TestRunnerMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
