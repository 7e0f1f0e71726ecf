"""Where the package's files come from. Everything else about the package is in pyproject.toml, which cannot name these two folders."""

from setuptools import find_packages, setup

# Read by viewer/pages/shipped/.
_SHIPPED = {"viewer.pages.shipped.samples": "sample_cassettes", "viewer.pages.shipped.settings": ".streamlit"}

setup(packages=[*find_packages(include=["viewer*"]), *_SHIPPED], package_dir=_SHIPPED)
