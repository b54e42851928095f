"""Language fallback for a message's texts: the reader's language, else the other of our two, else the message's
first; and its texts as they are shown: without HTML's tags, and never cut without a mark."""

from __future__ import annotations

import html
import re
from typing import Any

from django.utils.translation import get_language

_FALLBACK = {"zh": ("zh", "en"), "en": ("en", "zh")}
_CHINESE = {"zh", "cmn", "chi", "zho", "yue", "wuu", "nan", "hak"}
"""ISO 639-1, the macrolanguage of 639-2 and 639-3 in both its codes, and the languages under it that are written so."""
_ENGLISH = {"en", "eng"}
_TRADITIONAL = {"hant", "tw", "hk", "mo"}
_TRADITIONAL_BY_NATURE = {"yue", "nan", "hak"}
LONGEST_HEADLINE = 160  # CAP 1.2 section 3.2.2 advises no more, for small devices
CUT = "…"


def main_of(tag: str) -> str:
    """“zh” and “en” for whatever stands for them (zh_CN, cmn-Hans, chi, zho, zh-TW, eng), else the main subtag."""
    main = _parts(tag)[0]
    return "zh" if main in _CHINESE else "en" if main in _ENGLISH else main


def is_traditional(tag: str) -> bool:
    main, *rest = _parts(tag)
    if "hans" in rest or "cn" in rest:
        return False
    return main in _TRADITIONAL_BY_NATURE or bool(_TRADITIONAL & set(rest))


def _parts(tag: str) -> list[str]:
    return re.split(r"[-_\s]+", tag.strip().lower()) or [""]


def blocks_for(infos: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """All blocks of the best language that there is; simplified Chinese comes before traditional. Empty for a message
    without blocks.
    """
    wanted = main_of(language) if main_of(language) in _FALLBACK else "zh"
    for main in _FALLBACK[wanted]:
        if found := [block for block in infos if main_of(block["language"]) == main]:
            simplified = [block for block in found if not is_traditional(block["language"])]
            return simplified or found
    return [block for block in infos if block["language"] == infos[0]["language"]]


def other_blocks(infos: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Those that `blocks_for` leaves out, in the message's order: every block can be reached."""
    shown = blocks_for(infos, language)
    return [block for block in infos if block not in shown]


def headline(infos: list[dict[str, Any]], language: str) -> str:
    """The headline, or the event where the sender gave none, as plain text; one that is too long ends in “…”."""
    for block in blocks_for(infos, language):
        if text := plain(block["headline"]) or plain(block["event"]):
            return shortened(" ".join(text.split()))
    return ""


def shortened(text: str, longest: int = LONGEST_HEADLINE) -> str:
    """The beginning and the end with “…” between: a Chinese headline names its colour last."""
    if len(text) <= longest:
        return text
    tail = longest // 3
    return f"{text[: longest - tail - 1].rstrip()}{CUT}{text[-tail:].lstrip()}"


def areas(blocks: list[dict[str, Any]]) -> str:
    """The descriptions of all areas, each once."""
    return "; ".join(dict.fromkeys(area["description"] for block in blocks for area in block["areas"]))


def both(infos: list[dict[str, Any]]) -> dict[str, str]:
    """For cards and sentences, which are written once and read in either language."""
    return {"zh": headline(infos, "zh"), "en": headline(infos, "en")}


def said(text: dict[str, str]) -> str:
    """A sentence that is kept in both languages, in the reader's."""
    return text.get("en" if (get_language() or "").startswith("en") else "zh", "")


_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?/?>|<!--|-->", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_LINES = {"p", "div", "br", "li", "tr", "table", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
_UNSAID = {"script", "style", "head", "title", "template", "iframe", "object"}


def plain(text: str) -> str:
    """HTML in a text as text: no tags, entities resolved, paragraphs as lines, scripts and styles gone. What is not
    HTML (“pressure <990 hPa”) stays as it is. For display; what is stored and sent on is the sender's own. One pass,
    linear in the text: a parser of HTML is not, with tags that never close.
    """
    if not (_TAG.search(text) or _ENTITY.search(text)):
        return text
    said, silent, at, inside = [], [], 0, ""
    for tag in _TAG.finditer(text):
        (silent if inside else said).append(text[at : tag.start()])
        at, name, closes = tag.end(), (tag[2] or "").lower(), tag[1] == "/" or tag[0] == "-->"
        if inside and closes and name in (inside, ""):
            inside, silent = "", []
        elif not inside and not closes and (name in _UNSAID or tag[0] == "<!--"):
            inside = name or "comment"
        elif not inside and name in _LINES:
            said.append("\n")
    said += [*silent, text[at:]]  # one that never closed hides nothing
    lines = [" ".join(line.split()) for line in html.unescape("".join(said)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
