"""Run the command line: `python -m viewer …`."""

import sys

from viewer.cli.main import main

if __name__ == "__main__":
    sys.exit(main(prog="python -m viewer"))
