"""Git repositories with cassettes, and programs on the PATH."""

import json
import shutil
import stat
import subprocess
import sys

from tests.conftest import ROOT

GIT = shutil.which("git")
KEY = "sk-proj-" + "a8Kd03nVbQ71xLzTmW4r" + "T3BlbkFJ" + "Yh5cRe92PsUg6Jf0DoNi"
"""A made-up key in the form of OpenAI's."""
COMMAND = f'#!/bin/sh\nPYTHONPATH="{ROOT}${{PYTHONPATH:+:$PYTHONPATH}}" exec "{sys.executable}" -m viewer "$@"\n'
"""The program `cassette-viewer`, as this checkout has it."""


def cassette(answer, key="none"):
    lines = ["version: 2", "interactions:", "  - id: 0", "    request:", "      method: POST"]
    lines += ["      url: https://api.openai.com/v1/chat/completions", "      headers:", "        Authorization:"]
    lines += [
        f"          - Bearer {key}",
        '      body: \'{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}\'',
    ]
    lines += [
        "    response:",
        "      headers:",
        "        Content-Type:",
        "          - text/event-stream",
        "      body: |",
    ]
    chunk = {
        "object": "chat.completion.chunk",
        "model": "gpt-4o",
        "choices": [{"index": 0, "delta": {"content": answer}}],
    }
    end = {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    lines += [line for one in (chunk, end) for line in (f"        data: {json.dumps(one)}", "")]
    lines += ["        data: [DONE]", "", "      status: 200 OK", "      code: 200", "      duration: 1s"]
    return "\n".join(lines) + "\n"


def git(folder, *arguments):
    """Run Git and return what it prints."""
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    run = subprocess.run([GIT, *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return run.stdout.strip()


def write_program(folder, name, text):
    """Write an executable script."""
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
