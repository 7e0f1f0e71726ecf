"""YAML as recorders write it whose values are never the same object."""

import yaml


class Dumper(yaml.SafeDumper):
    """Writes what stands in two places twice, and no aliases."""

    def ignore_aliases(self, _data):
        return True


def written(*items, **top):
    """Return a cassette of these interactions."""
    tree = {"version": 1, "interactions": list(items), **top}
    return yaml.dump(tree, Dumper=Dumper, sort_keys=False, allow_unicode=True).encode()
