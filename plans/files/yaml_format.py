"""Plans as YAML: written for people to read, read without trusting it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from contextlib import suppress
from typing import Any

import yaml
from django.utils.translation import gettext as _

from plans.files.documents import concise
from plans.rules.problems import Problem, Refused
from plans.rules.words import EMERGENCY_LEVELS, WARNING_LEVELS

LARGEST = 1024 * 1024
"""Bytes. The largest plan that the form allows is a third of it."""
MOST_EVENTS = 60_000
"""Of YAML's parser, counted by its quick half in C: the largest plan has a third of it."""
MOST_DEPTH = 40
FILED = {"warning": WARNING_LEVELS, "levels": EMERGENCY_LEVELS}
"""The keys under which a file writes the levels of each ladder."""


class _Loader(yaml.SafeLoader):
    """Refuses what YAML would swallow: a key that stands twice, and anchors (a small file could grow without end)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if getattr(event, "anchor", None):
            raise _at(event.start_mark, _("Anchors and aliases are not read here."))
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _at(key.start_mark, _("A key is a word."))
            if key.tag == "tag:yaml.org,2002:merge":
                raise _at(key.start_mark, _("Anchors and aliases are not read here."))
            if key.value in seen:
                raise _at(key.start_mark, _("The key “%(key)s” stands there twice.") % {"key": key.value})
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _at(mark: Any, message: str) -> Refused:
    return Refused([Problem(_("line %(line)s") % {"line": mark.line + 1} if mark else "", message)])


def _measure(text: str) -> None:
    """Refused for what would keep the parser for long: depth costs it the square."""
    depth = 0
    for mark in re.finditer(r"[\[{\]}]", text):
        depth += 1 if mark[0] in "[{" else -1
        if depth > MOST_DEPTH:
            raise Refused([Problem("", _("This is nested deeper than %(limit)s levels.") % {"limit": MOST_DEPTH})])
    depth = 0
    with suppress(yaml.YAMLError, ValueError):  # which the other parser tells with its line
        for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if number > MOST_EVENTS:
                raise Refused([Problem("", _("This holds more than %(limit)s values.") % {"limit": MOST_EVENTS})])
            if depth > MOST_DEPTH:
                raise Refused([Problem("", _("This is nested deeper than %(limit)s levels.") % {"limit": MOST_DEPTH})])


def read(content: bytes | str) -> Any:
    """The document in a YAML file, unchecked. Refused, with the line, for what is not YAML."""
    if len(content) > LARGEST:
        raise Refused([Problem("", _("This file is too large."))])
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        _measure(text)
        return _one_set(yaml.load(text, Loader=_Loader))  # noqa: S506 - a SafeLoader that refuses more
    except UnicodeDecodeError:
        raise Refused([Problem("", _("This file is not UTF-8 text."))]) from None
    except yaml.MarkedYAMLError as error:
        reason = str(error.problem or error.context or "")
        raise _at(error.problem_mark, _("This is not YAML: %(reason)s") % {"reason": reason}) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise Refused([Problem("", _("This is not YAML: %(reason)s") % {"reason": reason})]) from None


def _one_set(document: Any) -> Any:
    """A file writes the two ladders apart, ``warning`` and ``levels``; a document has one set of levels. A level under
    the wrong one is refused.
    """
    if not isinstance(document, dict):
        return document
    ladders = {name: document.get(name) for name in FILED}
    problems = [
        Problem(f"{name}.{code}", _("“%(code)s” is no level of this ladder: %(levels)s.")
                % {"code": code, "levels": ", ".join(FILED[name])})
        for name, levels in ladders.items() if isinstance(levels, dict) for code in levels if code not in FILED[name]
    ]  # fmt: skip
    if "warning" in document and not isinstance(ladders["warning"], dict | None):
        problems.append(
            Problem("warning", _("This is a set of levels: %(levels)s.") % {"levels": ", ".join(WARNING_LEVELS)})
        )
    if problems:
        raise Refused(problems)
    if not ladders["warning"]:
        return {name: value for name, value in document.items() if name != "warning"}
    if not isinstance(ladders["levels"], dict | None):
        return document
    levels = {**ladders["warning"], **(ladders["levels"] or {})}
    return {**{name: value for name, value in document.items() if name != "warning"}, "levels": levels}


class _Dumper(yaml.SafeDumper):
    """Lists of words and triggers on one line, long texts as blocks, rows indented under their key."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


class _OnOneLine(dict[str, Any]):
    """A mapping to be written as {a: b}."""


def _list(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
    words = all(isinstance(one, (str, int, float)) for one in data)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=words)


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


def _line(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)


_Dumper.add_representer(list, _list)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(_OnOneLine, _line)


def _two_ladders(made: dict[str, Any]) -> dict[str, Any]:
    """``levels`` as the file has them: the colours under ``warning``, before it."""
    found: dict[str, Any] = {}
    for name, value in made.items():
        if name == "levels":
            warning = {code: row for code, row in value.items() if code in WARNING_LEVELS}
            found |= {"warning": warning} if warning else {}
            value = {code: row for code, row in value.items() if code not in WARNING_LEVELS}
        found[name] = value
    return found


def dump(document: Mapping[str, Any]) -> str:
    """The document as YAML without defaults. Reading it again gives the same plan."""
    made = concise(document)
    for level in made["levels"].values():
        if "triggers" in level:
            level["triggers"] = [_OnOneLine(rule) for rule in level["triggers"]]
    made = _two_ladders(made)
    return yaml.dump(made, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
