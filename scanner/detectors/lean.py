"""Imports of big libraries without what nobody here uses of them. Reads nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from scanner.collector import seldom

CLI = ("spacy.cli", "spacy.cli.info")
"""What ``import spacy`` imports for its own command line: half of its time, and HTTP clients."""


@contextmanager
def spacy_alone() -> Iterator[None]:
    """Leave spaCy's command line out of what the block imports; it can be imported afterwards.

    Nothing that is imported is garbage, so nobody looks for any meanwhile: a quarter of the time.
    """
    with seldom(), _no_cli():
        yield


@contextmanager
def _no_cli() -> Iterator[None]:
    if "spacy" in sys.modules:
        yield
        return
    empty = {name: ModuleType(name) for name in CLI}
    empty[CLI[0]].__path__ = []
    empty[CLI[1]].info = None  # type: ignore[attr-defined]  # the one name that spaCy asks for
    sys.modules.update(empty)
    try:
        yield
    finally:
        for name in CLI:
            del sys.modules[name]
