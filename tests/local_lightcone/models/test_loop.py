"""The built-in model drives a real page, one action at a time."""

import pytest
from tzafon import Lightcone

from .loop import Agent

GO = ["keypress", "type", "keypress"]


@pytest.fixture(params=["by id", "full history", "full history, data URLs"])
def agent(request: pytest.FixtureRequest, sdk: Lightcone, computer: str) -> Agent:
    return Agent(sdk, computer, history="full" in request.param, inline="data" in request.param)


@pytest.mark.must("conversations")
@pytest.mark.sdk("POST /v1/responses", "responses.create")
def test_it_signs_in(agent: Agent, shop: str) -> None:
    last = agent.run(
        f"1. Go to {shop}\n2. Type 'alice@example.com' into 'Email'\n3. Type “it's; secret” into the Password field\n"
        "4. Check 'Remember me'\n5. Click the 'Sign in' button\n6. Read '#said'"
    )
    assert last == ("Step 6 of 6: Read '#said'. Signed in as alice@example.com, kept\nDone: 6 steps."), (
        agent.said
    )
    assert agent.kinds == [*GO, "click", "keypress", "type", "click", "type", "click", "click"]


def test_it_scrolls_to_what_is_not_in_the_picture(agent: Agent, shop: str) -> None:
    assert "ordered" in agent.run(f"Go to {shop}, click 'Order now', then read '#said'")
    assert agent.kinds == [*GO, "scroll", "click"]


def test_it_waits_until_something_is_there(agent: Agent, shop: str) -> None:
    last = agent.run(f"Go to {shop}; scroll to the bottom; wait for 'Here at last' to appear; read '#late'")
    assert last.endswith("Here at last\nDone: 4 steps.")


def test_it_chooses_from_a_list(agent: Agent, shop: str) -> None:
    last = agent.run(f"Go to {shop}. Select 'Blue' from 'Colour'. Read 'Colour'.")
    assert last.endswith("Step 3 of 3: Read 'Colour'. Blue\nDone: 3 steps.")


def test_it_asks_which_of_two_and_takes_the_answer(agent: Agent, shop: str) -> None:
    question = agent.run(f"Go to {shop}. Click 'Edit'. Read '#said'")
    assert question == (
        "I need a person for step 2: Click 'Edit'. "
        "I see 2 things called 'Edit': button 'Edit', button 'Edit'. Which: the first, the second?"
    )
    assert "edited two" in agent.run("Click the second 'Edit'")


def test_after_a_person_was_asked_it_goes_on_from_there(agent: Agent, shop: str) -> None:
    question = agent.run(f"Go to {shop}, then ask a person to sign in, then read 'h1'")
    assert question == "I need a person for step 2: ask a person to sign in."
    last = agent.run("Alice took over and clicked (581, 297), typed 12 characters. Go on from here.")
    assert last.endswith("Step 3 of 3: read 'h1'. Welcome to the shop\nDone: 3 steps.")


@pytest.mark.parametrize("address", ["https://example.com/a.jpeg", "data:image/jpeg;base64,/9j/4AAQ"])
def test_a_picture_of_somewhere_else_shows_it_nothing(agent: Agent, address: str) -> None:
    text = {"type": "input_text", "text": "click 'Sign in'"}
    image = {"type": "input_image", "image_url": address}
    (said,) = agent.turn([{"role": "user", "content": [text, image]}])
    assert said["content"][0]["text"].endswith("I cannot see the elements of this picture.")


def test_what_it_cannot_do_it_says(agent: Agent, shop: str) -> None:
    agent.run(f"Go to {shop}")
    for step, reason in {
        "click 'Nowhere'": "I do not see 'Nowhere' on this page.",
        "click 'Buried'": "Something covers 'Buried'.",
        "click 'Not yet'": "'Not yet' is switched off.",
        "type 'x' into 'Sign in'": "I do not see a field called 'Sign in' on this page.",
        "tick 'Cart'": "'Cart' is no check box.",
    }.items():
        assert agent.run(step).endswith(f"{step}. {reason}")
    assert agent.kinds == GO
