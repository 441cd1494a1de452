"""Measure how fast notes are searched, for one subject and for many, and the memory of a pass.

    python -m tests.benchmarks.matching [--megabytes N] [--people N] [--share F]
    python -m tests.benchmarks.matching --notes 10000000        stream a table of so many notes

CPU seconds, in megabytes a second on one core, beside merely reading the same notes from SQLite and
beside lower() alone. ``--share`` is the share of notes that name one of the people.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from faker import Faker
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, insert, select

from scanner.database import connect, reading, ref, reflect
from scanner.identity import Identity, read
from scanner.matcher import Matcher
from scanner.rows import Address
from scanner.subjects.crowd import Crowd
from scanner.subjects.searcher import CHUNK, search

ENTITIES = {
    "first": "PERSON",
    "last": "PERSON",
    "mail": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "ref": "CUSTOMER_ID",
    "born": "DATE_OF_BIRTH",
    "street": "STREET_ADDRESS",
}
WORDS = 4000
"""How many words the notes are made of."""


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--notes", type=int, default=0)
    options = parser.parse_args()
    people = _people(options.people)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'notes.sqlite'}"
        if options.notes:
            _stream(url, people, options)
        else:
            _speed(url, people, options)
    return 0


def _people(count: int) -> list[dict[str, str]]:
    fakes = [Faker(locale) for locale in ("en_US", "de_DE", "fr_FR", "es_ES")]
    for n, fake in enumerate(fakes):
        fake.seed_instance(n)
    return [
        {
            "first": (fake := fakes[n % len(fakes)]).first_name(),
            "last": fake.last_name(),
            "mail": f"{fake.user_name()}{n}@mail.example",
            "phone": f"+1 512 {300 + n} {1000 + 7 * n}",
            "ref": f"KD-{n:05}-{n % 97}",
            "born": str(fake.date_of_birth(minimum_age=18)),
            "street": f"{n + 1} {fake.last_name()} Street",
        }
        for n in range(count)
    ]


def _notes(people: list[dict[str, str]], share: float) -> Iterator[str]:
    """Give notes of 200 to 1200 characters without an end: words, numbers, other people's names."""
    chance, fake = random.Random(1), Faker("en_US")
    fake.seed_instance(9)
    words = [fake.word() for _ in range(WORDS)]
    words += [fake.first_name() for _ in range(WORDS // 50)] + [
        fake.last_name() for _ in range(WORDS // 50)
    ]
    sentences = [" ".join(chance.choices(words, k=12)).capitalize() + "." for _ in range(WORDS)]
    while True:
        said = chance.choices(sentences, k=chance.randint(3, 15))
        if chance.random() < 0.3:
            said.append(
                f"Called 617-555-{chance.randint(1000, 9999)}, case {chance.randint(1, 10**6)}."
            )
        if chance.random() < 0.1:
            said.append("Die Störung wurde für den Kunden behoben.")
        if chance.random() < share:
            who = chance.choice(people)
            said.insert(
                1, f"Spoke to {who['first']} {who['last']} <{who['mail']}>, {who['phone']}."
            )
        yield " ".join(said)


def _fill(url: str, notes: Iterator[str]) -> int:
    """Write the notes; give the number of characters."""
    engine, meta = create_engine(url), MetaData()
    table = Table("notes", meta, Column("id", Integer, primary_key=True), Column("said", Text))
    meta.create_all(engine)
    size = 0
    with engine.begin() as connection:
        while some := [{"said": said} for _, said in zip(range(10 * CHUNK), notes, strict=False)]:
            size += sum(len(one["said"]) for one in some)
            connection.execute(insert(table), some)
    engine.dispose()
    return size


def _speed(url: str, people: list[dict[str, str]], options: argparse.Namespace) -> None:
    def enough(total: int) -> Iterator[str]:
        for note in _notes(people, options.share):
            if total <= 0:
                return
            total -= len(note)
            yield note

    size = _fill(url, enough(options.megabytes * 1_000_000)) / 1e6
    identities = [Identity.of(read(one, ENTITIES)) for one in people]
    one, many = Matcher(identities[0]), Crowd(dict(enumerate(identities)))
    engine = connect(url)
    with reading(engine) as connection:
        table = reflect(connection).tables["notes"]

        def chunks() -> Iterator[list[str]]:
            query = select(table.c.said).execution_options(yield_per=CHUNK)
            for rows in connection.execute(query).partitions():
                yield [row[0] for row in rows]

        held = list(chunks())
        base = _time("read from SQLite", size, lambda: sum(map(len, chunks())))
        _time("lower()", size, lambda: sum(len(t.lower()) > 0 for c in held for t in c), base)
        _time("one subject", size, lambda: _one(one, held), base)
        _time(f"{len(people)} subjects", size, lambda: _many(many, held), base)
        _time("read and one subject", size, lambda: _one(one, chunks()), base)
        _time(f"read and {len(people)} subjects", size, lambda: _many(many, chunks()), base)
    engine.dispose()


def _one(matcher: Matcher, chunks) -> int:
    return sum(bool(matcher.find(texts[n])) for texts in chunks for n in matcher.touched(texts))


def _many(crowd: Crowd, chunks) -> int:
    return sum(
        len(crowd.sort(texts[place], whose))
        for texts in chunks
        for place, whose in crowd.touched(texts).items()
    )


def _time(name: str, size: float, work: Callable[[], int], base: float = 0.0) -> float:
    begun = time.process_time()
    hits = work()
    took = time.process_time() - begun
    ratio = f"{took / base:6.2f} times reading" if base else ""
    print(f"{name:24} {size / took:8.1f} MB/s of CPU, {hits:8} texts, {ratio}", flush=True)
    return took


def _stream(url: str, people: list[dict[str, str]], options: argparse.Namespace) -> None:
    notes = (note for _, note in zip(range(options.notes), _notes(people, 1e-4), strict=False))
    size = _fill(url, notes) / 1e6
    matcher = Matcher(Identity.of(read(people[0], ENTITIES)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    engine = connect(url)
    with reading(engine) as connection:
        schema = reflect(connection)
        addresses = {ref(t): Address.of(t, (), "") for t in schema.tables.values()}
        begun = time.process_time()
        hits = sum(1 for _ in search(connection, schema, matcher, addresses=addresses))
        took = time.process_time() - begun
    engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{options.notes:,} notes, {size:.0f} MB: {hits} rows, {took:.0f} s of CPU, "
        f"{size / took:.1f} MB/s, peak memory {peak / 1024:.0f} MB ({before / 1024:.0f} before)"
    )


if __name__ == "__main__":
    sys.exit(main())
