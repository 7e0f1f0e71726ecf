"""Whether a test of the repository names a cassette. Sources are read as text; nothing is run.

The module of a language has four things for the rule `orphan`:

    SUFFIX                        of its sources
    read(path, text)              what one source says of cassettes
    index(sources)                what all of them say
    judge(cassette, index)        whether a test names a cassette, as a `Judgement`
"""
