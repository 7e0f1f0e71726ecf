"""Routes by which the command `open` hands files to a server that it has started, and by which the browser gets to them.

Only a program on this machine that knows the token, which is in a file of this user, can hand anything over.
"""

import hmac
import ipaddress

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from viewer.pages.server.browser import browser_of, new_cookie
from viewer.pages.server.handover import HandOver
from viewer.pages.server.handover_message import FILES_PATH, HELLO_PATH, TICKET_PATH, Asked, proof
from viewer.pages.server.refusal import host_name

_HOSTS = ("127.0.0.1", "localhost", "::1")
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_MISSING = "This address is not known here any more. Run `cassette-viewer open` again."


def handover_routes(handover: HandOver, token: str) -> list[Route]:
    """Return the routes of a server with this token."""

    async def hello(request: Request) -> Response:
        if not _is_local(request):
            return _refusal()
        return PlainTextResponse(proof(token, request.query_params.get("nonce", "")), headers=_HEADERS)

    async def files(request: Request) -> Response:
        said = request.headers.get("authorization", "").encode()
        # Nothing is read before the token is known to be right.
        if not hmac.compare_digest(said, f"Bearer {token}".encode()) or not _is_local(request):
            return _refusal()
        try:
            asked = Asked.from_json(await request.body())
        except (ValueError, KeyError, TypeError):
            return PlainTextResponse("This is not what the command `open` sends.", 400, _HEADERS)
        answer = await run_in_threadpool(handover.take, asked)
        return Response(answer.to_json(), media_type="application/json", headers=_HEADERS)

    async def ticket(request: Request) -> Response:
        browser, cookie = browser_of(request), None
        # A request that a page of another site has caused comes without the cookie, although the browser may have one.
        if browser is None and request.headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
            browser, cookie = new_cookie(request)
        target = handover.claim(request.path_params["ticket"], browser)
        if target is None:
            return PlainTextResponse(_MISSING, 404, _HEADERS)
        answer = RedirectResponse(target, 303, _HEADERS)
        if cookie:
            answer.headers.append("set-cookie", cookie)
        return answer

    return [
        Route(HELLO_PATH, hello, methods=["GET"]),
        Route(FILES_PATH, files, methods=["POST"]),
        Route(TICKET_PATH, ticket, methods=["GET"]),
    ]


def _is_local(request: Request) -> bool:
    """Tell whether a request comes from this machine and asks for it by one of its own names."""
    if host_name(request.headers.get("host")) not in _HOSTS or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _refusal() -> Response:
    return PlainTextResponse("Only the command `open` may ask this.", 403, _HEADERS)
