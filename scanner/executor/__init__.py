"""The only writer of customer data: all that changes a database happens in this package."""

from scanner.executor.erasure import execute

__all__ = ["execute"]
