"""Which process may send input: one at a time, and never two at once. A process is only a word here."""

import pytest

from computers import leases
from computers.models import Computer
from dashboard.permissions import Actor

HELD = {"buttons": {"left": [1.0, 2.0]}, "modifiers": {}}


@pytest.fixture
async def epoch(as_bob: Actor, computer: Computer) -> int:
    return (await leases.take(computer, as_bob)).epoch


async def test_the_first_process_need_not_wait(computer: Computer, epoch: int) -> None:
    activation = await leases.activate(computer.pk, epoch, "first")
    assert activation == leases.Activation(epoch, must_wait=False, held={})


async def test_a_process_that_reactivates_need_not_wait_for_itself(computer: Computer, epoch: int) -> None:
    await leases.activate(computer.pk, epoch, "first")
    activation = await leases.activate(computer.pk, epoch, "first")
    assert activation and not activation.must_wait


async def test_a_second_one_waits_until_the_first_confirms(computer: Computer, epoch: int) -> None:
    await leases.activate(computer.pk, epoch, "first")
    activation = await leases.activate(computer.pk, epoch, "second")
    assert activation and activation.must_wait
    assert await leases.still_waiting(computer.pk, epoch, "second") is True
    await leases.confirm_stopped(computer.pk, "first")
    assert await leases.still_waiting(computer.pk, epoch, "second") is False


async def test_one_that_confirmed_before_is_not_waited_for(computer: Computer, epoch: int) -> None:
    await leases.activate(computer.pk, epoch, "first")
    await leases.confirm_stopped(computer.pk, "first")
    activation = await leases.activate(computer.pk, epoch, "second")
    assert activation and not activation.must_wait


async def test_after_several_that_did_not_confirm_no_single_word_is_enough(
    computer: Computer, epoch: int
) -> None:
    for process in ("first", "second", "third"):
        await leases.activate(computer.pk, epoch, process)
    await leases.confirm_stopped(computer.pk, "second")
    assert await leases.still_waiting(computer.pk, epoch, "third") is True


async def test_a_change_of_holder_still_waits_for_the_old_process(
    as_alice: Actor, computer: Computer, epoch: int
) -> None:
    await leases.activate(computer.pk, epoch, "first")
    await leases.release(computer.pk, epoch)
    standing = await leases.take(computer, as_alice)
    activation = await leases.activate(computer.pk, standing.epoch, "second")
    assert activation and activation.must_wait


async def test_a_fenced_process_can_neither_renew_nor_press(computer: Computer, epoch: int) -> None:
    await leases.activate(computer.pk, epoch, "first")
    await leases.activate(computer.pk, epoch, "second")
    assert not await leases.renew(computer.pk, epoch, "first")
    assert not await leases.note_held(computer.pk, epoch, "first", HELD)
    assert await leases.renew(computer.pk, epoch, "second")


async def test_a_process_of_an_older_epoch_can_neither_renew_nor_press(
    as_alice: Actor, computer: Computer, epoch: int
) -> None:
    await leases.activate(computer.pk, epoch, "first")
    await leases.release(computer.pk, epoch)
    await leases.take(computer, as_alice)
    assert not await leases.renew(computer.pk, epoch, "first")
    assert not await leases.note_held(computer.pk, epoch, "first", HELD)
    assert await leases.activate(computer.pk, epoch, "first") is None


async def test_a_stopped_process_that_wakes_up_does_not_disturb_its_successor(
    computer: Computer, epoch: int
) -> None:
    await leases.activate(computer.pk, epoch, "first")
    await leases.activate(computer.pk, epoch, "second")
    await leases.confirm_stopped(computer.pk, "first")
    assert await leases.renew(computer.pk, epoch, "second")
    assert await leases.still_waiting(computer.pk, epoch, "first") is None


async def test_what_is_held_passes_to_whoever_activates_next(
    as_alice: Actor, computer: Computer, epoch: int
) -> None:
    await leases.activate(computer.pk, epoch, "first")
    assert await leases.note_held(computer.pk, epoch, "first", HELD)
    await leases.release(computer.pk, epoch)
    standing = await leases.take(computer, as_alice)
    activation = await leases.activate(computer.pk, standing.epoch, "second")
    assert activation and activation.held == HELD
    await leases.note_released(computer.pk, standing.epoch)
    assert await leases.held_input(computer.pk) == {}


async def test_an_older_driver_does_not_forget_what_a_newer_one_holds(
    as_alice: Actor, computer: Computer, epoch: int
) -> None:
    await leases.release(computer.pk, epoch)
    standing = await leases.take(computer, as_alice)
    await leases.activate(computer.pk, standing.epoch, "second")
    await leases.note_held(computer.pk, standing.epoch, "second", HELD)
    await leases.note_released(computer.pk, epoch)
    assert await leases.held_input(computer.pk) == HELD
