"""An error as the provider writes it, in the form that its own SDK reads.

Which provider a client believes to talk to is seen from the path that it asks for.
Sources: https://platform.openai.com/docs/guides/error-codes, https://docs.claude.com/en/api/errors,
https://cloud.google.com/apis/design/errors, https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html,
https://docs.ollama.com/api/errors, https://docs.cohere.com/reference/errors.
"""

import re
from http import HTTPStatus
from typing import Any, NamedTuple

from viewer.text.json import write
from viewer.types.http import Request

_JSON = ("content-type", "application/json")

# The first pattern that the path matches. All other paths are of OpenAI, or of a server that speaks its language.
_GEMINI = re.compile(r":(?:streamG|g)enerate\w*|:(?:countTokens|embedContent|batchEmbedContents)\b")
_BEDROCK = re.compile(r"/model/[^/]+/(?:converse|invoke)")
_ANTHROPIC = re.compile(r"/v1/(?:messages|complete)(?:/|$)")
_OLLAMA = re.compile(r"/api/(?:chat|generate|embed|embeddings)$")
_COHERE = re.compile(r"/v[12]/(?:chat|generate|embed|rerank)$")

_ANTHROPIC_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_GEMINI_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_BEDROCK_TYPES = {
    400: "ValidationException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    503: "ServiceUnavailableException",
}


class ProviderError(NamedTuple):
    """The headers and the body of an answer that refuses a request."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


def error_of(status: int, request: Request, fault: str) -> ProviderError:
    """Return the error that a provider would answer to a request.

    Args:
        status: the status of the answer, from 400 to 599.
        request: what the client asked.
        fault: what was asked for. The message names it, so that nobody takes the error for a real one.
    """
    message = f"{_phrase(status)}. This is not the provider: cassette-viewer was asked for {fault}."
    path = request.url.partition("?")[0]
    if _GEMINI.search(path):
        return _json({"error": {"code": status, "message": message, "status": _gemini_status(status)}})
    if _BEDROCK.search(path):
        kind = _BEDROCK_TYPES.get(status, "InternalServerException" if status >= 500 else "ValidationException")
        return _json({"message": message}, ("x-amzn-errortype", kind))
    if _ANTHROPIC.search(path):
        kind = _ANTHROPIC_TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
        return _json({"type": "error", "error": {"type": kind, "message": message}, "request_id": None})
    if _OLLAMA.search(path):
        return _json({"error": message})
    if _COHERE.search(path):
        return _json({"message": message})
    return _json({"error": {"message": message, **_openai_type(status), "param": None}})


def _json(body: dict[str, Any], *headers: tuple[str, str]) -> ProviderError:
    return ProviderError((_JSON, *headers), write(body).encode())


def _phrase(status: int) -> str:
    if status == 529:
        return "Overloaded"
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


def _gemini_status(status: int) -> str:
    return _GEMINI_STATUSES.get(status, "INTERNAL" if status >= 500 else "FAILED_PRECONDITION")


def _openai_type(status: int) -> dict[str, str | None]:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return {"type": "requests", "code": "rate_limit_exceeded"}
    if status == HTTPStatus.UNAUTHORIZED:
        return {"type": "invalid_request_error", "code": "invalid_api_key"}
    return {"type": "server_error" if status >= 500 else "invalid_request_error", "code": None}
