"""Many actions as one call. It stops at the first that fails; those after it are told as not run."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Any

from computers.actions import steps as actions
from computers.actions.acted import acted
from computers.actions.allowed import admit
from computers.actions.copies import copied
from computers.actions.discreet import discreet, sentence_without, without
from computers.actions.edges import check_places, note_size
from computers.actions.noting import name_of, noted, secrets_of
from computers.actions.page_errors import explained
from computers.actions.perform import bounded
from computers.actions.working import while_driving
from computers.models import Computer
from computers.relay.hub import HUB
from computers.upstream.errors import ActionFailed, NotUnderstood
from computers.upstream.verbs import succeeded
from computers.wire.results import NOT_UNDERSTOOD, read_batch
from computers.wire.upstream import ActionResult
from dashboard.permissions import Action, Actor

#: What a step is that was never reached, beside upstream's own words.
NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step went. `error` is a sentence, empty when it went well; `result` is upstream's, whole."""

    ok: bool
    status: str
    error: str = ""
    request_id: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    #: The action's word, for people.
    type: str = ""


async def batch(
    actor: Actor,
    computer: Computer,
    steps: list[dict[str, Any]],
    action: Action = Action.BATCH,
    sentence: str = "",
    **detail: Any,
) -> list[StepResult]:
    """Run `steps` (contract §2.5) in one call; one result for each of them, in their order. `detail` is the audit's."""
    await admit(actor, action, computer)
    steps = actions.checked_list(steps)
    check_places(computer, steps, "actions")
    sentence = sentence or f"ran a batch of {len(steps)}"
    secrets = secrets_of(*steps)
    request = {"actions": [noted(step) for step in steps]}
    async with acted(actor, action, computer, sentence, request=request, steps=len(steps), **detail) as found:
        with discreet(secrets):
            async with HUB.client(computer) as client:
                call = client.batch(computer.upstream_id, steps)
                data = await while_driving(actor, action, computer, _what(sentence), call)
                results = _results(steps, data)
                results = [
                    await _cleaned(each, secrets, copied(client, computer, each.result, actor))
                    for each in results
                ]
        found["result"] = {"steps": [_kept(result) for result in results]}
        found["ran"] = sum(result.status != NOT_RUN for result in results)
        failed = next((place for place, result in enumerate(results, 1) if not result.ok), 0)
        if failed:
            found["sentence"] = f"{sentence}, which stopped at step {failed}"
    for step, result in zip(steps, results, strict=True):
        if result.ok:
            await note_size(computer, step)
    return results


def _what(sentence: str) -> str:
    """ "ran the macro Log in" is, meanwhile, "the macro Log in"."""
    return sentence.removeprefix("ran ")


def _results(steps: list[dict[str, Any]], data: Any) -> list[StepResult]:
    try:
        answers = read_batch(data)
    except ValueError:
        answers = []
    if not answers:
        # The whole batch may have been refused as one action.
        if isinstance(data, dict):
            succeeded(data)
        raise NotUnderstood("The Lightcone service did not say how the batch went.", outcome_unknown=True)
    found, stopped = [], False
    for place, step in enumerate(steps):
        result = StepResult(False, NOT_RUN, type=name_of(step))
        if place < len(answers) and not stopped:
            result = _result(step, answers[place])
            stopped = not result.ok
        found.append(result)
    return found


def _result(step: dict[str, Any], answer: ActionResult) -> StepResult:
    error = ""
    if not answer.ok:
        error = str(explained(ActionFailed(answer.error or _why(answer.status))))
    return StepResult(
        answer.ok, answer.status or "ok", error, answer.request_id, answer.result, name_of(step)
    )


def _why(status: str) -> str:
    if status == NOT_UNDERSTOOD:
        return "What the service said of this step is not understood; it may have been carried out."
    return f"The computer answered {status}."


async def _cleaned(result: StepResult, secrets: list[str], copied: Awaitable[dict[str, Any]]) -> StepResult:
    """Cleaned only when it was read and its picture copied: in both, a secret could be anything's name."""
    return replace(
        result,
        status=sentence_without(result.status, secrets),
        error=sentence_without(result.error, secrets),
        result=without(await copied, secrets),
    )


def _kept(result: StepResult) -> dict[str, Any]:
    """For the entry: what fits it."""
    told = {
        "type": result.type,
        "status": result.status,
        "error": result.error,
        "request_id": result.request_id,
    }
    return {**{key: value for key, value in told.items() if value}, "result": bounded(result.result)}
