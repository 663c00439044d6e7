"""Casting one tab over DevTools into its feed: attach, cast, acknowledge on demand, and look again when it is
hidden."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pybase64

from computers.relay.feed import Feed
from computers.relay.states import Event, State
from computers.upstream.cdp import CdpConnection, CommandFailed
from computers.upstream.errors import NoAnswer, UpstreamError
from computers.wire import cdp as wire
from computers.wire import jpeg

logger = logging.getLogger(__name__)

#: A cast right after a navigation can fail ("Not attached to an active page"): try this often, this far apart in
#: seconds.
CAST_ATTEMPTS = 20
CAST_RETRY = 0.25
#: A tab hidden behind another one is photographed this often, seconds.
HIDDEN_EVERY = 0.5
#: A page that sends no frames is asked whether it is still there: so often, and with so much patience, seconds. The
#: browser itself goes on answering while a page's script loops for ever.
ASK_EVERY = 2.0
ASK_PATIENCE = 3.0
#: Answered by the page's own thread, and by nothing that a service could count as using the computer: a forgotten
#: viewer must not keep it alive.
ASK = "Runtime.getIsolateId"
BUSY = "The page does not respond; its script may be busy."


class Cast:
    """The pump between one DevTools session and one feed. `session` is empty until attached."""

    #: What `Page.startScreencast` is asked for.
    params: dict[str, Any] = {"format": "jpeg", "quality": wire.JPEG_QUALITY}
    hidden_every = HIDDEN_EVERY
    #: Whether it is told of the page's dialogs, and asks a quiet page whether it still runs.
    hears_the_page = True

    def __init__(self, connection: CdpConnection, feed: Feed) -> None:
        self.connection, self.feed, self.session = connection, feed, ""
        self._photographer: asyncio.Task[None] | None = None
        self._asker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Attach and cast; call again after an `UpstreamError`: the tab cannot be attached to, or not be cast yet."""
        if not self.session:
            await self._attach()
        await self._start_casting()
        if self._asker is None and self.hears_the_page:
            self._asker = asyncio.get_running_loop().create_task(self._ask_page())

    async def stop(self) -> None:
        """Stop casting and detach; the tab itself stays."""
        self._send_photographer_home()
        self._send_asker_home()
        if self.session:
            self._post("Page.stopScreencast")
            self.connection.post("Target.detachFromTarget", {"sessionId": self.session})
            self.session = ""

    def abandon(self) -> None:
        """The connection has ended, and the cast with it."""
        self._send_photographer_home()
        self._send_asker_home()
        self.feed.hide(False)

    def on_event(self, method: str, params: dict[str, Any]) -> None:
        """One event of this cast's session."""
        if method == "Page.screencastFrame":
            self._on_frame(params)
        elif method == "Page.screencastVisibilityChanged":
            self._on_visibility(bool(params.get("visible")))
        elif method == "Inspector.targetCrashed":
            self.feed.crash()
        elif method == "Inspector.targetReloadedAfterCrash":
            self.feed.revive()
        elif method == "Page.javascriptDialogOpening":
            self.feed.ask(wire.read_dialog(params))
        elif method == "Page.javascriptDialogClosed":
            self.feed.ask(None)

    def _on_frame(self, params: dict[str, Any]) -> None:
        frame = wire.read_cast_frame(params)
        if frame is None:
            # Acknowledged all the same, or a broken frame would be the last one.
            self._post("Page.screencastFrameAck", {"sessionId": wire.number_of(params)})
            return
        number = frame.acknowledge
        self.feed.on_frame(
            frame.payload,
            frame.captured_at,
            frame.width,
            frame.height,
            lambda: self._post("Page.screencastFrameAck", {"sessionId": number}),
        )

    async def _attach(self) -> None:
        attached = await self.connection.call(
            "Target.attachToTarget", {"targetId": self.feed.tab, "flatten": True}
        )
        self.session = str(attached.get("sessionId", ""))
        # Tells when the page's process ends, also if that was before.
        self._post("Inspector.enable")
        if not self.hears_the_page:
            return
        self._post("Page.enable")
        # Without it a page in a background window believes that it has no focus, and shows no caret.
        self._post("Emulation.setFocusEmulationEnabled", {"enabled": True})

    async def _start_casting(self) -> None:
        for attempt in range(1, CAST_ATTEMPTS + 1):
            try:
                await self.connection.call("Page.startScreencast", self.params, self.session)
                return
            except CommandFailed:
                if attempt == CAST_ATTEMPTS:
                    raise
                await asyncio.sleep(CAST_RETRY)

    def _on_visibility(self, visible: bool) -> None:
        self.feed.hide(not visible)
        if visible:
            self._send_photographer_home()
        elif self._photographer is None:
            self._photographer = asyncio.get_running_loop().create_task(self._photograph())

    def _send_photographer_home(self) -> None:
        if self._photographer is not None:
            self._photographer.cancel()
            self._photographer = None

    def _send_asker_home(self) -> None:
        self.feed.busy = False
        if self._asker is not None:
            self._asker.cancel()
            self._asker = None

    async def _ask_page(self) -> None:
        """Ask a page without frames whether it still runs. One that waits for a dialog's answer does what it should."""
        while True:
            await asyncio.sleep(ASK_EVERY)
            if self.feed.state is State.LIVE or self.feed.dialog is not None or self.feed.crashed:
                continue
            try:
                await self.connection.call(ASK, session=self.session, timeout=ASK_PATIENCE)
            except NoAnswer:
                if self.feed.dialog is None and not self.feed.crashed and not self.connection.closed.done():
                    self.feed.busy = True
                    self.feed.on_event(Event.SILENT, BUSY)
            except UpstreamError:
                continue
            else:
                if self.feed.busy:
                    self.feed.busy = False
                    self.feed.on_event(Event.ANSWERED)

    async def _photograph(self) -> None:
        """A hidden tab sends no frames; bringing it to the front would steal everybody's focus, so it is
        photographed."""
        params = {"format": "jpeg", "quality": wire.JPEG_QUALITY}
        while True:
            await asyncio.sleep(self.hidden_every)
            if not self.feed.watchers:
                continue
            try:
                picture = await self.connection.call("Page.captureScreenshot", params, self.session)
                payload = pybase64.b64decode(picture.get("data", ""), validate=True)
            except (UpstreamError, ValueError):
                continue
            if (size := jpeg.size(payload)) is not None:
                width, height = (self.feed.width, self.feed.height) if self.feed.width else size
                self.feed.on_frame(payload, 0.0, width, height)

    def _post(self, method: str, params: dict[str, Any] | None = None) -> None:
        self.connection.post(method, params, self.session)
