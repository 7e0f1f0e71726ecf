"""What the command `open` and a server that it has started tell each other. The command imports this without the pages.

A server proves that it knows the token before it is told anything: its port may have passed to another user's program.
"""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass

from viewer.files.entries import Named

HOST = "127.0.0.1"
"""The only address at which such a server listens."""
HELLO_PATH = "/open/hello"
FILES_PATH = "/open/files"
TICKET_PATH = "/open/{ticket}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What to open and what to show of it."""

    sources: tuple[str | Named, ...] = ()
    """Absolute paths of files and folders, and files given as bytes. The first file is shown, or the library if there is none."""
    library: str = ""
    """The absolute path of a folder or archive whose recordings are listed too."""
    interaction: int | None = None
    event: int | None = None
    compare: bool = False

    def to_json(self) -> bytes:
        """Return it as JSON."""
        sources = [
            {"path": one} if isinstance(one, str) else {"name": one.name, "data": b64encode(one.data).decode()}
            for one in self.sources
        ]
        shown = {"interaction": self.interaction, "event": self.event, "compare": self.compare}
        return json.dumps({"sources": sources, "library": self.library, **shown}).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Asked":
        """Return what `to_json` has written. Raise `ValueError`, `KeyError` or `TypeError` if it is something else."""
        try:
            said = json.loads(text)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        sources = [
            str(one["path"]) if "path" in one else Named(b64decode(one["data"]), str(one["name"]))
            for one in said["sources"]
        ]
        return cls(tuple(sources), said["library"], said["interaction"], said["event"], said["compare"])


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it."""

    path: str
    """Where it is shown, below the server's address; "" if nothing is."""
    refused: tuple[str, ...] = ()
    """What could not be opened, each with its reason."""

    def to_json(self) -> bytes:
        """Return it as JSON."""
        return json.dumps({"path": self.path, "refused": self.refused}).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Answer":
        """Return what `to_json` has written."""
        said = json.loads(text)
        return cls(str(said["path"]), tuple(map(str, said["refused"])))


def proof(token: str, nonce: str) -> str:
    """Return the answer to a number that is used once. Only a program that knows the token can give it."""
    return hmac.new(token.encode(), b"hello " + nonce.encode(errors="replace"), hashlib.sha256).hexdigest()
