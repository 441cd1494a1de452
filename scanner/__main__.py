"""Let ``python -m scanner`` do what ``efface`` does."""

from scanner.cli import main

main()
