"""How a recording is put before a person."""
