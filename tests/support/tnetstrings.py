"""tnetstrings made from Python values, as mitmproxy writes them."""


def packed(value):
    if value is None:
        return b"0:~"
    if isinstance(value, bool):
        data, mark = str(value).lower().encode(), b"!"
    elif isinstance(value, int):
        data, mark = str(value).encode(), b"#"
    elif isinstance(value, float):
        data, mark = repr(value).encode(), b"^"
    elif isinstance(value, bytes):
        data, mark = value, b","
    elif isinstance(value, str):
        data, mark = value.encode(), b";"
    elif isinstance(value, dict):
        data, mark = b"".join(packed(name) + packed(one) for name, one in value.items()), b"}"
    else:
        data, mark = b"".join(map(packed, value)), b"]"
    return b"%d:%b%b" % (len(data), data, mark)
