"""Components render what they promise, in each language."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from board.rules import words
from board.rules.spans import ago, countdown_tone, span
from board.templatetags import ui


@pytest.fixture(autouse=True)
def plain(plain_static: None) -> None:
    """Names of static files without a manifest."""


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0:00"), (7, "0:07"), (247, "4:07"), (3847, "1:04:07"), (86400 * 2 + 3 * 3600, "2 d 3 h")],
)
def test_a_span_is_written_by_its_length(seconds: int, text: str) -> None:
    with translation.override("en"):
        assert span(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "now"), (14, "14 s ago"), (200, "3 min ago"), (7300, "2 h ago"), (90000 * 4, "4 d ago")]
)
def test_an_age_is_written_in_its_largest_unit(seconds: int, text: str) -> None:
    with translation.override("en"):
        assert ago(timedelta(seconds=seconds)) == text


def test_a_deadline_warns_in_its_last_quarter_and_is_over_after_it() -> None:
    start = timezone.now()
    due = start + timedelta(minutes=20)
    tones = [countdown_tone(due, start, start + timedelta(minutes=m)) for m in (0, 14, 16, 21)]
    assert tones == ["", "", "soon", "over"]


def test_a_colour_is_drawn_with_the_shape_of_its_level() -> None:
    html = render('{% level "orange" "colour" %}')
    assert "#level-II" in html
    assert "lv-II" in html
    assert str(words.COLOUR_WORDS["II"]) in html


def test_no_level_is_said_in_words() -> None:
    assert str(words.NONE_WORDS["response"]) in render('{% level "" "response" %}')


def test_a_vacant_post_is_shown_not_dropped() -> None:
    with translation.override("en"):
        html = render("{% person None 'Village head' %}")
    assert "Vacant" in html
    assert "Village head" in html


def test_a_missing_phone_is_said_and_a_known_one_dials() -> None:
    with translation.override("en"):
        assert "No phone on record" in render("{% phone '' 'Ji' %}")
    assert 'href="tel:13800002061"' in render("{% phone '138 0000 2061' 'Wu' %}")


def test_the_answer_bar_puts_silence_first_and_fills_the_width() -> None:
    parts = ui.answer_bar({"verified": 1, "silent": 2, "called": 1})["parts"]
    assert [part["code"] for part in parts] == ["silent", "called", "verified"]
    assert sum(float(part["width"]) for part in parts) == pytest.approx(100)


def test_markup_in_a_name_is_escaped() -> None:
    incident = SimpleNamespace(title="<script>", ref="X", response_level="I", exercise=None)
    assert "<script>" not in render("{% incident_chip incident %}", incident=incident)


@pytest.mark.parametrize("code", words.STATES)
def test_every_state_has_a_glyph_and_a_word(code: str) -> None:
    html = render("{% state code %}", code=code)
    assert f"#state-{code}" in html
    assert str(words.STATES[code]) in html


def test_a_ring_holds_its_countdown_and_empties_towards_its_deadline() -> None:
    now = timezone.now()
    spans = {
        "due": now + timedelta(minutes=5),
        "start": now - timedelta(minutes=15),
        "past": now - timedelta(minutes=1),
    }
    html = render("{% ring due start %}{% ring past start small=True %}", **spans)
    running, over = html.split('<span class="ring')[1:]
    assert 'stroke-dasharray="25.00 100"' in running or 'stroke-dasharray="24.99 100"' in running
    assert 'stroke-dasharray="100 100"' in over or 'stroke-dasharray="100.00 100"' in over
    assert over.startswith(" ring-small over")
    assert [part.count('class="countdown') for part in (running, over)] == [1, 1]


def test_a_panel_and_a_toolbar_are_named_and_keep_what_they_hold() -> None:
    html = render(
        '{% panel side="left" title=name %}<b>in</b>{% endpanel %}{% toolbar label=name %}<i>it</i>{% endtoolbar %}',
        name='"Mine" & yours',
    )
    assert '<div class="panel-body"><b>in</b></div>' in html
    assert 'role="toolbar" aria-label="&quot;Mine&quot; &amp; yours"><i>it</i></div>' in html
    assert "<h2>&quot;Mine&quot; &amp; yours</h2>" in html
