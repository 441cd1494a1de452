"""MariaDB, under the name that SQLAlchemy gives it in ``mariadb+pymysql://``."""

from scanner.dialects.mysql import Dialect

__all__ = ["Dialect"]
