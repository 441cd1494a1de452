"""Rows that go: directives, what they come to in a database, and purges of many."""
