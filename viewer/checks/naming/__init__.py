"""Whether a test of the repository names a cassette. Sources are read as text; nothing is run."""
