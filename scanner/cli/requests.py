"""``efface requests``: which requests to be forgotten are due; carries them out; opens new ones."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _connection, _options, _output, _progress, _requests
from scanner.errors import Misconfigured, Unfinished
from scanner.texts.wording import count

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scanner.requests.items import Outcome, Tracker
    from scanner.requests.queuefile import QueueFile
    from scanner.requests.runner import Work
    from scanner.rulebook import Pack


def moment(written: str) -> datetime:
    """Read a time of the site; one with an offset is turned into local time."""
    from scanner.requests import items

    try:
        found = items.local(datetime.fromisoformat(written))
    except ValueError:
        found = None
    if found is None:
        raise click.BadParameter("write it like 2026-01-31T02:00")
    return found.replace(microsecond=0)


QUEUE = click.option(
    "--queue",
    type=_options.FILE,
    metavar="FILE",
    help="Requests are kept in this .csv or .xlsx file, not in the CRM.",
)
NOW = click.option("--now", type=moment, metavar="TIME", help="The time; without it, now.")
AGENT = click.option(
    "--as",
    "agent",
    callback=_options.a_login,
    metavar="LOGIN",
    help="The CRM's user who writes; the pack's if not given.",
)
PACK = click.option(
    "--pack", metavar="NAME|FILE", help="What is known of the product, requests included."
)
COMMIT = click.option(
    "--commit", is_flag=True, help="Keep the changes; without it all is undone again."
)


@click.group()
def command() -> None:
    """Keep track of requests to be forgotten: list them, carry out what is due, open one."""


@command.command("list")
@_options.DB
@click.option("--all", "closed", is_flag=True, help="List closed requests, too.")
@PACK
@QUEUE
@NOW
@_options.JOURNAL
@_options.JOURNAL_KEY
@_options.JSON
def listing(
    db: str,
    closed: bool,
    pack: str | None,
    queue: Path | None,
    now: datetime | None,
    journal: Path | None,
    journal_key: Path | None,
    as_json: bool,
) -> None:
    """Say of each request whether it is due, or why not, and how long there is."""
    from scanner.requests import docket, standings

    at = _now(now)
    with _connection.opened(db) as engine:
        rules = _connection.pack(engine, pack)
        book = _connection.journal(engine, journal, journal_key)
        found = standings(engine, rules, _tracker(engine, rules, queue, "", at), at, book)
        others = docket.elsewhere(book.read(), [s.item for s in found])
    shown = [s for s in found if closed or s.verdict != "closed"]
    if as_json:
        _output.emit(_requests.listed(shown, at))
    else:
        for line in _requests.table(shown):
            _output.emit(line)
        _output.remark(_requests.counted(shown))
        for line in _requests.elsewhere(others):
            _output.remark(line)


@command.command("run")
@_options.DB
@click.argument("audit", type=_options.FILE)
@COMMIT
@click.option("--max-rows", type=click.IntRange(1), help="Refuse to change more rows for one.")
@AGENT
@PACK
@QUEUE
@NOW
@_options.JOURNAL
@_options.JOURNAL_KEY
@_options.JSON
def running(
    db: str,
    audit: Path,
    commit: bool,
    max_rows: int | None,
    agent: str | None,
    pack: str | None,
    queue: Path | None,
    now: datetime | None,
    journal: Path | None,
    journal_key: Path | None,
    as_json: bool,
) -> None:
    """Carry out each request that is due, note it and close it. Rehearses, unless told to commit."""
    import reports
    from scanner.requests.runner import Work

    decided, at = reports.read(audit), _now(now)
    rules = _connection.rules(decided, pack)
    with _connection.opened(db) as engine, _alone(engine, queue), _progress.shown() as progress:
        login = _agent(rules, queue, agent)
        work = Work(
            engine,
            rules,
            decided,
            _tracker(engine, rules, queue, login, at),
            _connection.journal(engine, journal, journal_key),
            commit,
            at,
            max_rows,
            progress,
        )
        _run(work, as_json=as_json)


def _run(work: "Work", *, as_json: bool) -> None:
    """Run, say what came of each, and end with the status of the worst."""
    from scanner.requests.runner import remaining, run

    outcomes: list[Outcome] = []
    try:
        for outcome in run(work):
            outcomes.append(outcome)
            if not as_json:
                _output.emit(_requests.line(outcome))
    except KeyboardInterrupt:
        if not work.commit or not any(o.result == "done" for o in outcomes):
            raise
        told = f"interrupted after {count(len(outcomes), 'request')}: the others are as they were"
        raise Unfinished(f"{told}; run again to go on") from None
    finally:
        if as_json:
            _output.emit(_requests.ran(outcomes, work.now, commit=work.commit))
    for remark in _requests.summary(outcomes, remaining(work), commit=work.commit):
        _output.remark(remark)
    _requests.judge(outcomes)


@command.command("open")
@_options.DB
@_options.SUBJECT
@COMMIT
@AGENT
@PACK
@QUEUE
@NOW
@_options.JOURNAL
@_options.JOURNAL_KEY
@_options.JSON
def opening(
    db: str,
    subject: str,
    commit: bool,
    agent: str | None,
    pack: str | None,
    queue: Path | None,
    now: datetime | None,
    journal: Path | None,
    journal_key: Path | None,
    as_json: bool,
) -> None:
    """Open a request about one person, in its queue. Rehearses, unless told to commit."""
    from scanner.model import dump
    from scanner.requests import open_request
    from scanner.requests.runner import docketed

    at = _now(now)
    with _connection.opened(db) as engine, ExitStack() as rest:
        rules = _connection.pack(engine, pack)
        login = _agent(rules, queue, agent)
        if queue:
            rest.enter_context(_locked(queue))
            number = _file(engine, rules, queue, login, at).open(subject, commit=commit)
        else:
            number = open_request(engine, rules, subject, agent=login, now=at, commit=commit)
        if commit:
            book = _connection.journal(engine, journal, journal_key)
            docketed(_tracker(engine, rules, queue, login, at), rules, book, at, number)
    if as_json:
        raw = {"version": 1, "request": number, "subject": subject, "committed": commit}
        _output.emit(dump(raw))
    _output.remark(
        f"request {number}: " + ("opened" if commit else "rehearsed: nothing was written")
    )


def _now(given: datetime | None) -> datetime:
    """Take the time that was given, else the machine's, as the CRM's own clock shows it."""
    return given or datetime.now().replace(microsecond=0)


def _agent(rules: "Pack", queue: Path | None, given: str | None) -> str:
    """Choose who writes."""
    login = given or rules.requests.policy.agent
    if not login and not queue:
        raise Misconfigured(
            "say which of the CRM's users writes: --as LOGIN, or agent in [requests] of the pack"
        )
    return login


def _tracker(
    engine: "Engine", rules: "Pack", queue: Path | None, agent: str, now: datetime
) -> "Tracker":
    from scanner.requests.actionitems import ActionItems

    if queue:
        return _file(engine, rules, queue, agent, now)
    return ActionItems(engine, rules, agent, now)


def _file(engine: "Engine", rules: "Pack", path: Path, agent: str, now: datetime) -> "QueueFile":
    from scanner.requests.queuefile import QueueFile
    from scanner.requests.subjects import Subjects

    subjects = Subjects.of(engine, rules)
    policy = rules.requests.policy
    return QueueFile(path, policy, agent, now, subjects.key, subjects.present, _output.replacing)


@contextmanager
def _alone(engine: "Engine", queue: Path | None) -> Iterator[None]:
    """Let one run at a time work on a database and on a file."""
    from scanner.requests import lock

    with lock.alone(engine), ExitStack() as rest:
        if queue:
            rest.enter_context(_locked(queue))
        yield


@contextmanager
def _locked(queue: Path) -> Iterator[None]:
    from scanner.requests import lock

    with lock.alone_with(queue):
        yield
