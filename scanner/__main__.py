"""Let ``python -m scanner`` do what ``efface`` does."""

from scanner.cli import main

if __name__ == "__main__":  # a worker process imports this module too
    main()
