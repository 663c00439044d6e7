"""Playwright's DevTools session, in the place of the relay's."""

from __future__ import annotations

from typing import Any

from playwright.async_api import CDPSession


class Tools:
    """A DevTools session as the relay's own is used."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    async def __aenter__(self) -> Tools:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """It is the page's to close."""

    async def call(self, method: str, params: dict[str, Any] | None = None, _timeout: float = 0, timeout: float = 0) -> Any:  # fmt: skip # noqa: E501
        return await self._session.send(method, params or {})
