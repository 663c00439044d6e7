import asyncio
import contextlib
import re
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from .home import Home
from .isolation import Isolation

START_SECONDS = 20.0
TAIL_LINES = 20
LONGEST_LINE = 300
LAST_WORDS_SECONDS = 1.0
LISTENING = re.compile(r"DevTools listening on (ws://127\.0\.0\.1:(\d+)/\S+)")

FEATURES_OFF = (
    # The address bar's own pages would stand among the tabs, and be taken for one (measured).
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    # Measured, too: each of these tells its maker something, a page with a form being shown, for one.
    *("AutofillServerCommunication", "NetworkTimeServiceQuerying", "OptimizationHints"),
    *("OptimizationHintsFetching", "OptimizationGuideModelDownloading", "OptimizationTargetPrediction"),
)

FLAGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-breakpad",
    "--disable-default-apps",
    "--disable-component-extensions-with-background-pages",
    "--disable-search-engine-choice-screen",
    "--metrics-recording-only",
    "--password-store=basic",
    # Hidden tabs keep their pace: nobody looks at this screen but through a cast.
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    f"--disable-features={','.join(FEATURES_OFF)}",
    # Measured with 156: it asks whom Google knows, and for a component, in spite of all the above. What it has
    # to ask at these addresses never leaves it: one is no place at all, the other a port that it refuses itself.
    "--component-updater=url-source=about:blank",
    "--gaia-url=http://0.0.0.0:1/",
    # Everything that leaves goes through the forwarder, loopback included; nothing goes around it.
    "--proxy-bypass-list=<-loopback>",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)


class LaunchFailed(Exception):
    """Chromium did not come up; the message carries its last words."""


@dataclass(frozen=True, slots=True)
class Launched:
    process: asyncio.subprocess.Process
    words: "Words"
    drain: asyncio.Task[None]
    address: str
    port: int

    async def last_words(self) -> str:
        """How it ended, once it has, and what it said last: for the log."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self.drain), LAST_WORDS_SECONDS)
        return f"exit code {self.process.returncode}: {self.words}"

    async def end(self) -> None:
        """Kills the whole tree: the mount view's first process takes its namespace with it."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        self.drain.cancel()


async def launch(program: str, isolation: Isolation, home: Home, policy: Path, proxy_port: int) -> Launched:
    argv = [program, *FLAGS, f"--user-data-dir={home.seen('profile')}"]
    argv += [f"--proxy-server=http://127.0.0.1:{proxy_port}"]
    if not isolation.chromium_sandbox:
        argv.append("--no-sandbox")
    process = await asyncio.create_subprocess_exec(
        *isolation.command([*argv, "about:blank"], home, policy),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=home.environment(),
        cwd="/",
        start_new_session=True,  # a Ctrl-C in the terminal is for the server, which ends us in order
        **isolation.process_options(home),
    )
    assert process.stderr is not None
    words = Words(process.stderr)
    try:
        async with asyncio.timeout(START_SECONDS):
            address, port = await _listening(words)
    except BaseException as error:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if isinstance(error, TimeoutError):
            raise LaunchFailed(f"Chromium was not ready within {START_SECONDS:.0f} s.") from None
        raise
    return Launched(process, words, asyncio.create_task(words.read()), address, port)


class Words:
    """What Chromium writes: read so that it never waits, and its last lines remembered."""

    def __init__(self, stderr: asyncio.StreamReader) -> None:
        self._stderr = stderr
        self._last: deque[str] = deque(maxlen=TAIL_LINES)

    def __str__(self) -> str:
        return " | ".join(self._last) or "it said nothing"

    async def line(self) -> str:
        """The next line, or nothing at the end. A line without end is thrown away in pieces."""
        try:
            line = (await self._stderr.readline()).decode(errors="replace")
        except ValueError:
            return "…"
        shown = "".join(character for character in line if character.isprintable()).strip()
        if shown:
            self._last.append(shown[:LONGEST_LINE])
        return line

    async def read(self) -> None:
        while await self.line():
            pass


async def _listening(words: Words) -> tuple[str, int]:
    while line := await words.line():
        if match := LISTENING.search(line):
            return match[1], int(match[2])
    raise LaunchFailed(f"Chromium ended while it started: {words}")
