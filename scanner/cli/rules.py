"""``efface rules``: what is looked for, and that it does what it says. Reads rule files only."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import click

from scanner.cli import _directives, _fitting, _options, _output, _rulelist
from scanner.cli._careful import Careful
from scanner.cli._directives import Known
from scanner.cli._rulelist import Listing
from scanner.texts.wording import count

LONG = 72
"""How long a cell of the listing may be."""

FILES = (".toml", ".yaml", ".yml")


@click.command(cls=Careful)
@click.argument("names", nargs=-1, metavar="[NAME|FILE]...")
@click.option(
    "--check", "--test", "check", is_flag=True, help="Only prove the examples, and say how many."
)
@click.option(
    "--try",
    "tried",
    is_flag=False,
    flag_value="-",
    type=click.File(errors="replace"),
    metavar="[FILE]",
    help="Say what is found in each line of FILE, or of what is typed or piped in.",
)
@click.option("--strategies", is_flag=True, help="Only what can be done with a value.")
@click.option(
    "--db",
    metavar="URL",
    envvar="EFFACE_DB",
    help="Check packs of yours and purge directives against this database.",
)
@click.option(
    "--audit",
    type=_options.FILE,
    metavar="FILE",
    help="The audit of that database: says which tables are copies or hold personal data; without "
    "--db, packs of yours are checked against what it lists.",
)
@click.option(
    "--pack",
    metavar="NAME|FILE",
    help="The pack of that database, where neither its tables nor its audit say which.",
)
@click.option(
    "--generate",
    is_flag=True,
    help="Propose what a purge directive lacks in the database, or one for a table.",
)
@_options.OUTPUT
@_options.JSON
def command(
    names: tuple[str, ...],
    check: bool,
    tried: IO[str] | None,
    strategies: bool,
    db: str | None,
    audit: Path | None,
    pack: str | None,
    generate: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """List recognizers, column names, packs, directives and strategies; prove their examples.

    NAME is a pack or a purge directive that comes with efface; FILE is one of yours: a pack, recognizers, column names
    and lists (.toml) that add to ours, replace or disable them, or Presidio's recognizers (.yaml).
    Every rule is checked whenever it is read. Values to try are never arguments: those are public.
    """
    if output and not generate:
        raise click.UsageError("-o takes what --generate proposes")
    if generate:
        _proposed(names, db, Known(audit, pack), output)
        return
    if names and len(purges := _directives.among(names)) == len(names):
        _purges(purges, db, Known(audit, pack), as_json=as_json)
        return
    remarks = _fitting.check(names, db, audit) if db or audit else ()
    if tried:
        listed = {"tried": _tried(names, tried)}
    else:
        listed = {"strategies": _rulelist.strategies()} if strategies else _listing(names)
    if as_json:
        from scanner.model import dump

        _output.emit(dump({"version": 1, **listed}))
    elif check and not tried:
        proved = _proved(names)
        counts = ", ".join(f"{kind} {len(rows):,}" for kind, rows in listed.items())
        _output.emit(f"all rules do what they say: {count(proved, 'example')} proved; {counts}")
    else:
        _output.emit("\n\n".join(_table(kind, rows) for kind, rows in listed.items()))
    for remark in remarks:
        _output.remark(remark)


def _proposed(names: Sequence[str], db: str | None, known: Known, output: Path | None) -> None:
    """Print a proposed directive, or write it to a file of its own once it is whole."""
    if not db or len(names) != 1:
        raise click.UsageError("--generate takes one directive or table, and --db URL")
    proposed = _directives.propose(db, known, names[0])
    if output:
        _output.write_new(output, proposed)
    else:
        _output.emit(proposed)


def _purges(names: Sequence[str], db: str | None, known: Known, *, as_json: bool) -> None:
    """Show directives, and check them together against a database."""
    listed = _directives.shown(names)
    if as_json:
        from scanner.model import dump

        _output.emit(dump({"version": 1, **listed}))
    else:
        _output.emit("\n\n".join(_table(kind, rows) for kind, rows in listed.items()))
    if db:
        _output.remark(_directives.check(db, known, names))


def _listing(names: Sequence[str]) -> Listing:
    """List what is in force, or only the packs that are named."""
    from scanner import rulebook

    packs = [n for n in names if not n.endswith(FILES[1:]) and _is_pack(rulebook.load(n))]
    if packs and len(packs) == len(names):
        return {"packs": [_rulelist.pack(n) for n in packs]}
    rules, presidio = _rulelist.read(_files(names))
    shown = [*rulebook.packs(), *(n for n in packs if n.endswith(".toml"))]
    return {
        **_rulelist.looked_for(rules, presidio),
        "packs": [_rulelist.pack(n) for n in shown],
        "directives": _directives.overview(),
        "strategies": _rulelist.strategies(),
    }


def _files(names: Sequence[str]) -> list[Path]:
    """Pick the user's files that are no packs."""
    from scanner import rulebook

    mine = [n for n in names if n.endswith(FILES)]
    return [Path(n) for n in mine if n.endswith(FILES[1:]) or not _is_pack(rulebook.load(n))]


def _is_pack(raw: Mapping[str, Any]) -> bool:
    """Whether a rule file is a pack; one that extends another says nothing of the subject."""
    return "subject" in raw or "pack" in raw


def _proved(names: Sequence[str]) -> int:
    """Count the examples; those of rules with check digits are put to Presidio, too.

    Raises:
        Misconfigured: Presidio confirms none of a rule's examples, or one that must not match.

    """
    from scanner.errors import Misconfigured

    rules, presidio = _rulelist.read(_files(names))
    for rule in (r for r in rules.recognizers if r.presidio):
        if not any(presidio.confirms(rule.presidio, text) for text in rule.matches):
            raise Misconfigured(
                f"{rule.source}: recognizer {rule.name!r}: Presidio's {rule.presidio} confirms "
                "none of its matches"
            )
    return sum(len(r.matches) + len(r.rejects) + len(r.texts) for r in rules.recognizers)


def _tried(names: Sequence[str], lines: IO[str]) -> list[dict[str, Any]]:
    """Try each line; what is shown of it is masked."""
    from scanner.detectors import trial

    if lines.isatty():
        _output.remark("one value a line, then Ctrl-D (masked in the answer, written nowhere)")
    rules, presidio = _rulelist.read(_files(names))
    nothing = trial.Find("(nothing)", "", "", "")
    return [
        {
            "line": number,
            "entity": find.entity,
            "recognizer": find.recognizer,
            "covers": find.covers,
            "value": find.shown,
            "counts": find.counts,
        }
        for number, line in enumerate(lines, 1)
        for find in trial.finds(line, rules, presidio) or (nothing,)
    ]


def _table(kind: str, rows: list[dict[str, Any]]) -> str:
    """Lay rows out in columns under their keys."""
    if not rows:
        return f"{kind}: none"
    heads = list(rows[0])
    cells = [[_brief(str(row[h])) for h in heads] for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [heads, *cells]
    )
    return f"{kind.upper()}\n" + "\n".join(f"  {line}" for line in lines)


def _brief(text: str) -> str:
    """Cut a long explanation to its first sentence, or a list to its beginning; --json has all."""
    if len(text) <= LONG:
        return text
    first = text.partition(". ")[0].rstrip(".") + "."
    return first if ". " in text else f"{text[: LONG - 1].rpartition(', ')[0] or text[:LONG]} ..."
