"""Reads and writes the files of the command line: whole or not at all, for their owner only."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from scanner.errors import Misconfigured, why

OWNER = 0o600
"""Only the owner may read and write: our files say where personal data is."""


class Target(click.Path):
    """A file to write. Whether that can work is looked at before the work, not after it."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse a folder that is not there or that nothing can be written to."""
        path = Path(value)
        folder = path.parent
        if not folder.is_dir():
            raise Misconfigured(f"there is no folder {str(folder)!r} to write {path.name!r} to")
        if path.exists() and not path.is_file():
            raise Misconfigured(f"{str(path)!r} is not a file that could be replaced")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Misconfigured(f"nothing can be written to the folder {str(folder)!r}")
        return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give an empty file to write, which takes the place of ``path`` when the block is done.

    Raises:
        Misconfigured: it cannot be written; what was there before is still there.

    """
    folder = None
    try:
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=".efface-"))
        draft = folder / path.name
        draft.touch(mode=OWNER)
        yield draft
        draft.chmod(OWNER)
        _settle(draft)
        draft.replace(path.resolve())
        _settle(path.resolve().parent)
    except OSError as error:
        raise Misconfigured(f"cannot write {str(path)!r}: {why(error)}") from None
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _settle(path: Path) -> None:
    """Wait until a file, or a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, whole or not at all, mode 0600."""
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")


def write_new(path: Path, text: str) -> None:
    """Write what people then edit: what they have edited is not replaced.

    Raises:
        Misconfigured: there is another file of this name.
    """
    if path.exists() and read_text(path) != text:
        raise Misconfigured(
            f"{str(path)!r} is there, and people edit such files: remove it, or choose another name"
        )
    write_text(path, text)


def read_text(path: Path) -> str:
    """Read a file that the user named.

    Raises:
        Misconfigured: it is not there, not readable or not text.

    """
    if path.exists() and not (path.is_file() or path.is_fifo()):
        raise Misconfigured(f"{str(path)!r} is not a file")
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Misconfigured(f"there is no file {str(path)!r}") from None
    except OSError as error:
        raise Misconfigured(f"cannot read {str(path)!r}: {why(error)}") from None
    except UnicodeDecodeError:
        raise Misconfigured(f"{str(path)!r} is not a text file") from None


def emit(text: str) -> None:
    """Print a result."""
    click.echo(text, nl=not text.endswith("\n"))


def remark(text: str) -> None:
    """Tell the person at the terminal something."""
    click.echo(text, err=True)
