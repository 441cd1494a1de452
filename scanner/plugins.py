"""The one way in which Efface is extended: a module in a package, found by its file's name."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from scanner.errors import Misconfigured


def names(package: str) -> tuple[str, ...]:
    """List the modules of ``package``, private ones aside, in alphabetical order."""
    found = iter_modules(import_module(package).__path__)
    return tuple(sorted(m.name for m in found if not m.name.startswith("_")))


def load(package: str, name: str) -> ModuleType:
    """Import the module ``name`` of ``package``.

    Raises:
        Misconfigured: there is no such module; the message lists those that there are.

    """
    if name not in names(package):
        raise Misconfigured(
            f"no {name!r} among the {package}: there are {', '.join(names(package))}"
        )
    return import_module(f"{package}.{name}")
