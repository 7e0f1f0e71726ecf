"""The tabs below the deck, one module each, drawn by its function `show`."""
