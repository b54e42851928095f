"""The CAP 1.2 reader: what it takes, what it refuses, and how it says so."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from early_warning.platforms import cap
from early_warning.platforms.cap import tree
from early_warning.platforms.cap.bounds import MOST_POINTS
from early_warning.platforms.cap.colours import colour_of
from early_warning.platforms.cap.values import LONGEST_NAME
from tests.early_warning.messages import NAMESPACE, info, message, published

PUBLISHED = ["oasis_homeland", "oasis_thunderstorm", "oasis_earthquake", "oasis_amber", "nws_flood", "rainstorm_12379"]


def refusal(body: bytes) -> cap.Refused:
    with pytest.raises(cap.Refused) as caught:
        cap.read(body)
    return caught.value


def read_or_refused(body: bytes) -> cap.Message | cap.Refused:
    try:
        return cap.read(body)
    except cap.Refused as error:
        return error


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_messages_are_read(name):
    assert cap.read(published(name)).infos


def test_the_standards_thunderstorm_is_read_to_the_letter():
    read = cap.read(published("oasis_thunderstorm"))
    assert (read.sender, read.identifier) == ("KSTO@NWS.NOAA.GOV", "KSTO1055887203")
    assert read.sent == dt.datetime(2003, 6, 17, 21, 57, tzinfo=dt.UTC)
    (block,) = read.infos
    assert (block.severity, block.urgency, block.certainty) == ("Severe", "Immediate", "Observed")
    assert block.expires == dt.datetime(2003, 6, 17, 23, 0, tzinfo=dt.UTC)
    (area,) = block.areas
    west, south, east, north = area.shapes[0].bounds
    assert (west, south, east, north) == (-120.14, 38.34, -119.74, 38.62)
    assert area.geocodes == [("SAME", "006109"), ("SAME", "006009"), ("SAME", "006003")]


def test_the_standards_amber_alert_has_two_languages():
    assert [block.language for block in cap.read(published("oasis_amber")).infos] == ["en-US", "es-US"]


def test_a_block_without_a_language_is_english_unless_it_is_written_in_chinese():
    assert cap.read(published("oasis_homeland")).infos[0].language == "en-US"
    assert cap.read(message(infos=info(language=None))).infos[0].language == "zh-CN"


@pytest.mark.parametrize("name", ["identifier", "sender", "sent", "status", "msgType", "scope"])
@pytest.mark.parametrize("absent", [None, "", "   "])
def test_each_required_element_of_the_alert_is_asked_for(name, absent):
    error = refusal(message(**{name: absent}))
    assert (error.code, error.status) == ("invalid_message", 400)
    assert list(error.fields) == [name]


@pytest.mark.parametrize("name", ["category", "event", "urgency", "severity", "certainty"])
@pytest.mark.parametrize("absent", [None, ""])
def test_each_required_element_of_an_info_is_asked_for_by_its_place(name, absent):
    error = refusal(message(infos=info() + info(**{name: absent})))
    assert list(error.fields) == [f"info[1].{name}"]


def test_an_area_needs_its_description_and_a_pair_both_its_halves():
    area = "<area><geocode><valueName>x</valueName></geocode></area>"
    error = refusal(message(infos=info(area=area)))
    assert set(error.fields) == {"info[0].area[0].areaDesc", "info[0].area[0].geocode[0].value"}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("status", "actual"),
        ("msgType", "Warn"),
        ("scope", "public"),
        ("sent", "2026-07-09 10:15:00+08:00"),
        ("sent", "2026-07-09T10:15:00"),
        ("sent", "2026-07-09T10:15:00Z"),
        ("sent", "2026-07-09T10:15:00.5+08:00"),
        ("sent", "2026-02-30T10:15:00+08:00"),
        ("sent", "2026-07-09T10:15:00+23:00"),
        ("sent", "0001-01-01T00:00:00+08:00"),
        ("sent", "２０26-07-09T10:15:00+08:00"),
        ("identifier", "a b"),
        ("identifier", "a,b"),
        ("identifier", "a&lt;b"),
        ("identifier", "a&amp;b"),
        ("identifier", "x" * (LONGEST_NAME + 1)),
        ("sender", "a b"),
        ("references", "a,b"),
        ("references", "a,b,yesterday"),
    ],
)
def test_a_wrong_value_of_the_alert_is_named(name, wrong):
    assert list(refusal(message(**{name: wrong})).fields) == [name]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("category", "Weather"), ("urgency", "Now"), ("severity", "severe"), ("certainty", "Sure")],
)
def test_a_word_outside_an_enumeration_is_named_with_the_words_allowed(name, wrong):
    fields = refusal(message(infos=info(**{name: wrong}))).fields
    (place,) = fields
    assert place.startswith(f"info[0].{name}")
    assert wrong in str(fields[place][0])


def test_every_fault_is_told_at_once():
    error = refusal(message(status="x", msgType="Update", infos=info(severity="x", urgency=None)))
    assert set(error.fields) == {"status", "references", "info[0].severity", "info[0].urgency"}


@pytest.mark.parametrize(("scope", "needs"), [("Restricted", "restriction"), ("Private", "addresses")])
def test_a_narrower_scope_needs_its_condition(scope, needs):
    assert list(refusal(message(scope=scope)).fields) == [needs]
    assert cap.read(message(scope=scope, **{needs: "staff only"})).scope == scope


@pytest.mark.parametrize("kind", ["Update", "Cancel"])
def test_an_update_or_cancel_that_names_nothing_is_refused(kind):
    assert list(refusal(message(msgType=kind)).fields) == ["references"]


@pytest.mark.parametrize("status", ["Actual", "System"])
def test_an_alert_without_info_is_valid(status):
    assert cap.read(message(infos="", status=status)).infos == []


def test_an_element_twice_or_misspelt_is_refused_and_a_foreign_one_is_not():
    assert list(refusal(message(extra="<note>a</note><note>b</note>")).fields) == ["note"]
    polgon = "<area><areaDesc>x</areaDesc><polgon>1,1</polgon></area>"
    assert list(refusal(message(infos=info(area=polgon))).fields) == ["info[0].area[0].polgon"]
    signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>'
    assert cap.read(message(extra=signature)).identifier == "test-1"


def test_children_without_a_namespace_are_not_passed_over():
    assert "info" in refusal(message(infos=info().replace("<info>", '<info xmlns="">'))).fields


def test_comments_sections_and_spaces_do_not_change_a_value():
    assert cap.read(message(identifier=" te<!-- x -->st<![CDATA[-1]]>\n")).identifier == "test-1"


def test_markup_inside_a_value_and_loose_text_are_refused():
    assert "info[0].event" in refusal(message(infos=info(event="<b>rain</b>"))).fields
    assert "info[0]" in refusal(message(infos=info(extra="loose"))).fields


def test_utc_is_written_as_minus_zero():
    assert cap.read(message(sent="2026-07-09T02:15:00-00:00")).sent == dt.datetime(2026, 7, 9, 2, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "body",
    [
        message(),
        b"\xef\xbb\xbf" + message(),
        message().decode().replace("UTF-8", "GB2312").encode("gb18030"),
        message().decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        message().decode().replace("UTF-8", "UTF-16").encode("utf-16-be"),
        message().decode().replace("UTF-8", "UTF-16").encode("utf-16-le"),
        message().split(b"\n", 1)[1],
        b"\n  " + message().split(b"\n", 1)[1],
    ],
    ids=["utf-8", "utf-8 with mark", "gb18030", "utf-16", "utf-16-be", "utf-16-le", "undeclared", "after blank lines"],
)
def test_the_usual_encodings_are_read_alike(body):
    assert cap.read(body).infos[0].headline == "庆元县气象台发布暴雨橙色预警"


def test_an_encoding_that_we_do_not_know_or_that_is_not_what_it_says_is_refused():
    assert refusal(message().replace(b"UTF-8", b"UTF-7")).code == "unsupported_encoding"
    assert refusal(message().decode().encode("gb18030")).code == "unsupported_encoding"


BOMB = '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE alert [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]>'


@pytest.mark.parametrize("doctype", [BOMB, EXTERNAL, PARAMETER, "<!DOCTYPE alert>", "<!-- x --><?pi ?>" + BOMB])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_a_doctype_is_refused_before_it_can_do_anything(doctype, encoding):
    text = message(identifier="&b;").decode().replace("UTF-8", encoding).replace("?>\n", "?>\n" + doctype, 1)
    assert refusal(text.encode(encoding)).code == "doctype_forbidden"


def test_an_entity_that_nobody_declared_is_malformed():
    assert refusal(message(identifier="&x;")).code == "malformed_xml"


def test_a_message_over_the_limit_is_too_large():
    error = refusal(message() + b" " * tree.MAX_BYTES)
    assert (error.code, error.status) == ("too_large", 413)


def test_too_many_points_are_refused_before_they_are_drawn():
    assert (
        refusal(
            message(
                infos=info(area=f"<area><areaDesc>x</areaDesc><polygon>{'1,1 ' * (MOST_POINTS + 1)}</polygon></area>")
            )
        ).code
        == "too_complex"
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_xml"),
        (b"hello", "malformed_xml"),
        (b"\x1f\x8b\x08\x00", "unsupported_encoding"),
        (b"{}", "malformed_xml"),
        (message()[:-5], "malformed_xml"),
        (message(namespace="urn:oasis:names:tc:emergency:cap:1.3"), "wrong_namespace"),
        (message(namespace=""), "wrong_namespace"),
        (f'<info xmlns="{NAMESPACE}"/>'.encode(), "not_an_alert"),
        (b"<a>" * 5000, "too_complex"),
    ],
)
def test_what_is_no_cap_message_has_a_code_of_its_own(body, code):
    assert refusal(body).code == code


def test_the_wrong_namespace_is_told_with_the_one_expected():
    assert NAMESPACE in str(refusal(message(namespace="urn:oasis:names:tc:emergency:cap:1.3")).detail)


@pytest.mark.parametrize(
    ("infos", "expected"),
    [
        (info(headline="庆元县气象台发布暴雨红色预警[Ⅰ级/特别重大]", severity="Minor"), ("red", "platform")),
        (info(headline="由暴雨橙色预警升级为红色", severity="Severe"), ("red", "platform")),
        (info(headline="暴雨预警信号【蓝色】", severity="Minor"), ("blue", "platform")),
        (info(headline="红色旅游节期间请注意安全", severity="Minor"), ("blue", "severity")),
        (
            info(
                headline="x",
                severity="Minor",
                extra="<parameter><valueName>预警颜色</valueName><value>黄色</value></parameter>",
            ),
            ("yellow", "platform"),
        ),
        (
            info(headline="x", extra="<parameter><valueName>Warning_Level</valueName><value>Ⅱ级</value></parameter>"),
            ("orange", "platform"),
        ),
        (
            info(
                headline="x",
                extra="<parameter><valueName>awareness_level</valueName><value>4; red; Extreme</value></parameter>",
            ),
            ("red", "platform"),
        ),
        (info(headline="x", severity="Extreme"), ("red", "severity")),
        (info(headline="x", severity="Severe"), ("orange", "severity")),
        (info(headline="x", severity="Moderate"), ("yellow", "severity")),
        (info(headline="x", severity="Minor"), ("blue", "severity")),
        (info(headline="x", severity="Unknown"), ("", "none")),
        (info(headline="x", severity="Minor") + info(headline="x", severity="Extreme"), ("red", "severity")),
        (
            info(severity="Extreme", headline="暴雨蓝色预警") + info(headline="rain", severity="Extreme"),
            ("red", "severity"),
        ),
    ],
)
def test_the_colour_is_the_gravest_of_what_is_stated_and_the_severity(infos, expected):
    colour = colour_of(cap.read(message(infos=infos)).infos)
    assert (colour.name, colour.source) == expected


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_arbitrary_bytes_are_refused_and_nothing_else(body):
    refusal(body)


PARTS = re.findall(rb"<[^>]*>|[^<]+", published("oasis_earthquake"))


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_message_is_read_or_refused_and_nothing_else(data):
    parts = list(PARTS)
    for _i in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(parts) - 1))
        change = data.draw(st.sampled_from(["drop", "double", "text", "bytes"]))
        if change == "text":
            parts[at] = data.draw(st.text(max_size=40)).encode("utf-8", "surrogatepass")
        elif change == "bytes":
            parts[at] = data.draw(st.binary(max_size=20))
        else:
            parts[at] = b"" if change == "drop" else parts[at] * 2
    outcome = read_or_refused(b"".join(parts))
    assert isinstance(outcome, cap.Message) or (outcome.status in (400, 413) and str(outcome.detail))


@given(st.text(alphabet="0123456789.,+- e", max_size=60), st.sampled_from(["polygon", "circle", "altitude"]))
@settings(max_examples=300, deadline=None)
def test_any_figures_in_a_shape_are_read_or_refused(figures, kind):
    body = message(infos=info(area=f"<area><areaDesc>x</areaDesc><{kind}>{figures}</{kind}></area>"))
    outcome = read_or_refused(body)
    fields = outcome.fields if isinstance(outcome, cap.Refused) else {}
    assert all(place.startswith(f"info[0].area[0].{kind}") for place in fields)
