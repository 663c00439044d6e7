from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ..shots import LIFE_SECONDS, Shots

HEADERS = {"Cache-Control": f"private, max-age={LIFE_SECONDS:.0f}", "X-Content-Type-Options": "nosniff"}


async def shot(request: Request) -> Response:
    shots: Shots = request.app.state.shots
    picture = shots.get(request.path_params["name"])
    if picture is None:
        return PlainTextResponse("not found", status_code=404)
    return Response(picture, media_type="image/jpeg", headers=HEADERS)
