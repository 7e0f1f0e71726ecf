"""One module for each recorder whose cassettes a test can use. None of them imports the recorder: it is in use if the test imported it."""

import sys
from typing import Any


def loaded(module: str, name: str) -> Any:
    """Return an attribute of a module that the test has imported; None if it has not, or if there is no such attribute."""
    return getattr(sys.modules.get(module), name, None)


def put_back(owner: Any, name: str, ours: Any, original: Any) -> None:
    """Restore an attribute of a class, unless someone else has replaced it since."""
    if vars(owner).get(name) is ours:
        setattr(owner, name, original)
