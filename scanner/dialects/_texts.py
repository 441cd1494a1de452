"""Types of columns whose values come as texts, whatever SQLAlchemy would make of them."""

from sqlalchemy import types


class UUID(types.UUID[str]):
    """A UUID as people and JSON write it; it calls itself as the reflected type did."""

    def __init__(self, **_more: bool) -> None:  # what SQLAlchemy copies it with
        super().__init__(as_uuid=False)

    def __repr__(self) -> str:
        return "UUID()"
