from typing import Any

from ..bodies import text
from ..chromium.proxies import BadProxy, read_proxy
from ..chromium.reach import Refused, Unreachable
from ..problems import bad_request
from .stage import ActionFailed, Stage


async def change_proxy(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    """For every tab, from this moment on. Null or empty: straight again."""
    if "proxy_url" not in body:
        raise bad_request("proxy_url must be a string, or null for no proxy.")
    url = text(body, "proxy_url").strip() if body["proxy_url"] is not None else ""
    try:
        proxy = read_proxy(url) if url else None
        await stage.computer.forwarder.use(proxy)
    except BadProxy as error:
        raise bad_request(str(error)) from None
    except (Refused, Unreachable) as error:
        raise ActionFailed(f"This proxy cannot be used: {error}") from None
    return {"proxy": proxy.label if proxy else None}
