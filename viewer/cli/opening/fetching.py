"""Recordings at an http or https address. The command fetches them, never the pages."""

from urllib.parse import unquote, urlsplit

from viewer.files.entries import FolderLimits, Named
from viewer.types.problems import CassetteError

_TIMEOUT_S = 30
_MAX_REDIRECTS = 5
_SCHEMES = ("http://", "https://")


def is_address(argument: str) -> bool:
    """Tell whether an argument is an address to fetch instead of a path."""
    return argument.lower().startswith(_SCHEMES)


def fetch(address: str, limits: FolderLimits) -> Named:
    """Return the file at an address. Raise `CassetteError` if it cannot be fetched or is too large."""
    import httpx2  # noqa: PLC0415 - imported only if something is fetched

    shown, name = _shown(address), _name(address)
    data = bytearray()
    try:
        with (
            httpx2.Client(follow_redirects=True, max_redirects=_MAX_REDIRECTS, timeout=_TIMEOUT_S) as client,
            client.stream("GET", address) as answer,
        ):
            if not answer.is_success:
                raise CassetteError(shown, f"cannot be fetched: the server answered {answer.status_code}.")
            for part in answer.iter_bytes():
                data += part
                if len(data) > limits.member_bytes:
                    raise CassetteError(shown, f"is too large {limits.exceeded('member_bytes')}.", "Raise the limit.")
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        if isinstance(error, CassetteError):
            raise
        reason = str(error).rstrip(".") or type(error).__name__
        raise CassetteError(shown, f"cannot be fetched: {reason}.") from error
    return Named(bytes(data), name)


def _shown(address: str) -> str:
    """Return an address without what may hold a secret: user and password, parameters and fragment."""
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        return "the address"


def _name(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "address"
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.hostname or "address"
