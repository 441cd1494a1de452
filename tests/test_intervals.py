"""A sample says as much as it can: other samples, and the whole, agree with it within its interval."""

import random

from sqlalchemy import create_engine, text

from scanner import inspector
from scanner.database import connect
from scanner.model import Finding

ROWS, SAMPLE, SEEDS = 3000, 400, range(4)
SHARES = {
    "x_rare": 0.03,
    "x_some": 0.15,
    "x_half": 0.5,
    "x_most": 0.8,
    "e_mail": 1.0,
    "x_none": 0.0,
}
WORDS = ["printer", "jams", "daily", "after", "update", "reboot", "helps", "sometimes", "cable"]


def build(url: str, seed: int) -> None:
    """Make a table whose columns hold addresses in known shares of their rows, anywhere."""
    chance = random.Random(seed)

    def cell(share: float, key: int) -> str:
        note = " ".join(chance.choices(WORDS, k=8))
        mail = f"user{key}@example{key % 7}.com"
        if share == 1:
            return mail
        return f"{note}, write to {mail}" if chance.random() < share else f"{note} {key % 900}"

    rows = [{"id": k} | {n: cell(p, k) for n, p in SHARES.items()} for k in range(1, ROWS + 1)]
    names = ", ".join(f"{name} varchar(200)" for name in SHARES)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"create table t (id int primary key, {names})"))
        places = ", ".join(f":{name}" for name in rows[0])
        connection.execute(text(f"insert into t values ({places})"), rows)
    engine.dispose()


def scan(url: str, *, seed: int = 0, full: bool = False) -> dict[str, Finding]:
    engine = connect(url)
    try:
        found = inspector.scan(engine, pack=None, sample=SAMPLE, seed=seed, full=full)
    finally:
        engine.dispose()
    return {c.column.name: c for c in found.columns}


def test_samples_and_the_whole_agree_within_their_intervals(live_url: str) -> None:
    build(live_url, seed=len(live_url))
    whole = scan(live_url, full=True)
    samples = [scan(live_url, seed=seed) for seed in SEEDS]
    assert len({s["x_half"].share for s in samples}) > 1, "the seeds draw other rows"
    inside, total = 0, 0
    met: list[bool] = []
    for name, share in SHARES.items():
        exact = whole[name]
        assert abs(exact.share - share) < 0.03
        for one in (s[name] for s in samples):
            assert SAMPLE / 2 <= one.values_read < ROWS
            assert (one.personal, one.entity) == (exact.personal, exact.entity), name
            total += 1
            inside += one.share_low <= exact.share <= one.share_high
            met += [
                max(one.share_low, two.share_low) <= min(one.share_high, two.share_high)
                for two in (s[name] for s in samples)
            ]
    assert inside >= 0.85 * total, "of intervals of 95 % about so many hold the truth"
    assert sum(met) >= 0.95 * len(met)


def test_of_a_clean_column_the_bound_shrinks_with_what_was_read(sqlite_url: str) -> None:
    build(sqlite_url, seed=1)
    sampled, whole = scan(sqlite_url)["x_none"], scan(sqlite_url, full=True)["x_none"]
    assert sampled.personal == whole.personal == "none"
    assert 0 < whole.share_high < sampled.share_high <= 3 / (SAMPLE / 2)
