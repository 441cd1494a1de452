"""Types of PostgreSQL's columns where SQLAlchemy's do not compare or read what stands there."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    CHAR,
    JSON,
    UUID,
    BigInteger,
    BindParameter,
    ColumnElement,
    DateTime,
    Float,
    Integer,
    Numeric,
    String,
    Text,
    Time,
    cast,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import BIT, DOMAIN, INTERVAL, MONEY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.operators import OperatorClass
from sqlalchemy.types import Enum, NullType, TypeEngine, UserDefinedType

from scanner.dialects._derived import Derived, derived


class Padded(UserDefinedType[str]):
    """The type of CHAR columns without their length: blanks at the end do not count."""

    cache_ok = True

    def get_col_spec(self, **_more: Any) -> str:
        return "BPCHAR"


class Called(NullType):
    """A type of which nothing is known but what it is called: enough to cast a text to it."""

    __visit_name__ = "called"
    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return repr(NullType())  # a schema's digest says what it said before types were called


@compiles(Called)
def _called(kind: Called, _compiler: object, **_more: object) -> str:
    return kind.name


class Money(MONEY):
    """Money, whose values come as texts: what it is compared with is told to be money."""

    operator_classes = OperatorClass.NUMERIC

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Take what it is compared with for money."""
        return self

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        """Have the server read the text as it wrote it."""
        return cast(type_coerce(bindvalue, Text()), MONEY())


class _Wide(Derived):
    """A number that is compared with whole numbers of any length: SQLAlchemy takes all for 64 bits."""

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Take a whole number for a decimal one."""
        if isinstance(value, int):
            return Numeric()
        kind: TypeEngine[Any] = super().coerce_compared_value(op, value)  # type: ignore[misc]  # Numeric's
        return kind


class Domains(ARRAY[Any]):
    """An array of a domain, which no driver takes apart: it is read as one of what that is made of."""

    def __init__(self, of: DOMAIN) -> None:
        super().__init__(of.data_type)
        self.of = of

    def __repr__(self) -> str:
        return f"ARRAY({self.of!r})"

    def adapt(self, cls: Any, **more: Any) -> Any:
        """Stay such a type: a driver's own type of arrays would read its values."""
        return Domains(self.of)

    def column_expression(self, colexpr: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read it as an array of what the domain is made of."""
        return cast(colexpr, ARRAY(self.item_type))

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        """Write it as an array of the domain."""
        return cast(type_coerce(bindvalue, ARRAY(self.item_type)), ARRAY(self.of))


def comparable(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Give a type that is compared and read as the server does it, and calls itself the same."""
    of = getattr(kind, "data_type", None)
    if isinstance(kind, DOMAIN) and isinstance(of, UUID | Numeric | JSON):
        return comparable(of)
    if isinstance(kind, DOMAIN):
        vars(kind)["operator_classes"] = kind.data_type.operator_classes
    elif isinstance(kind, MONEY):
        return Money()
    elif isinstance(kind, Numeric) and not isinstance(kind, Float | _Wide):
        its: Any = type(kind)
        made: TypeEngine[Any] = kind.adapt(derived(_Wide, its))
        return made
    elif isinstance(kind, ARRAY) and isinstance(kind.item_type, DOMAIN):
        return Domains(kind.item_type)
    return kind


def wide(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Give a type that holds any key to compare with a column: a cast to its own would cut it off."""
    if isinstance(kind, DOMAIN):
        return wide(kind.data_type)
    if isinstance(kind, CHAR):
        return Padded()
    if isinstance(kind, String) and not isinstance(kind, Enum):
        return Text()
    if isinstance(kind, Integer):
        return BigInteger()
    if isinstance(kind, Numeric):
        return Numeric()
    if isinstance(kind, DateTime):
        return DateTime(timezone=kind.timezone)
    if isinstance(kind, Time):
        return Time(timezone=kind.timezone)
    if isinstance(kind, INTERVAL):
        return INTERVAL()
    return BIT(varying=True) if isinstance(kind, BIT) else kind
