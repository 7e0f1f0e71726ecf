"""The plain values that every other package uses."""
