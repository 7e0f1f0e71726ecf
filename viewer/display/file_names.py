"""The file names under which recordings are saved."""

import re

GO_VCR_ENDING = ".go-vcr.yaml"
"""The ending of a go-vcr cassette that was converted from another format."""

_UNSAFE = re.compile(r"[^\w.-]+")


def saved_name(name: str, *, redacted: bool, ending: str = "") -> str:
    """Return a safe file name for a recording, such as "w.redacted.yaml". `ending` replaces its own ending unless it is ""."""
    safe = _UNSAFE.sub("_", name).strip("._") or "recording"
    stem, dot, own = safe.partition(".")
    return f"{stem}{'.redacted' * redacted}{ending or dot + own}"
