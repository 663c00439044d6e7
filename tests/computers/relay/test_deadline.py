"""How long a process may send: counted from before it asked."""

from computers.relay.lease import DEADLINE, Deadline


def test_before_any_renewal_nothing_may_be_sent() -> None:
    assert not Deadline().holds(0.0)


def test_it_holds_for_its_time_from_the_moment_of_asking() -> None:
    deadline = Deadline()
    deadline.renewed(asked_at=100.0)
    assert deadline.holds(100.0) and deadline.holds(100.0 + DEADLINE - 0.001)
    assert not deadline.holds(100.0 + DEADLINE)


def test_an_answer_that_comes_late_does_not_shorten_it() -> None:
    deadline = Deadline()
    deadline.renewed(asked_at=101.0)
    deadline.renewed(asked_at=100.0)
    assert deadline.holds(102.9)


def test_an_answer_that_comes_after_its_own_time_is_worth_nothing() -> None:
    deadline = Deadline()
    deadline.renewed(asked_at=100.0)
    assert not deadline.holds(100.0 + 10 * DEADLINE)


def test_dropped_it_is_over_until_renewed() -> None:
    deadline = Deadline()
    deadline.renewed(asked_at=100.0)
    deadline.drop()
    assert not deadline.holds(100.0)
    deadline.renewed(asked_at=100.5)
    assert deadline.holds(101.0)
