"""Calls of models and tools in traces: files that hold spans with a beginning and an end, but not the chunks of a stream."""
