"""The providers' own SDKs, which read what is served to them and say what they understood.

Each module belongs to one SDK. A function sends a recorded request again, through the SDK's own HTTP stack, decoder and models, and returns
what a caller of the SDK would read. Nothing in here knows how `viewer` reads a stream.
"""
