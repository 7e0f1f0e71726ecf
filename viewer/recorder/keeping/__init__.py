"""A process that writes what is recorded, even if the recorder is killed."""
