"""Reading of TOML."""

from typing import Any


def read_toml(data: bytes) -> dict[str, Any]:
    """Return what a TOML file holds, or nothing if it is broken."""
    import tomllib  # noqa: PLC0415 - importing it takes ten milliseconds, and few recordings are TOML

    try:
        return tomllib.loads(data.decode())
    except (ValueError, RecursionError):
        return {}
