"""What a recording is called as a file that someone saves."""

import re

GO_VCR_ENDING = ".go-vcr.yaml"
"""Of what is written as a go-vcr cassette whatever it was."""

_UNSAFE = re.compile(r"[^\w.-]+")


def saved_name(name: str, *, redacted: bool, ending: str = "") -> str:
    """Return a name for a recording as saved, such as "w.redacted.yaml"; `ending` replaces its own, "" keeps it."""
    safe = _UNSAFE.sub("_", name).strip("._") or "recording"
    stem, dot, own = safe.partition(".")
    return f"{stem}{'.redacted' * redacted}{ending or dot + own}"
