"""Texts of the interface that speak of telephone calls, text messages or e-mail are known one by one, so that none
promises what is not sent: only the deliverer rings and writes, where a gateway account is set up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polib

from tests.support.sources import ROOT

SPEAKS_OF = re.compile(
    r"短信|致电|拨打|来电|电话|回电|邮件|邮箱|响铃|\bSMS\b|text message|e-?mail|telephone|\bby phone|\bphones? sound"
    r"|\bsounds?\b|\bcalling back\b|\bcall back\b|\bring\b",
    re.IGNORECASE,
)
PEOPLE_DO_IT = {
    # A person is told, or asked, to take up a telephone.
    "%(n)s clock of the system has stopped: chase by telephone and tell the administrator.",
    "%(n)s still has no answer after every escalation step: phone them yourself.",
    "%(unit)s (%(post)s) is still silent: call it yourself. Order %(ref)s",
    "An unannounced call that asks who is on duty and what they know of tonight's warnings.",
    "Call %(name)s %(number)s",
    "Incidents are opened by the command office and the townships. Call them, and they open it.",
    "Is anybody in danger right now? Call 119 or 110 first.",
    "Life in danger: call 119 or 110 first",
    "None of your posts approves a level. Call whoever does; they put it into effect.",
    "Nothing was partly saved. Actions are saved completely or not at all. Try again; if it fails again, act by "
    "telephone and tell the administrator the time and the code shown here.",
    "Random hours, unannounced; whoever is called has five minutes to call back.",
    "Staff the duty desk from now on, keep your phones open and report every hour.",
    "The officer who answers the duty phone and keeps the log.",
    "This code is no longer valid. Tell the village office, or call 110 or 119.",
    "Too many reports came from here within the hour. Is it urgent? Call 110 or 119.",
    "What you see may be old, and no order reaches you here meanwhile: keep in touch with your duty desk by telephone. "
    "This page tries again by itself.",
    "Whoever is on duty is called at once; they have five minutes to call back.",
    "You can also tell the duty desk of %(unit)s: %(phone)s.",
    "the county is told to telephone them itself",
    "reminded again; to be telephoned by hand",
    # How somebody's answer came, or how a call was made, as it is logged by hand.
    "%(by)s logged a call: %(content)s",
    "Called at",
    "Caller",
    "Caller's phone",
    "Caller's post",
    "Caller's unit",
    "Caller, place or words",
    "Log a call",
    "Press N: every call gets its line, with caller, place, cause, measures and who was told.",
    "Say in a few words what the call was about.",
    "Call log",
    "by phone",
    "call",
    "call log",
    "caller",
    "caller's phone",
    "caller's post",
    "caller's unit",
    "text message",
    "File hazards by phone, with and without a signal.",
    "Everything that was found is closed. What is filed by phone stands here at once.",
    "No photo was taken. By phone, photos go with the report and after the work.",
}
A_NUMBER_ON_RECORD = {
    # A superior's call, a leader's own telephone, and the county's numbers for reports.
    "%(by)s logged the reply to a superior's call: %(content)s",
    "%(caller)s called %(unit)s and waits for a reply: give it, and log it.",
    "%(n)s superior's call is past its time for a reply.",
    "A superior's call is replied to within",
    "A superior's call to %(unit_name)s still waits for a reply: %(content)s",
    "An unanswered superior's call is called to mind, every",
    "Columns: unit code, name, and where known population, households, longitude, latitude and phone.",
    "County to city, large incident and above, by phone",
    "Of a superior's call; left empty, as the county's number says.",
    "Phone while away",
    "Such as: the leader, by phone.",
    "Superior's call: a reply is due",
    "Superiors' calls without a reply",
    "This call waits for no reply.",
    "Township or department to county, by phone",
    "a superior's call without a reply is called to mind",
    "phone while away",
    "replies to superiors",
    "superior's call",
    "%(by)s changed the phone number of %(name)s",
    "%(by)s confirmed the phone number of %(name)s",
    "%(name)s has no phone number.",
    "Columns: unit code, post, name, phone, role (A or B).",
    "Confirm the phone numbers",
    "Duty phone",
    "All people and numbers are fictitious. Tap to sign in.",
    "My phone",
    "Name, phone or unit",
    "Names in Chinese or pinyin, numbers of orders and incidents, or four digits of a phone.",
    "No header was found: the columns are unit code, post, name, phone and role.",
    "No phone",
    "No phone on record",
    "People appear here with their phones as soon as an order goes out.",
    "Phone",
    "Phone confirmed",
    "Several people here are called %(name)s: add the phone number after the name.",
    "The phone number is missing.",
    "There is no number on record to confirm.",
    "This is neither a mobile number of 11 digits nor a fixed line with its area code.",
    "Unit, person or number",
    "Your name and phone",
    "call back due at",
    "duty phone",
    "e-mail",
    "phone",
    "phone last confirmed",
    "without a phone number",
}
SOUND_OF_THE_OPEN_PAGE = {
    "An order for you appears here by itself, with an alarm.",
    "Something new appears here by itself, with an alarm.",
    "Phones and computers on which they have Sanji open sound until they answer.",
    "While Sanji is open here and sound is enabled, this device sounds for an order until you answer.",
    "Test the sound",
    "Enable sound",
    "This browser does not play sounds.",
}
BY_RULE = {
    "who does not call back in time is called again, then the leader",  # of a spot check, over the same in-app way
}
GATEWAYS_AT_WORK = {
    # Of what the deliverer sends, or does not.
    "%(waiting)s messages wait and none is sent: the deliverer does not work. Call by hand, and have it looked at.",
    "A text that says that it is a test; whoever answers in time can be reached.",
    "Gateway %(name)s does not answer: calls and texts may not have gone out.",
    "Unannounced. Everybody gets a text that says that it is a test; nothing climbs when they are silent.",
}
OTHER_THINGS = {
    "Ring",  # that counts down
    "a ring has too few points",  # of a polygon
    "Levels, posts, order and triggers are sound.",
    "Publish what is sound; what is not stays a draft, and counts as a gap",
    "Sound. Choose the file again and store it as a draft.",
}
OF_GATEWAYS = {
    # Names of gateways and of what is entered for them (docs/gateways.md).
    "Aliyun text messages",
    "Asterisk (telephones of a closed network)",
    "E-mail",
    "Tencent text messages",
    "approved signature",
    "mail server",
    "to one telephone: one in 30 s, and few a day with the same text",
}
REACH_SCREENS = {
    "%(kind)s, a step that asks for a call",
    "No gateway account is in use: messages stay on the screens, and no alarm rings a telephone.",
    "This alarm would be silent: it needs a text or a call, for not everybody has another channel.",
    "alarms, a step that asks for a call",
    "calls of the escalation",
    # Of accounts, of what was sent over them, and of how one wishes to be reached.
    "%(by)s tested the gateway account %(name)s with their own telephone",
    "%(n)s handed over or waiting, %(parts)s parts and calls, ¥%(cost)s",
    "%(n)s texts and calls, ¥%(yuan)s",
    "%(total)s telephones, %(ringing)s ringing",
    "Accounts that carry texts and calls. Of one channel the lowest priority is used first; where it fails, the next.",
    "Also write to this address",
    "An address is needed for this.",
    "Call",
    "Demo phones",
    "Duty desks see this number. Alarms ring it once the county has an account at a gateway.",
    "E-mail",
    "Issue a red order: the telephones of those called ring within seconds.",
    "Language of texts and calls",
    "No telephone has anything to show",
    "No telephone like this has anything to show",
    "Sanji is calling",
    "Second phone",
    "Telephones",
    "Test with my phone",
    "This is your first number already.",
    "Until there is one, messages stay on the screens: no telephone rings.",
    "What leaves the house by text, call or app stands here.",
    "What the telephones of the invented people show now. Whatever you do here comes in as it would from a real gateway.",  # noqa: E501
    "also by e-mail",
    "by text message",
    "second phone",
}
WHAT_CALLS_BRING = {
    # What became of a call or a text that the deliverer made, what a village without a network means, and forecasts.
    "%(names)s is presumed cut off: no telephone reaches it.",
    "%(unit)s (%(post)s) is presumed cut off, no telephone reaches it: send a runner, use the loudspeaker, a satellite "
    "telephone or the neighbouring village. Order %(ref)s",
    "%(unit)s is presumed cut off: %(people)s responsible people without a network within %(minutes)s min",
    "%(unit_name)s is presumed cut off: within %(minutes)s min the telephones of %(people)s responsible people had no "
    "network. Telephones are left; %(assignments)s unanswered orders go to a runner, loudspeaker, satellite telephone "
    "or the neighbouring village",
    "A call has said its message after",
    "A telephone has no network: %(error)s. Another way is tried",
    "A telephone was reached (%(channel)s): %(outcome)s",
    "A village is presumed cut off from so many people without a network on",
    "Calls that are answered at night, before there is a history",
    "Calls that are answered by day, before there is a history",
    "Texts that are answered at night, before there is a history",
    "Texts that are answered by day, before there is a history",
    "With %(n)s telephone lines: 90 %% in about %(p90)s.",
    "a telephone was reached again",
    "a village is presumed cut off when the telephones of several responsible people have no network within minutes; "
    "any sign of life lifts it",
    "text",
    "… if their telephones failed within",
}

FINE = (
    OF_GATEWAYS | GATEWAYS_AT_WORK | REACH_SCREENS | WHAT_CALLS_BRING | PEOPLE_DO_IT | A_NUMBER_ON_RECORD
    | SOUND_OF_THE_OPEN_PAGE | OTHER_THINGS | BY_RULE
)  # fmt: skip


def entries() -> Iterator[polib.POEntry]:
    for domain in ("django", "djangojs"):
        yield from polib.pofile(str(ROOT / f"locale/zh_Hans/LC_MESSAGES/{domain}.po"))


def words_of(entry: polib.POEntry) -> str:
    return " | ".join([entry.msgid, entry.msgid_plural, entry.msgstr, *map(str, entry.msgstr_plural.values())])


def test_every_text_that_speaks_of_a_call_or_a_message_is_one_that_is_true() -> None:
    strays = [words_of(one) for one in entries() if SPEAKS_OF.search(words_of(one)) and one.msgid not in FINE]
    assert strays == []


def test_every_exception_is_still_a_text() -> None:
    assert sorted(FINE - {entry.msgid for entry in entries()}) == []
