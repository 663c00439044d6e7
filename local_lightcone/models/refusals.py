"""What a model request is refused with: the shapes of the contract's §1.5, which are not problem JSON."""

from starlette.responses import JSONResponse, PlainTextResponse, Response

from ..problems import Problem


class ModelProblem(Problem):
    """`{"error": …}`: a string where the gateway speaks, an object where the model server does."""

    def __init__(self, status: int, message: str, *, plain: bool = False) -> None:
        super().__init__(status, message)
        self.message, self.plain = message, plain

    def response(self) -> JSONResponse:
        error: object = self.message if self.plain else {"message": self.message, "type": "invalid_request"}
        return JSONResponse({"error": error}, status_code=self.status)


def refused(message: str) -> ModelProblem:
    return ModelProblem(400, message)


def no_such_model(name: str) -> ModelProblem:
    return ModelProblem(404, f'model not found: "{name[:100]}"', plain=True)


def unknown_response() -> Response:
    return PlainTextResponse("not found", status_code=404)
