"""How late the pieces of a served stream arrive at clients in another process."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from viewer.playback.playable import Playable

_PROGRAM = Path(__file__).with_name("arrivals.py")


def lateness_s(url: str, playable: Playable, clients: int, within_s: float) -> np.ndarray:
    """Return how late each piece came to each client, in seconds: its arrival since the request, less its time in the schedule.

    Args:
        url: where the recording is served, at its recorded speed.
        playable: the recording.
        clients: how many clients ask for it.
        within_s: the time within which all of them ask.
    """
    ends = np.array(playable.schedule.ends)
    due_s = np.array(playable.schedule.due_s)
    late = []
    for arrivals in arrivals_of(url, playable, clients, within_s):
        since_s, size = (np.array(column) for column in zip(*arrivals, strict=True))
        assert size[-1] == ends[-1], "a client did not receive the whole body"
        late.append(since_s[np.searchsorted(size, ends)] - due_s)
    return np.concatenate(late)


def arrivals_of(url: str, playable: Playable, clients: int, within_s: float) -> list[list[tuple[float, int]]]:
    """Ask for a recording, and return for each client pairs of seconds since its request and bytes of the body there were then."""
    address, target = urlsplit(url), urlsplit(playable.request.url)
    head = [
        f"{playable.request.method} {target.path}{'?' * bool(target.query)}{target.query} HTTP/1.1",
        f"host: {address.netloc}",
        "content-type: application/json",
        f"content-length: {len(playable.request.body)}",
    ]
    request = "\r\n".join([*head, "", ""]).encode() + playable.request.body
    command = [sys.executable, str(_PROGRAM), address.hostname or "", str(address.port), str(clients), str(within_s)]
    run = subprocess.run(command, input=request, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    found: list[list[tuple[float, int]]] = json.loads(run.stdout)
    return found
