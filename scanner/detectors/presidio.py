"""Presidio's recognizers, its own and those of the user's YAML files; none ever downloads.

Usable is what needs no model and no service: Presidio's generic and country-specific classes.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from time import process_time
from types import SimpleNamespace
from typing import Any

from scanner.detectors.lean import spacy_alone
from scanner.errors import Misconfigured
from scanner.texts.patterns import SECONDS, OutOfTime

LOG = logging.getLogger(__name__)

PACKAGE = "presidio_analyzer.predefined_recognizers"

USABLE = (f"{PACKAGE}.generic.", f"{PACKAGE}.country_specific.")
"""Where Presidio keeps what needs no model and no service."""

WHOLE = 0.9
"""The part of a value that must match for the value to be one."""


class Presidio:
    """Presidio's recognizers, its own made when they are first asked.

    Raises:
        Misconfigured: a YAML file cannot be read or lists what is not there.

    """

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self._files = tuple(files)
        self._made: dict[str, Any] = {}
        if files:
            _ = self.custom  # a fault is told before anything else is done

    def __getstate__(self) -> dict[str, Any]:
        """Travel to another process with what the user's files list, not with their paths."""
        return {"_files": (), "_made": {}, "custom": self.custom}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Arrive where nothing may be fetched either."""
        self.__dict__.update(state)
        if self.custom:
            _ = self.classes

    @cached_property
    def classes(self) -> Mapping[str, type]:
        """Presidio's usable classes by their names."""
        with spacy_alone():
            from presidio_analyzer import pattern_recognizer, predefined_recognizers
        from presidio_analyzer.predefined_recognizers.generic import email_recognizer
        from tldextract import TLDExtract

        vars(pattern_recognizer)["REGEX_TIMEOUT_SECONDS"] = SECONDS
        # The class for e-mail would fetch the list of public suffixes when first used.
        offline = SimpleNamespace(extract=TLDExtract(suffix_list_urls=(), cache_dir=None))
        vars(email_recognizer)["tldextract"] = offline
        named = sorted(vars(predefined_recognizers).items())
        return {
            name: made
            for name, made in named
            if isinstance(made, type) and made.__module__.startswith(USABLE)
        }

    def named(self, name: str) -> Any:
        """Make the recognizer of the class ``name``, once.

        Raises:
            Misconfigured: Presidio has no such class, or it needs a model or a service.

        """
        if name not in self._made:
            if name not in self.classes:
                raise Misconfigured(
                    f"Presidio has no recognizer {name!r} that works without a model or a service"
                )
            self._made[name] = self.classes[name](supported_language="en")
        return self._made[name]

    def confirms(self, name: str, value: str) -> bool:
        """Whether Presidio's recognizer class ``name`` finds nearly all of ``value``."""
        return score(self.named(name), value, least=WHOLE) > 0

    @cached_property
    def custom(self) -> tuple[Any, ...]:
        """What the user's YAML files list: one of each, with the context words of all languages."""
        if not self._files:
            return ()
        _ = self.classes  # so that nothing is fetched later
        made: dict[tuple[Any, ...], Any] = {}
        for one in (r for path in self._files for r in _listed(path)):
            same = made.setdefault((type(one), one.name, *one.supported_entities), one)
            same.context = list(dict.fromkeys([*(same.context or ()), *(one.context or ())]))
        return tuple(made.values())


def score(recognizer: Any, value: str, *, least: float = 0.0) -> float:
    """Give the best score among what covers more than ``least`` of ``value``, 0 for nothing."""
    found = recognizer.analyze(value, recognizer.supported_entities, None)
    needed = least * len(value)
    return max((float(r.score) for r in found if r.end - r.start >= needed), default=0.0)


def score_in_time(recognizer: Any, value: str) -> float:
    """Give the best score of a recognizer of the user's; what is slow once may load something.

    Raises:
        OutOfTime: it took longer than ``SECONDS``, twice; Presidio itself only logs that.

    """
    for _ in range(2):
        start = process_time()
        found = score(recognizer, value)
        if process_time() - start < SECONDS:
            return found
    raise OutOfTime(recognizer.name)


def _listed(path: Path) -> list[Any]:
    """Make what a YAML file lists: recognizers alone, a registry, or a whole analyzer's settings."""
    from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider
    from presidio_analyzer.recognizer_registry.recognizers_loader_utils import (
        PredefinedRecognizerNotFoundError,
    )

    told = f"the Presidio file {path.name} cannot be read"
    settings = _settings(path, told)
    try:
        provider = RecognizerRegistryProvider(registry_configuration=settings)
        return list(provider.create_recognizer_registry().recognizers)
    except PredefinedRecognizerNotFoundError:
        raise Misconfigured(f"{told}: it lists a recognizer that Presidio does not have") from None
    except (ImportError, TypeError, KeyError, AttributeError) as error:
        raise Misconfigured(f"{told}: {type(error).__name__} in what it lists") from None
    except ValueError as error:
        raise Misconfigured(f"{told}: {_why(error)}") from None


def _why(error: ValueError) -> str:
    """Say where a file is wrong and how, without what it says there, which may be a deny list."""
    causes = [e for e in (error, error.__cause__, error.__context__) if e is not None]
    for fault in (f for e in causes for f in getattr(e, "errors", list)()):
        where = ".".join(str(part) for part in fault["loc"])
        return f"{where}: {fault['msg'].splitlines()[0]}"
    for cause in causes:
        if hasattr(cause, "pattern"):  # an error of a regular expression
            return f"a pattern is not valid: {cause.msg}"  # type: ignore[attr-defined]  # has one
    return "what it lists does not fit together"


def _settings(path: Path, told: str) -> dict[str, Any]:
    """Read a YAML file; leave out what needs a model, and let all languages in."""
    import yaml

    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError):
        raise Misconfigured(told) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise Misconfigured(f"{told}: it is not valid YAML{line}") from None
    raw = raw.get("recognizer_registry", raw) if isinstance(raw, dict) else raw
    if not isinstance(raw, dict) or not isinstance(raw.get("recognizers"), list):
        raise Misconfigured(f"{told}: it must list recognizers")
    named = [_full(r) for r in raw["recognizers"]]
    kept = [r for r in named if not _needs_a_model(r)]
    LOG.info("%s: %d recognizers listed, %d usable", path.name, len(named), len(kept))
    spoken = {one for r in kept if isinstance(r, dict) for one in _languages(r)}
    languages = sorted(spoken | {"en"} | set(raw.get("supported_languages") or ()))
    settings = {k: v for k, v in raw.items() if k in {"global_regex_flags"}}
    return {
        "global_regex_flags": 26,  # Presidio's default: case ignored, lines, dots
        **settings,
        "recognizers": kept,
        "supported_languages": languages,
    }


def _full(listed: Any) -> Any:
    """Write a bare name as a table: Presidio's loader documents bare names and passes over them."""
    return {"name": listed, "type": "predefined"} if isinstance(listed, str) else listed


def _needs_a_model(listed: Any) -> bool:
    """Whether this is one of Presidio's that need a model or a service: Efface has its own."""
    from presidio_analyzer import predefined_recognizers

    if not isinstance(listed, dict):
        return False
    name = listed.get("class_name") or listed.get("name")
    made = getattr(predefined_recognizers, name, None) if isinstance(name, str) else None
    return isinstance(made, type) and not made.__module__.startswith(USABLE)


def _languages(listed: Mapping[str, Any]) -> Iterator[str]:
    several = listed.get("supported_languages")
    for one in [listed.get("supported_language"), *(several if isinstance(several, list) else ())]:
        code = one.get("language") if isinstance(one, dict) else one
        if isinstance(code, str):
            yield code
