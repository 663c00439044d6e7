"""Every message that a browser may say, read."""

import orjson
import pytest

from computers.wire import screen
from computers.wire.screen import parse

AIM = {"view": 7, "epoch": 3}


def read(**fields: object) -> screen.Message:
    return parse(orjson.dumps(fields).decode())


def test_it_reads_a_whole_pointer_message() -> None:
    fields = {"action": "down", "x": 1.5, "y": 2, "button": "left", "buttons": 1, "clicks": 2, "modifiers": 8}
    assert read(type="pointer", **fields, dx=0, dy=-3.5, **AIM) == screen.Pointer(
        "down", 1.5, 2.0, "left", 1, 2, 8, 0.0, -3.5, 7, 3
    )


def test_a_pointer_message_needs_only_its_action_place_and_aim() -> None:
    assert read(type="pointer", action="move", x=1, y=2, **AIM) == screen.Pointer(
        "move", 1.0, 2.0, "none", 0, 0, 0, 0.0, 0.0, 7, 3
    )


def test_a_fourth_click_counts_as_a_third() -> None:
    item = read(type="pointer", action="down", x=1, y=2, clicks=9, **AIM)
    assert isinstance(item, screen.Pointer) and item.clicks == 3


def test_it_reads_a_whole_key_message() -> None:
    assert read(
        type="key", action="down", key="a", code="KeyA", modifiers=0, text="a", repeat=True, **AIM
    ) == screen.Key("down", "a", "KeyA", 0, "a", True, 7, 3)


def test_a_key_needs_neither_code_nor_text() -> None:
    assert read(type="key", action="up", key="F5", **AIM) == screen.Key("up", "F5", "", 0, "", False, 7, 3)


def test_it_reads_text_of_every_script() -> None:
    assert read(type="text", text="żółw 漢字 👩‍🚀\n", **AIM) == screen.Text("żółw 漢字 👩‍🚀\n", 7, 3)


def test_it_reads_the_longest_paste() -> None:
    item = read(type="text", text="x" * screen.TEXT_LIMIT, **AIM)
    assert isinstance(item, screen.Text) and len(item.text) == screen.TEXT_LIMIT


@pytest.mark.parametrize("action", sorted(screen.CONTROL_ACTIONS))
def test_it_reads_every_control_action(action: str) -> None:
    assert read(type="control", action=action, reason="why") == screen.Control(action, "why")


def test_a_control_message_needs_no_reason() -> None:
    assert read(type="control", action="take") == screen.Control("take", "")


def test_an_answer_names_the_dialog_it_is_for() -> None:
    fields = {"accept": True, "text": "Ada", "number": 4}
    assert read(type="answer", **fields, **AIM) == screen.Answer(True, "Ada", 4, 7, 3)
    assert read(type="answer", number=4, **AIM) == screen.Answer(False, "", 4, 7, 3)


def test_it_reads_the_small_messages() -> None:
    assert read(type="watch", tab="T1") == screen.Watch("T1")
    assert read(type="watch") == screen.Watch("main")
    assert read(type="seen", seq=2**32 - 1) == screen.Seen(2**32 - 1)
    assert read(type="pace", max_fps=0) == screen.Pace(0.0)
    assert read(type="ping", at=12.5) == screen.Ping(12.5)
    assert read(type="ping") == screen.Ping(0.0)
    assert read(type="retry") == screen.Retry()
    assert read(type="here") == screen.Here()


def test_unknown_fields_are_ignored() -> None:
    assert read(type="seen", seq=1, newer="thing") == screen.Seen(1)
