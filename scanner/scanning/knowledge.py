"""Everything that a verdict rests on besides the data: one digest, so that a change shows."""

from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from scanner import __version__
from scanner.errors import Misconfigured
from scanner.model import digest
from scanner.rulebook import Pack

LIBRARIES = ("faker", "phonenumbers", "presidio-analyzer", "spacy")
"""What the detectors ask; another version may answer otherwise."""


def knowledge(
    *, pack: Pack | None, rules: Sequence[Path], recognizers: Sequence[Path], model: str
) -> str:
    """Name Efface, its rules and detectors, the user's files, the model and the pack by a digest.

    Raises:
        Misconfigured: a file of the user's cannot be read.

    """
    parts = [__version__, *map(_version, LIBRARIES), _model(model), pack.digest if pack else ""]
    parts += [*_texts(files("rules")), *_texts(files("scanner") / "detectors")]
    parts += [_text(path) for path in (*rules, *recognizers)]
    return digest("\n".join(map(digest, parts)))


def versions() -> dict[str, str]:
    """Say which versions of what the detectors and the database access rest on are installed."""
    found = (_version(name).partition(" ") for name in (*LIBRARIES, "sqlalchemy"))
    return {name: number for name, _, number in found}


def _version(distribution: str) -> str:
    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError:
        return distribution


def _model(model: str) -> str:
    """Name a model by its version, one in a folder by the sizes and times of its files."""
    folder = Path(model)
    if not folder.is_dir():
        return _version(model)
    found = sorted((p, p.stat()) for p in folder.rglob("*") if p.is_file())
    return "\n".join(f"{path.relative_to(folder)} {s.st_size} {s.st_mtime_ns}" for path, s in found)


def _texts(folder: Traversable) -> Iterator[str]:
    """Read the rules and the modules in a folder of ours, by name."""
    for place in sorted(folder.iterdir(), key=lambda p: p.name):
        if place.is_dir():
            yield from _texts(place)
        elif place.name.endswith((".toml", ".py")):
            yield f"{place.name}\n{place.read_text(encoding='utf-8')}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        raise Misconfigured(f"the rule file {path.name} cannot be read") from None
