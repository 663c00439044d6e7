"""The computer that a task works on: found, restored or made, and what the loop may do to it."""

from dataclasses import dataclass, replace
from typing import Any

from ..actions.keys import MODIFIERS
from ..actions.perform import perform, perform_item
from ..actions.pointer import BITS
from ..chromium.cdp import CdpError
from ..chromium.launch import LaunchFailed
from ..chromium.viewport import Display
from ..problems import Problem, session_not_found
from ..sessions.computer import Computer
from ..sessions.registry import Registry
from ..sessions.spec import DEFAULT_IDLE_SECONDS, Spec
from ..sessions.spec import LONGEST_SECONDS as LONGEST_LIFE_SECONDS
from ..shots import Shots
from .spec import TaskSpec

LONGEST_PAUSE_SECONDS = 4 * 3600
"""A task that nobody resumes for this long is ended, and with it what it holds."""

SPARE_SECONDS = 600
"""A computer made for a task outlives the task's own limit by this, so that the task ends first."""


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    inline: str
    """The same as a data URL."""

    width: int
    height: int


@dataclass(slots=True)
class Machine:
    computer: Computer
    shots: Shots
    base_url: str
    made: bool
    """It came to be with this task, and ends with it unless it was asked to stay."""

    _at: tuple[object, object] = (0, 0)

    async def act(self, action: dict[str, Any]) -> dict[str, Any]:
        """An ActionResult, also for what cannot be done. `Problem` 404: the computer is gone."""
        if action.get("x") is not None:
            self._at = action["x"], action.get("y")
        return await perform_item(self.computer, self.shots, self.base_url, action)

    async def let_go(self) -> None:
        """Releases what the agent still holds down: nobody else may find it held."""
        hands = self.computer.hands
        if hands.buttons & BITS["left"]:
            x, y = self._at
            await self.act({"type": "mouse_up", "x": x, "y": y})
        for name, bit in MODIFIERS.items():
            if hands.modifiers & bit:
                await self.act({"type": "key_up", "key": name})

    async def resize(self, width: int | None, height: int | None) -> str | None:
        """Why it could not be, or None. A side that is not named stays."""
        try:
            display = (await self.computer.tabs.main()).display
        except CdpError as error:
            return str(error)
        size = {"width": width or display.width, "height": height or display.height}
        answer = await self.act({"type": "set_viewport", **size, "scale_factor": display.scale})
        return None if answer["status"] == "SUCCESS" else str(answer["error_message"])

    async def look(self) -> Picture | str:
        """The main tab as it is now, or why it cannot be seen."""
        answer = await perform(self.computer, self.shots, self.base_url, "screenshot", {"base64": True})
        if answer["status"] != "SUCCESS":
            return str(answer["error_message"])
        tab = self.computer.tabs.find(answer["executed_tab_id"])
        if tab is None:
            return "The tab was closed."
        display = tab.display
        result = answer["result"]
        inline = f"data:image/jpeg;base64,{result['screenshot_base64']}"
        size = (round(side * display.scale) for side in (display.width, display.height))
        return Picture(result["screenshot_url"], inline, *size)

    def persist(self) -> None:
        """Its state is saved when it ends, also if that was not asked for when it was made."""
        self.computer.spec = replace(self.computer.spec, persistent=True)

    def hold(self) -> None:
        """A task at work, or waiting for a person, is no idleness."""
        self.computer.clock.touch()

    @property
    def hold_seconds(self) -> float:
        return max(0.2, self.computer.spec.idle_seconds / 3)


async def machine_for(spec: TaskSpec, computers: Registry, shots: Shots, base_url: str) -> Machine:
    """`Problem` if there is none and none may be made; nothing is left behind then."""
    if (running := _running(spec, computers)) is not None:
        return Machine(running, shots, base_url, made=False)
    environment = await _environment(spec, computers)
    try:
        computer = await computers.create(_computer_spec(spec, environment))
    except (LaunchFailed, CdpError, OSError) as error:
        raise Problem(503, "Service unavailable", f"The computer did not start: {error}") from error
    return Machine(computer, shots, base_url, made=True)


def _running(spec: TaskSpec, computers: Registry) -> Computer | None:
    if spec.computer_id is None:
        return None
    try:
        return computers.find(spec.computer_id)
    except Problem:
        if spec.missing == "fail":
            raise
        return None


async def _environment(spec: TaskSpec, computers: Registry) -> str | None:
    """The saved computer to begin with, checked to be there."""
    wanted = spec.computer_id or spec.environment_id
    if wanted is None or wanted in [each["id"] for each in await computers.saved()]:
        return wanted
    if spec.computer_id is None:
        raise Problem(404, "Environment not found", f"No saved computer is called {wanted[:80]!r}.")
    if spec.missing == "create_new":
        return None
    raise session_not_found()


def _computer_spec(spec: TaskSpec, environment: str | None) -> Spec:
    usual = Display()
    return Spec(
        display=Display(spec.width or usual.width, spec.height or usual.height),
        lifetime_seconds=min(spec.max_seconds + LONGEST_PAUSE_SECONDS + SPARE_SECONDS, LONGEST_LIFE_SECONDS),
        idle_seconds=DEFAULT_IDLE_SECONDS,
        idle_limited=True,
        persistent=spec.persistent,
        environment_id=environment,
    )
