"""YAML as written by recorders whose values are never shared objects."""

import yaml


class Dumper(yaml.SafeDumper):
    """Writes equal values twice instead of using aliases."""

    def ignore_aliases(self, _data):
        return True


def written(*items, **top):
    """Return a cassette with these interactions."""
    tree = {"version": 1, "interactions": list(items), **top}
    return yaml.dump(tree, Dumper=Dumper, sort_keys=False, allow_unicode=True).encode()
