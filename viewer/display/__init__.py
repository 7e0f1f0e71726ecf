"""How a recording is presented to a person."""
