"""Stock Presidio as its documentation sets it up, on a mix of table columns; it never downloads."""

import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

THRESHOLD = 0.35
"""The least score of stock's findings that count."""

CELLS, BATCHES = 60, 250
"""So many cells of a column stock reads one by one, and in batches."""

STOCK = {
    "EMAIL_ADDRESS": {"EMAIL"},
    "PERSON": {"PERSON_NAME"},
    "PHONE_NUMBER": {"PHONE"},
    "LOCATION": {"STREET_ADDRESS", "CITY", "REGION", "COUNTRY", "GEO"},
    "CREDIT_CARD": {"CREDIT_CARD"},
    "IBAN_CODE": {"BANK_ACCOUNT"},
    "US_BANK_NUMBER": {"BANK_ACCOUNT"},
    "IP_ADDRESS": {"IP"},
    "DATE_TIME": {"DOB", "NONE"},
    "URL": {"URL_PERSONAL", "NONE"},
    "NRP": {"NONE"},
    "MAC_ADDRESS": {"NONE"},
    "UUID": {"NONE"},
    "": {"NONE", "FREETEXT_NOPII"},
}
"""Which labels an entity of stock's is right for, in stock's favour; ids of nations come on top."""

Column = tuple[str, str, list[str]]
"""A label, a name and the cells."""


def table_mix(rows: int) -> list[Column]:
    """Invent the text columns of a CRM: people, their orders, logs and notes, with repetition."""
    from faker import Faker

    fake = Faker(["en_US", "en_GB"])
    Faker.seed(11)
    rng = random.Random(11)
    people = [(fake.name(), fake.email(), fake.user_name()) for _ in range(rows // 4)]
    products = [f"{fake.color_name()} {fake.word()} {n}" for n in range(60)]
    events = [f"{fake.word()} {fake.word()} finished in module {fake.word()}" for _ in range(30)]
    addresses = [fake.ipv4_public() for _ in range(rows // 8)]

    def note() -> str:
        text = " ".join(fake.sentences(rng.randint(1, 4)))
        name, mail, _ = rng.choice(people)
        extra = rng.choice(["", "", f"Spoke to {name}.", f"Call {fake.phone_number()}.", mail])
        return f"{text} {extra}".strip()

    made = [
        ("PERSON_NAME", "full_name", [p[0] for p in people]),
        ("EMAIL", "email", [p[1] for p in people]),
        ("PHONE", "phone", [fake.phone_number() for _ in people]),
        ("STREET_ADDRESS", "street", [fake.street_address() for _ in people]),
        ("CITY", "city", [fake.city() for _ in range(len(people))]),
        ("PERSON_NAME", "customer_name", [rng.choice(people)[0] for _ in range(rows)]),
        ("NONE", "order_ref", [f"SO-{fake.bothify('##??-####').upper()}" for _ in range(rows)]),
        ("NONE", "product", [rng.choice(products) for _ in range(rows)]),
        ("NONE", "status", [rng.choice(("open", "paid", "shipped", "lost")) for _ in range(rows)]),
        ("CREDIT_CARD", "card", [fake.credit_card_number() for _ in range(rows // 4)]),
        ("USERNAME", "login", [rng.choice(people)[2] for _ in range(rows)]),
        ("IP", "client_ip", [rng.choice(addresses) for _ in range(rows)]),
        ("NONE", "event", [rng.choice(events) for _ in range(rows)]),
        ("NONE", "logged_at", [str(fake.date_time_this_year()) for _ in range(rows)]),
        ("FREETEXT_PII", "note", [note() for _ in range(rows // 4)]),
    ]
    return [(label, name, cells) for label, name, cells in made]


def engines(model: str) -> tuple[Any, Any]:
    """Make Presidio's engines as its documentation does, with a model and without downloads."""
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    from scanner.detectors.presidio import Presidio

    _ = Presidio().classes  # keeps the list of public suffixes from being fetched
    settings = {
        "nlp_engine_name": "spacy",
        "models": [{"lang_code": "en", "model_name": model}],
        "ner_model_configuration": {
            "labels_to_ignore": [
                *("ORG", "CARDINAL", "EVENT", "LANGUAGE", "LAW", "MONEY", "ORDINAL"),
                *("PERCENT", "PRODUCT", "QUANTITY", "WORK_OF_ART"),
            ]
        },
    }
    engine = NlpEngineProvider(nlp_configuration=settings).create_engine()
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    return analyzer, BatchAnalyzerEngine(analyzer_engine=analyzer)


def sample(cells: Sequence[str], most: int) -> list[str]:
    return list(cells[:: -(-len(cells) // most)])


def single(analyzer: Any, columns: Iterable[Column]) -> dict[str, float]:
    """CPU seconds a cell, by column, of one call a cell."""
    seconds = {}
    for _, name, cells in columns:
        some = sample(cells, CELLS)
        start = time.process_time()
        for cell in some:
            analyzer.analyze(cell, language="en")
        seconds[name] = (time.process_time() - start) / len(some)
    return seconds


def batched(
    batch: Any, columns: Iterable[Column]
) -> tuple[dict[str, float], dict[str, list[set[str]]]]:
    """CPU seconds a cell, by column, in batches of 256; and the entities of each cell."""
    seconds, found = {}, {}
    for _, name, cells in columns:
        some = sample(cells, BATCHES)
        start = time.process_time()
        results = list(batch.analyze_iterator(some, language="en", batch_size=256))
        seconds[name] = (time.process_time() - start) / len(some)
        found[name] = [entities(r) for r in results]
    return seconds, found


def entities(results: Iterable[Any]) -> set[str]:
    return {r.entity_type for r in results if r.score >= THRESHOLD}


def majority(cells: Sequence[set[str]]) -> str:
    """Name the entity that most cells have, where at least half of them have it."""
    counts = Counter(e for cell in cells for e in cell)
    entity, n = max(counts.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    return entity if 2 * n >= len(cells) else ""


def fits(entity: str, label: str) -> bool:
    """Whether stock's entity is right for a label; anything is for a text that holds something."""
    if label == "FREETEXT_PII":
        return bool(entity)
    return label in STOCK.get(entity, {"NATIONAL_ID"})
