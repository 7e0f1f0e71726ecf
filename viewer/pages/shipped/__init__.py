"""Files of the repository that are not code and that a wheel needs too: the samples, and Streamlit's settings for the app.

In a clone they are in `sample_cassettes/` and `.streamlit/`, where people and Streamlit look for them. `setup.py` puts them into this
package when a wheel is built.
"""

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_CLONE = _HERE.parents[2]


def samples_folder() -> Path:
    """Return the folder of samples. It may be missing, as in a package that somebody else has put together."""
    return _shipped("samples", _CLONE / "sample_cassettes")


def settings_file() -> Path:
    """Return the file of Streamlit's settings."""
    return _shipped("settings", _CLONE / ".streamlit") / "config.toml"


def _shipped(name: str, in_clone: Path) -> Path:
    in_wheel = _HERE / name
    return in_wheel if in_wheel.is_dir() else in_clone
