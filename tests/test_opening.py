"""Two people who open a request about the same person at the same moment open one."""

from datetime import datetime

import pytest

from scanner import rulebook
from scanner.database import connect
from scanner.errors import AlreadyDone, Refused
from scanner.requests import open_request, opening
from tests import crm
from tests.crm import LATER


def test_a_second_request_is_not_opened_while_the_first_is(live_url, monkeypatch):
    made = crm.build(live_url)
    pack, someone, login = rulebook.pack("clarify"), str(made.people()[0]), made.logins()[0]
    engines = connect(live_url), connect(live_url)
    real, refused = opening.errands.perform, []

    def work(engine):
        return open_request(
            engine, pack, someone, agent=login, now=datetime.fromisoformat(LATER), commit=True
        )

    def meanwhile(*words):
        if not refused:
            refused.append(1)
            with pytest.raises(Refused, match="being opened at this moment"):
                work(engines[1])
        real(*words)

    monkeypatch.setattr(opening.errands, "perform", meanwhile)
    number = work(engines[0])
    assert refused
    with pytest.raises(AlreadyDone, match=number):
        work(engines[1])
    assert [n for n, *_ in made.queued()] == [number]
    for engine in engines:
        engine.dispose()
    made.close()
