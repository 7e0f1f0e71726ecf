"""What a recording answers to a client: a server that plays recorded responses at their recorded speed.

A recording becomes `Playable`s (`playable.py`), with times from `schedule.py` and headers from `served_headers.py`. `app.py` serves them: for
each request (`asked.py`) it finds one (`matching/`), makes a `Delivery` of it, which `faults/` may change, and sends that (`delivery.py`).
`sockets/` plays WebSockets. `session/` keeps what was asked and what became of it. `serve.py` is `viewer.serve`; `running.py`,
`listening.py` and `access.py` put the application on the network.
"""
