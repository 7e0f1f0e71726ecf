"""How the server refuses a request: as JSON in which SDKs find the message."""

from typing import Any

from starlette.responses import JSONResponse


def refusal(status: int, why: str, **more: Any) -> JSONResponse:
    """Return an answer that refuses a request.

    Args:
        status: the status of the answer.
        why: the message.
        more: further members of the error.
    """
    return JSONResponse(
        {"error": {"type": "cassette_viewer", "message": f"cassette-viewer serve: {why}", **more}}, status
    )
