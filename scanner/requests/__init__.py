"""Requests to be forgotten: finds those that are due, carries them out, notes and closes them.

A request is an action item of the CRM (``actionitems``) or a row of a file (``queuefile``); what
counts is in the pack. Writes nothing itself: the executor does.
"""

from scanner.requests.items import Item, Outcome, Standing
from scanner.requests.opening import open_request
from scanner.requests.runner import run, standings

__all__ = ["Item", "Outcome", "Standing", "open_request", "run", "standings"]
