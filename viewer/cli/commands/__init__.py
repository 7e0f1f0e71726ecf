"""The commands of the command line. Each module here is one command."""
