"""What is wrong with this installation, said at start: every finding has a stable id and a hint."""

from __future__ import annotations

import ipaddress
import stat
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from dashboard import env


@register(Tags.compatibility)
def check_processes(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Several processes need Redis between them: the in-memory layer ends at its process."""
    if settings.REDIS_URL:
        return []
    hint = "Set REDIS_URL, or run one worker with LIGHTDECK_BACKGROUND=on."
    found: list[CheckMessage] = []
    if env.workers() > 1:
        found.append(Error("More than one worker without REDIS_URL.", hint=hint, id="lightdeck.E001"))
    if not settings.BACKGROUND:
        found.append(Error("LIGHTDECK_BACKGROUND=off without REDIS_URL.", hint=hint, id="lightdeck.E002"))
    return found


@register(Tags.security)
def check_field_keys(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Keys that cannot encrypt are found at start, not when somebody saves a connection."""
    for key in settings.FIELD_ENCRYPTION_KEYS:
        try:
            Fernet(key)
        except ValueError:
            hint = "Remove FIELD_ENCRYPTION_KEYS once: `manage.py start` then writes a good one to the data folder."
            return [
                Error(
                    "FIELD_ENCRYPTION_KEYS holds a key that is not a Fernet key.",
                    hint=hint,
                    id="lightdeck.E003",
                )
            ]
    return []


@register(Tags.security)
def check_data_folder(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The data folder holds keys and the database: nobody else may read it."""
    folder = settings.DATA_DIR
    if folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return [
            Error(
                f"{folder} is open to other users.", hint=f"Close it: chmod 700 {folder}", id="lightdeck.E004"
            ),
        ]
    return []


@register(Tags.security)
def check_plain_http(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Sessions over plain HTTP are for the loopback address only."""
    if settings.BEHIND_TLS or _is_loopback(env.host()):
        return []
    return [
        Warning(
            f"Lightdeck listens on {env.host()} without TLS in front of it.",
            hint="Put a TLS proxy in front and name it in LIGHTDECK_TRUST_PROXY.",
            id="lightdeck.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_trusted_proxies(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Believing every peer lets anybody who reaches the port claim any address."""
    if "*" not in settings.TRUSTED_PROXIES or _is_loopback(env.host()):
        return []
    return [
        Warning(
            "LIGHTDECK_TRUST_PROXY believes the forwarding headers of every peer.",
            hint="Name the proxy's addresses, or let nothing but the proxy reach this port.",
            id="lightdeck.W002",
        )
    ]


@register(Tags.security)
def check_single_sign_on(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Half a configuration is a button that leads nowhere; one without TLS lets anybody in between sign in."""
    given = [env.oidc_issuer(), env.oidc_client_id(), env.oidc_client_secret()]
    found: list[CheckMessage] = []
    if any(given) and not all(given):
        hint = "Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or none of them."
        found.append(Error("Single sign-on is configured by halves.", hint=hint, id="lightdeck.E005"))
    parts = urlsplit(given[0])
    if given[0] and parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        hint = "OIDC_ISSUER begins with https://."
        found.append(Error("The provider of single sign-on is without TLS.", hint=hint, id="lightdeck.E006"))
    return found


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
