"""``efface audit``: a scan -> a report that people decide in. Reads files only."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import is_zipfile

import click

from reports import names
from scanner.cli import _options, _output
from scanner.cli._careful import Careful
from scanner.errors import Misconfigured, Negative
from scanner.texts.wording import count, noun

if TYPE_CHECKING:
    from scanner.model import Audit
    from scanner.rulebook import Pack

SHOWN = 5
"""How many faults --check names."""


@click.command(cls=Careful)
@click.argument("scan", type=_options.FILE, metavar="SCAN")
@click.option(
    "-o",
    "--output",
    type=_output.Target(),
    metavar="FILE",
    help="The suffix chooses the report; .xlsx is the one to decide in.",
)
@click.option(
    "--format",
    "name",
    type=click.Choice(names()),
    metavar="NAME",
    help=f"Which report, where the suffix leaves it open: {', '.join(names())}.",
)
@click.option(
    "--previous",
    type=_options.FILE,
    metavar="OLD.xlsx",
    help="An earlier workbook: its decisions are taken over, and what changed is shown.",
)
@click.option(
    "--decide",
    type=click.Choice(["suggested"]),
    help="Fill every open decision with the suggestion, marked as decided by policy.",
)
@click.option(
    "--pack",
    metavar="NAME",
    help="A pack by name or file, where the scan was made before there was one.",
)
@click.option("--check", is_flag=True, help="Exit 1 where something is undecided.")
def command(
    scan: Path,
    output: Path | None,
    name: str | None,
    previous: Path | None,
    decide: str | None,
    pack: str | None,
    check: bool,
) -> None:
    """Write what was found as a report; people decide in the .xlsx.

    SCAN is a scan.json, or a workbook that people have worked in. Without -o the report is
    printed: as text, or as --format says.
    """
    found = _decided(scan, previous, pack, suggested=decide is not None)
    if output:
        _nothing_lost(found, output)
        import reports

        reports.write(found, output, pack=_pack(found, pack), name=name or "")
    elif name or not check:
        _output.emit(_printed(found, pack, name or "txt"))
    from scanner import audit

    undecided = audit.undecided(found)
    _output.remark(f"{count(len(found.decisions), 'column')} decided, {len(undecided):,} open")
    if check:
        _judge(audit.check(found), len(undecided))


def _nothing_lost(found: "Audit", output: Path) -> None:
    """Refuse to replace a report in which people decided what the new one would not hold.

    Raises:
        Misconfigured: with what to do instead.
    """
    import reports

    if not output.is_file() or output.suffix.lower() not in (".xlsx", ".json"):
        return
    try:
        old = reports.read(output).decisions
    except Misconfigured:
        if output.suffix.lower() == ".json" or not is_zipfile(output):
            return  # nothing of ours
        raise Misconfigured(
            f"{str(output)!r} is there and cannot be read back: mend it, or choose another name"
        ) from None
    lost = [c for c, d in old.items() if d.by != "policy" and c not in found.decisions]
    if lost:
        raise Misconfigured(
            f"{str(output)!r} holds {count(len(lost), 'decision')} that would be lost: take "
            f"{noun(len(lost), 'it', 'them')} over with --previous {output}, or choose another name"
        )


def read(path: Path) -> "Audit":
    """Read a scan, which nobody has decided about, or a report that can be read back."""
    import reports
    from scanner.model import Audit, Scan

    if not path.is_file():
        raise Misconfigured(f"there is no file {str(path)!r}")
    if path.suffix.lower() != ".json" or '"decisions"' in _output.read_text(path):
        return reports.read(path)
    return Audit(Scan.from_json(_output.read_text(path)), {})


def _decided(scan: Path, previous: Path | None, pack: str | None, *, suggested: bool) -> "Audit":
    from scanner import audit, differ

    found = read(scan)
    if previous:
        earlier = read(previous)
        carried = audit.carry(earlier, found.scan)
        found = replace(found, decisions={**carried.decisions, **found.decisions})
        found = replace(found, changes=differ.diff(earlier, found))
    return audit.decide_suggested(found, _pack(found, pack)) if suggested else found


def _pack(found: "Audit", named: str | None) -> "Pack | None":
    """Load the pack that is named, else the one that the scan was made with."""
    from scanner import rulebook

    tables = [t.table.name for t in found.scan.tables]
    return rulebook.choose(named or found.scan.pack or "none", tables)


def _printed(found: "Audit", pack: str | None, name: str) -> str:
    """Give a report as text.

    Raises:
        Misconfigured: it is no text.
    """
    import reports

    with TemporaryDirectory() as folder:
        path = Path(folder, f"report.{reports.suffixes(name)[0]}")
        reports.write(found, path, pack=_pack(found, pack), name=name)
        try:
            return path.read_text(encoding="utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            raise Misconfigured(f"{name} cannot be printed: give -o FILE{path.suffix}") from None


def _judge(faults: list[str], undecided: int) -> None:
    """Answer --check."""
    if not faults:
        return
    more = f"; and {len(faults) - SHOWN:,} more" if len(faults) > SHOWN else ""
    told = "; ".join(faults[:SHOWN]) + more
    raise Negative(told) if len(faults) == undecided else Misconfigured(told)
