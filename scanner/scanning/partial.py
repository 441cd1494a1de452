"""What an unfinished scan has found, in a file beside its output, so that the next one goes on.

The first line says what the scan is of; each other line is a scan of one table, as scan.json has
it: findings, never a cell's value. Tables that are in it are not read again, even if their rows
changed meanwhile; tables of which something could not be read are not in it, nor those that were
taken over from an earlier scan.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from scanner.errors import Misconfigured, why
from scanner.model import VERSION, Scan, TableRef
from scanner.scanning.examiner import Examined

OWNER = 0o600
"""Only the owner may read it: like scan.json it says where personal data is."""


class Partial:
    """The file ``output.part``; ``say`` tells a person what becomes of an earlier one."""

    def __init__(self, output: Path, *, say: Callable[[str], None], fresh: bool = False) -> None:
        self.path = output.with_name(f"{output.name}.part")
        self._say = say
        self._fresh = fresh

    def begin(self, key: str) -> Mapping[TableRef, Examined]:
        """Take over what a scan of the same ``key`` has found; of any other, start over.

        Raises:
            Misconfigured: the file cannot be read or written.

        """
        head = json.dumps({"version": VERSION, "of": key}) + "\n"
        lines = self._lines()
        found: dict[TableRef, Examined] = {}
        if lines and lines[0] == head:
            found = {e.facts.table: e for e in _whole(lines[1:])}
            self._say(f"goes on after {len(found):,} tables that {str(self.path)!r} holds")
        elif lines:
            self._say(
                f"starts over: {str(self.path)!r} is of another database or schema, of other "
                "options or rules, or of another version"
            )
        kept = [line for line in lines[1:] if line.endswith("\n")] if found else []
        self._write([head, *kept], os.O_TRUNC)
        return found

    def add(self, scan: Scan, examined: Examined) -> None:
        """Keep what was found in a table, as ``scan`` with that table only.

        Raises:
            Misconfigured: the file cannot be written.

        """
        facts = examined.facts
        if facts.reason or facts.reading == "reused":  # asking again is as cheap as keeping it
            return
        if any(c.status == "failed" for c in examined.columns):
            return
        one = replace(scan, tables=(examined.facts,), columns=examined.columns)
        self._write([one.to_line()], os.O_APPEND)

    def end(self) -> None:
        """Take the file away: the scan is whole."""
        self.path.unlink(missing_ok=True)

    def _lines(self) -> list[str]:
        if self._fresh:
            return []
        try:
            with self.path.open(encoding="utf-8") as file:
                return list(file)
        except FileNotFoundError:
            return []
        except (OSError, UnicodeError):
            raise Misconfigured(
                f"cannot read {str(self.path)!r}: move it away, or give --fresh"
            ) from None

    def _write(self, lines: Iterable[str], how: int) -> None:
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | how, OWNER)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                os.fchmod(handle, OWNER)
                file.writelines(lines)
        except OSError as error:
            raise Misconfigured(f"cannot write {str(self.path)!r}: {why(error)}") from None


def _whole(lines: Iterable[str]) -> Iterator[Examined]:
    """Read the lines; of one that was cut short when a process was killed there is no more."""
    for line in lines:
        if line.endswith("\n"):
            scan = Scan.from_json(line)
            yield Examined(scan.tables[0], scan.columns)
