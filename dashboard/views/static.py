"""Static files without a thread hop for every other request.

WhiteNoise's own middleware is synchronous, and one synchronous middleware sends every request of an ASGI server through
a thread. Here only a request for a static file goes to one.
"""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

Handler = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise's files and headers, answered asynchronously where the handler below is asynchronous."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        wanted = request.path_info.startswith(self.static_prefix)
        if iscoroutinefunction(self.get_response) and wanted:
            return self._find_async(request)
        found = self._find(request) if wanted else None
        return found or self.get_response(request)

    async def _find_async(self, request: HttpRequest) -> HttpResponseBase:
        found = await sync_to_async(self._find, thread_sensitive=False)(request)
        return found or await self.get_response(request)

    def _find(self, request: HttpRequest) -> HttpResponse | None:
        """The whole answer: our largest file is well under a megabyte, so it is read at once."""
        path = request.path_info
        file = self.find_file(path) if self.autorefresh else self.files.get(path)
        if file is None:
            return None
        found = file.get_response(request.method, request.META)
        answer = HttpResponse(status=int(found.status))
        if found.file is not None:
            with found.file:
                answer.content = found.file.read()
        del answer["content-type"]
        for name, value in found.headers:
            answer[name] = value
        return answer
