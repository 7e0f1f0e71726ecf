"""What the command `open` does: read what it is given, hand it to the viewer that runs, or start one."""
