"""The tabs below the deck, one module each: `show` draws what it is called after."""
