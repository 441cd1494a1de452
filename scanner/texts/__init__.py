"""Texts as people write them: folded, with names, numbers and placeholders told apart."""
