"""A proxy that is itself reached by TLS: its certificate is believed only if this machine trusts it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tzafon import AsyncLightcone

from tests.support.certificates import made_certificate
from tests.support.proxies import little_proxy

from .harness import LocalServer

SECRET = ("alice", "p4ssw0rd")
UNTRUSTED = "net::ERR_PROXY_CERTIFICATE_INVALID"


def client(server: LocalServer) -> AsyncLightcone:
    return AsyncLightcone(api_key=server.key, base_url=server.url, max_retries=0, timeout=60)


@pytest.mark.sdk("POST /computers/{id}/change-proxy", "computers.change_proxy")
@pytest.mark.sdk("POST /computers/{id}/navigate", "computers.navigate")
async def test_requests_and_tunnels_go_through_one_that_is_trusted(
    another_server: Callable[..., LocalServer], tmp_path: Path, site: str
) -> None:
    certificate = made_certificate(tmp_path)
    server = another_server(SSL_CERT_FILE=str(certificate.file))
    async with little_proxy(SECRET, tls=certificate.server_side()) as proxy, client(server) as sdk:
        computer = str((await sdk.computers.create()).id)
        answer = await sdk.computers.change_proxy(computer, proxy_url=proxy.url)
        assert answer.result == {"proxy": f"https://127.0.0.1:{proxy.port}"}
        assert (await sdk.computers.navigate(computer, url=f"{site}/")).status == "SUCCESS"
        assert proxy.asked[0] == f"GET {site}/"
        await sdk.computers.navigate(computer, url=site.replace("http", "https"))
        assert any(asked.startswith("CONNECT 127.0.0.1:") for asked in proxy.asked)

        proxy.credentials = ("somebody", "else")
        for url in (f"{site}/pad", site.replace("http", "https")):
            answer = await sdk.computers.navigate(computer, url=url)
            assert (answer.status, answer.error_message) == (
                "EXECUTION_ERROR",
                "net::ERR_PROXY_AUTH_REQUESTED",
            )
        page = await sdk.computers.html(computer)
    assert not [secret for secret in SECRET if secret in page.to_json() + server.child.output]


@pytest.mark.sdk("POST /computers/{id}/change-proxy", "computers.change_proxy")
@pytest.mark.sdk("POST /computers/{id}/navigate", "computers.navigate")
async def test_one_that_is_not_trusted_is_said_not_to_be(
    server: LocalServer, shared: str, tmp_path: Path, site: str
) -> None:
    certificate = made_certificate(tmp_path)
    async with little_proxy(SECRET, tls=certificate.server_side()) as proxy, client(server) as sdk:
        try:
            assert (await sdk.computers.change_proxy(shared, proxy_url=proxy.url)).status == "SUCCESS"
            for url in (f"{site}/", site.replace("http", "https")):
                answer = await sdk.computers.navigate(shared, url=url)
                assert (answer.status, answer.error_message) == ("EXECUTION_ERROR", UNTRUSTED)
            page = await sdk.computers.navigate(shared, url=f"{site}/")
            shown = str(((await sdk.computers.html(shared)).result or {})["html_content"])
            assert page.status == "EXECUTION_ERROR" and "is not trusted: self-signed certificate" in shown
            assert not proxy.asked and SECRET[1] not in shown + server.child.output
        finally:
            await sdk.computers.change_proxy(shared, extra_body={"proxy_url": None})
