"""Which colours a headline names, and how: as in force now, as lifted, as what was, or as what may come.

A small reader of telegraphic official language. The text is cut into clauses, a clause into mentions (of a colour, or
of a warning without one) and verbs; a verb rules the mentions after it up to the next verb, except where it closes its
clause (“橙色预警解除”). What is not understood counts as in force: a headline is never made quieter by guessing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from early_warning.platforms.cap import lexicon as lex

NOW, LIFTED, FORMER, POSSIBLE, DENIED = "now", "lifted", "former", "possible", "denied"
_LONGEST_READ = 2_000  # characters from either end of a headline: bounds the work

_TOKEN = re.compile(
    "|".join(
        [
            f"(?P<lift>{lex.LIFT})",
            f"(?P<issue>{lex.ISSUE})",
            f"(?P<change>{lex.CHANGE})",
            f"(?P<to>{lex.TO})",
            f"(?P<from>{lex.FROM})",
            f"(?P<maybe>{lex.MAYBE})",
            f"(?P<never>{lex.NEVER})",
            lex.COLOUR_ZH,
            lex.COLOUR_EN,
            lex.NUMERAL_ZH,
            lex.GRADE_ZH,
            lex.LEVEL_EN,
            rf"(?P<warns>{lex.WARNS_ZH}+|\b(?:warnings?|alerts?|signals?|advisor(?:y|ies))\b)",
            r"(?P<break>[,;。!?\n]|\.(?=\s|$)|\s[-–—]+\s|[–—]+)",
        ]
    )
)
_TABLES = {
    "zh": lex.BY_WORD,
    "en": lex.BY_WORD,
    "numeral": lex.BY_NUMERAL,
    "grade": lex.BY_GRADE,
    "level": lex.BY_NUMERAL,
}
_WARNS_EN = re.compile(r"\b(?:warnings?|alerts?|signals?|advisor(?:y|ies))\b")
_CONTEXT_EN = re.compile(rf"\b{lex.WARNS_EN}\b")
_CLOSES_ZH = re.compile(r"(?:了|的?(?:通知|公告|通告|消息)|[\])】])?\s*$|[\])】]")
_UP_TO_LIFT_ZH = re.compile(
    r"(?:信号|等级|级别|[)\]】]|已|于|现|经|全部|全面|正式|予以|均|自动|\d|时|分|日|月|年|点|:)*"
)
_UP_TO_LIFT_EN = re.compile(
    r"[\s)\]]*(?:signals?\s*)?(?:(?:for|in|of|over|at|on)\s[^:]{0,60}?)?\s*"
    r"(?:(?:is|are|was|were|has|have|been|being|now|hereby|already|officially)\s*)*"
)
_PAST_EN = re.compile(r".*(?:ed|awn|ation|ion|awal|over|down|longer.*|clear)$")
_POSTFIX = re.compile(r"(?:M+F?[LI]){2,}")


@dataclass
class _Token:
    kind: str
    text: str
    start: int
    end: int
    colour: str = ""


@dataclass
class _Mention:
    token: _Token
    how: str
    ruled: bool = False


@dataclass(frozen=True)
class Phrase:
    """Colours by how they are named; ``lifts``: it lifts, and puts nothing in force."""

    now: tuple[str, ...] = ()
    lifted: bool = False
    issued: bool = False
    green: bool = False

    @property
    def lifts(self) -> bool:
        return self.lifted and not self.now and not self.issued

    @property
    def lifts_a_part(self) -> bool:
        return self.lifted and bool(self.now or self.issued)


def read(text: str) -> Phrase:
    """Of a text longer than twice the limit the beginning and the end are read."""
    if len(text) > 2 * _LONGEST_READ:
        text = f"{text[:_LONGEST_READ]}\n{text[-_LONGEST_READ:]}"
    return _read(text)


@lru_cache(maxsize=512)
def _read(text: str) -> Phrase:
    text = lex.fold(text)
    mentions: list[_Mention] = []
    lifted = False
    for clause in _clauses(text):
        reader = _Clause(text, clause, mentions)
        reader.read()
        mentions.extend(reader.mentions)
        lifted = lifted or reader.lifted
    named = [m for m in mentions if m.token.colour in lex.COLOURS]
    now = [m.token.colour for m in named if m.how == NOW]
    if not now and not lifted:
        now = [m.token.colour for m in named if m.how == FORMER]
    green = any(m.token.colour == lex.GREEN and m.how == NOW for m in mentions)
    denied = bool(lex.NO_WARNING.search(text)) and not any(m.how == NOW for m in mentions)
    return Phrase(
        now=tuple(dict.fromkeys(now)),
        lifted=lifted or any(m.how == LIFTED for m in mentions),
        issued=any(m.ruled and m.how == NOW for m in mentions),
        green=green or denied,
    )


def _clauses(text: str) -> list[list[_Token]]:
    clauses: list[list[_Token]] = [[]]
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        token = _Token(kind, found.group(), found.start(), found.end())
        if kind == "break":
            heading = len(clauses[-1]) == 1 and clauses[-1][0].kind == "lift" and token.text.strip() in ("-", "–", "—")
            if not heading:
                clauses.append([])
            continue
        if kind in _TABLES:
            token.kind, token.colour = "mention", _TABLES[kind][found.group(kind)]
            if not _CONTEXT[kind](text, found):
                continue
            if token.colour == lex.GREEN and not lex.GREEN_SAYS.match(text, found.end()):
                continue
        elif kind == "warns":
            token.kind = "mention"
        clauses[-1].append(token)
    return [clause for clause in clauses if clause]


def _always(text: str, found: re.Match[str]) -> bool:
    return True


def _beside_a_warning(text: str, found: re.Match[str]) -> bool:
    """一级预警, [Ⅰ级/特别重大], 预警级别:一级, 特别重大暴雨预警; not 一级响应, 重大气象灾害, 8级大风."""
    if found.lastgroup == "grade" and lex.LABEL.search(text, max(0, found.start() - 6), found.start()):
        return True
    if found.group() in lex.EXTREME and lex.NUMBERS_WARNING.match(text, found.end()):
        return True
    follows = lex.GRADES_WARNING if found.lastgroup == "grade" else lex.NUMBERS_WARNING
    before = text[found.start() - 1 : found.start()]
    if follows.match(text, found.end()):
        return (
            found.lastgroup != "grade"
            or bool(re.match(rf"级?{lex.WARNS_ZH}", text[found.end() :]))
            or before in "[(【/"
        )
    return bool(before) and before in lex.BEFORE_A_LEVEL and found.lastgroup == "numeral"


def _in_english(text: str, found: re.Match[str]) -> bool:
    """A colour may be a name or an adjective: a warning's word or verb must stand in the same clause."""
    start = max(text.rfind(mark, 0, found.start()) for mark in ",;\n") + 1
    ends = [at for mark in ",;\n" if (at := text.find(mark, found.end())) >= 0]
    before, after = text[start : found.start()], text[found.end() : min(ends, default=len(text))]
    if found.lastgroup == "level":
        return bool(_WARNS_EN.search(f"{before} {after}")) or not f"{before}{after}".strip()
    if _CONTEXT_EN.search(f"{before} {after}"):
        return True
    verb = rf"(?:{lex.ISSUE}|{lex.LIFT}|{lex.CHANGE}|{lex.FROM}|\bto\b|[-:(\[/])\s*(?:an?\s+|the\s+)?$"
    return bool(re.search(verb, before)) or not before.strip() or not after.strip(" .)]")


_CONTEXT: dict[str, Callable[[str, re.Match[str]], bool]] = {
    "zh": _always,
    "numeral": _beside_a_warning,
    "grade": _beside_a_warning,
    "en": _in_english,
    "level": _in_english,
}


class _Clause:
    """Reads one clause; ``earlier`` are the mentions of the clauses before it."""

    def __init__(self, text: str, tokens: list[_Token], earlier: list[_Mention]) -> None:
        self.text, self.tokens, self.earlier = text, tokens, earlier
        self.mentions: list[_Mention] = []
        self.how, self.ruled, self.lifted = NOW, False, False
        self.maybe = self.never = self.turns = False

    def read(self) -> None:
        letters = "".join(
            {"mention": "M", "lift": "L", "issue": "I", "from": "F"}.get(t.kind, "x") for t in self.tokens
        )
        if _POSTFIX.fullmatch(letters):
            self._read_postfix()
            return
        for i, token in enumerate(self.tokens):
            after = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
            before = self.tokens[i - 1] if i else None
            getattr(self, f"_{token.kind}")(token, before, after)

    def _read_postfix(self) -> None:
        """“橙色预警解除 红色预警发布”: every verb closes what stands before it."""
        waiting: list[_Mention] = []
        for token in self.tokens:
            if token.kind == "mention":
                waiting.append(_Mention(token, NOW))
            elif token.kind in ("lift", "issue"):
                for mention in waiting:
                    mention.how, mention.ruled = (LIFTED if token.kind == "lift" else NOW), token.kind == "issue"
                self.lifted = self.lifted or token.kind == "lift"
                self.mentions.extend(waiting)
                waiting = []

    def _mention(self, token: _Token, before: _Token | None, after: _Token | None) -> None:
        if self.never and before is not None and before.kind == "never":
            self._rule(DENIED, ruled=False)
        self.mentions.append(_Mention(token, self.how, self.ruled))

    def _issue(self, token: _Token, before: _Token | None, after: _Token | None) -> None:
        if before is not None and before.kind == "lift" and before.end == token.start and not self.mentions:
            self.lifted = True  # 停止发布: it lifts
            return self._rule(LIFTED, ruled=False)
        return self._rule(DENIED if self._denied(before) else POSSIBLE if self.maybe else NOW)

    def _lift(self, token: _Token, before: _Token | None, after: _Token | None) -> None:
        if self.maybe or self._denied(before) or self.never:
            return self._rule(NOW, ruled=False)
        if _is_mention(after):
            self.lifted = True
            return self._rule(LIFTED, ruled=False)
        if self._closes(token, before, after):
            self.lifted = True
            for mention in self.mentions:
                if mention.how == NOW and not mention.ruled:
                    mention.how = LIFTED
        return None

    def _change(self, token: _Token, before: _Token | None, after: _Token | None) -> None:
        self.turns = True
        if self.maybe:
            return self._rule(POSSIBLE)
        if _is_mention(after) and any(m.how == NOW and m.token.colour for m in self.mentions):
            return self._turn()
        return self._rule(NOW, ruled=False)

    def _to(self, token: _Token, before: _Token | None, after: _Token | None) -> None:
        if self.maybe:
            return self._rule(POSSIBLE)
        if self.turns or token.text in ("→", "->", "=>", "⇒"):
            return self._turn()
        return None

    def _from(self, token: _Token, before: _Token | None, after: _Token | None) -> None:
        if _is_mention(after):
            self.turns = True
            self._rule(FORMER, ruled=False)

    def _maybe(self, token: _Token, before: _Token | None, after: _Token | None) -> None:
        if token.text == "将" and _is_mention(after):
            return
        self.maybe = True
        self._rule(POSSIBLE, ruled=False)
        if after is None and before is not None and before.kind == "mention":
            self._perhaps(token, before)

    def _perhaps(self, token: _Token, before: _Token) -> None:
        """“Red warning possible”, but not “Red warning: heavy rain expected”."""
        if re.fullmatch(r"\s*(?:is|are)?\s*", self.text[before.end : token.start]):
            for mention in self.mentions:
                if mention.how == NOW and not mention.ruled:
                    mention.how = POSSIBLE

    def _never(self, token: _Token, before: _Token | None, after: _Token | None) -> None:
        self.never = True

    def _turn(self) -> None:
        """What was named before this is what it was; a clause that begins with the turn speaks of the one before."""
        first = self.tokens[0].kind in ("change", "to") and not self.mentions
        for mention in self.earlier if first else self.mentions:
            if mention.how == NOW:
                mention.how = FORMER
        self._rule(NOW)

    def _rule(self, how: str, *, ruled: bool = True) -> None:
        self.how, self.ruled = how, ruled

    def _denied(self, before: _Token | None) -> bool:
        return before is not None and before.kind == "never"

    def _closes(self, token: _Token, before: _Token | None, after: _Token | None) -> bool:
        """The verb speaks of a warning named before it in the clause, or stands alone."""
        rest = self.text[token.end : after.start if after else None]
        rest = re.split(r"[,;。!?\n]", rest, maxsplit=1)[0]
        last = self.mentions[-1].token if self.mentions else None
        if last is None:
            return not before and len(rest.strip()) <= 3 and not self.text[: token.start].strip(" [(【:")
        between = self.text[last.end : token.start]
        if "\u4e00" <= token.text[0] <= "\u9fff":
            near = len(between) <= 14 and ":" not in re.sub(r"\d:\d", "", between) if token.text == "解除" else False
            return bool(_CLOSES_ZH.match(rest)) and (near or bool(_UP_TO_LIFT_ZH.fullmatch(between)))
        passive = bool(_PAST_EN.fullmatch(token.text)) and not (before is not None and before.kind == "issue")
        return passive and bool(_UP_TO_LIFT_EN.fullmatch(between))


def _is_mention(token: _Token | None) -> bool:
    return token is not None and token.kind == "mention"
