"""Terms with their meaning, for readers of English."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation

from board.rules.terms import TERMS


def _shown(code: str, language: str) -> str:
    with translation.override(language):
        return Template(f'{{% load ui %}}{{% term "{code}" %}}').render(Context())


@pytest.mark.parametrize("code", sorted(TERMS))
def test_a_term_is_explained_in_english_and_only_named_in_chinese(code: str) -> None:
    with translation.override("en"):
        said = str(TERMS[code].said)
    assert said.replace("'", "&#x27;") in _shown(code, "en")
    assert f'<span lang="zh-Hans">{TERMS[code].chinese}</span>' in _shown(code, "en")
    with translation.override("zh-hans"):
        assert _shown(code, "zh-hans") == str(TERMS[code].word)
