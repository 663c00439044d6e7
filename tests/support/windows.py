"""Browser windows that are kept from test to test: what every page loads is then loaded once, not for every test."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Page

from tests.support.stack import Stack

#: A browser closes its pages within this, seconds, or is not asked again.
CLOSE_SECONDS = 15.0


class Wardrobe:
    """Windows by person and options. One that is taken is somebody's alone until it is given back."""

    def __init__(self, stack: Stack, browser: Browser) -> None:
        self._stack, self._browser = stack, browser
        self._free: dict[str, list[BrowserContext]] = {}
        self._key_of: dict[BrowserContext, str] = {}

    async def take(self, name: str, role: str, **options: Any) -> tuple[BrowserContext, Page]:
        """A window with an empty page, as if nobody had used it: signed in, and nothing stored by a page."""
        key = repr((name, sorted(options.items())))
        if free := self._free.get(key):
            context = free.pop()
            await context.clear_cookies()
            await context.add_cookies([self._stack.cookie_for(name, role)])
            page = await context.new_page()
            tools = await context.new_cdp_session(page)
            stored = {"origin": self._stack.base_url, "storageTypes": "local_storage,indexeddb"}
            await tools.send("Storage.clearDataForOrigin", stored)
            await tools.detach()
        else:
            context = await self._stack.context(self._browser, name, role, **options)
            page = await context.new_page()
        self._key_of[context] = key
        return context, page

    async def give_back(self, context: BrowserContext) -> None:
        """Its pages close. If anything of it is odd, it goes altogether."""
        key = self._key_of.pop(context)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                for page in context.pages:
                    await page.close()
                await context.set_offline(False)
                await context.unroute_all()
        except (Error, TimeoutError):
            # Seen once in many runs: a page whose closing nobody answers. The window's own closing asks no page.
            with suppress(Error, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await context.close()
        else:
            self._free.setdefault(key, []).append(context)

    async def close(self) -> None:
        for context in [context for free in self._free.values() for context in free]:
            await context.close()
