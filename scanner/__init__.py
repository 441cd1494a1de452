"""Find where a person's data lives in a database, decide about it, erase it, prove it."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("efface")
except PackageNotFoundError:  # a bare checkout that nobody installed
    __version__ = "0+checkout"
