"""How identifiers are written: patterns, digits, and a sieve for many texts."""
