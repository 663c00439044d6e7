"""The smallest agent: picture, model, action, until the model asks for none. It speaks as upstream's examples do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tzafon import Lightcone

MOST_TURNS = 40
WIDTH, HEIGHT = 800, 600
TOOL: Any = {
    "type": "computer_use",
    "display_width": WIDTH,
    "display_height": HEIGHT,
    "environment": "browser",
}


@dataclass
class Agent:
    """With `history` it sends all that was said each time, else only what is new and the last answer's id."""

    sdk: Lightcone
    computer: str
    history: bool = False
    inline: bool = False
    """Whether pictures travel as data URLs."""

    tools: list[Any] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    previous: str | None = None
    actions: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        """What was done, without the further looks at a busy page."""
        return [action["type"] for action in self.actions if action["type"] != "screenshot"]

    def run(self, instruction: str) -> str:
        """The model's last words."""
        text = {"type": "input_text", "text": instruction}
        new: list[Any] = [{"role": "user", "content": [text, self.picture("input_image")]}]
        for _ in range(MOST_TURNS):
            output = self.turn(new)
            calls = [item for item in output if item["type"] == "computer_call"]
            assert len(calls) <= 1
            if not calls:
                return self.said[-1]
            self.do(calls[0]["action"])
            shown = self.picture("computer_screenshot" if self.history else "input_image")
            new = [{"type": "computer_call_output", "call_id": calls[0]["call_id"], "output": shown}]
        raise AssertionError(f"no end after {MOST_TURNS} turns: {self.said}")

    def turn(self, new: list[Any]) -> list[dict[str, Any]]:
        self.items += new
        tools = [TOOL, *self.tools]
        body: dict[str, Any] = {"model": "local.scripted", "tools": tools}
        if self.history:
            answer = self.sdk.responses.create(**body, input=self.items, store=False)
        else:
            more: dict[str, Any] = {"previous_response_id": self.previous} if self.previous else {}
            answer = self.sdk.responses.create(**body, input=new, **more)
        self.previous = answer.id
        output = [item if isinstance(item, dict) else item.to_dict() for item in answer.output]
        self.items += output
        self.said += [item["content"][0]["text"] for item in output if item["type"] == "message"]  # type: ignore[index]
        return output

    def picture(self, kind: str) -> dict[str, Any]:
        taken = self.sdk.computers.screenshot(self.computer, base64=self.inline).result or {}
        data = f"data:image/jpeg;base64,{taken.get('screenshot_base64')}"
        return {"type": kind, "image_url": data if self.inline else taken["screenshot_url"]}

    def do(self, action: dict[str, Any]) -> None:
        self.actions.append(action)
        scaled: Any = {**action, **_scaled(action)}
        if action["type"] == "drag":
            scaled["path"] = [_scaled(point) for point in action["path"]]
        answer = self.sdk.computers.execute(self.computer, action=scaled)
        assert answer.status == "SUCCESS", answer


def _scaled(place: dict[str, Any]) -> dict[str, int]:
    """As upstream's examples scale a model's coordinates."""
    sides = {"x": WIDTH, "end_x": WIDTH, "y": HEIGHT, "end_y": HEIGHT}
    return {name: int(place[name] / 1000 * side) for name, side in sides.items() if name in place}
