"""The words by which warnings name colours and levels, as regular expressions over folded text.

Sources: the four colours and their grades are those of 突发事件应对法 and of the weather service's signals:
Ⅰ 特别严重 is red, Ⅱ 严重 orange, Ⅲ 较重 yellow, Ⅳ 一般 blue; for accidents 特别重大, 重大, 较大, 一般. Green, yellow,
orange and red with the numbers 1 to 4 are MeteoAlarm's awareness levels. Black (Hong Kong) and violet (France) stand
above red and count as red; white (Guangdong) below blue and counts as blue; amber is orange in Britain and yellow in
Hong Kong and counts as the graver.
"""

from __future__ import annotations

import re
import unicodedata

from database.text import current, visible

COLOURS = ("red", "orange", "yellow", "blue")
"""From worst to mildest."""
GREEN = "green"
"""Stated as the colour of no warning at all (MeteoAlarm)."""

_SPACE_IN_CHINESE = re.compile(r"(?<=[\u3001-\u9fff\]\)])\s+(?=[\u3001-\u9fff\[\(])")
_OFFICES = re.compile(
    r"(?:突发事件)?预警(?:信息)?(?:发布)?(?:中心|平台|系统|办公室|指挥部)"
    r"|\b(?:warnings?|alerts?) (?:cent(?:er|re)|system|service|office)s?\b"
)


def fold(text: str) -> str:
    """Compatibility forms (Ⅰ, full width), case, traditional characters and invisible ones no longer tell apart; the
    names of warning centres, which would read as warnings, are gone.
    """
    text = current(unicodedata.normalize("NFKC", visible(text)).casefold())
    return _OFFICES.sub(" ", _SPACE_IN_CHINESE.sub("", text))


BY_WORD = {
    "红": "red",
    "橙": "orange",
    "黄": "yellow",
    "蓝": "blue",
    "绿": GREEN,
    "黑": "red",
    "紫": "red",
    "白": "blue",
    "red": "red",
    "orange": "orange",
    "amber": "orange",
    "yellow": "yellow",
    "blue": "blue",
    "green": GREEN,
    "black": "red",
    "purple": "red",
    "violet": "red",
}
BY_NUMERAL = {
    **dict.fromkeys(("i", "1", "一", "壹", "one"), "red"),
    **dict.fromkeys(("ii", "2", "二", "贰", "two"), "orange"),
    **dict.fromkeys(("iii", "3", "三", "叁", "参", "three"), "yellow"),
    **dict.fromkeys(("iv", "4", "四", "肆", "four"), "blue"),
}
BY_GRADE = {
    **dict.fromkeys(("特别重大", "特别严重"), "red"),
    **dict.fromkeys(("重大", "严重"), "orange"),
    **dict.fromkeys(("较大", "较重"), "yellow"),
    "一般": "blue",
}
BY_SEVERITY = {"extreme": "red", "severe": "orange", "moderate": "yellow", "minor": "blue"}
BY_AWARENESS = {"1": GREEN, "2": "yellow", "3": "orange", "4": "red"}
"""MeteoAlarm counts the other way round."""
BY_HEX = {"#ff0000": "red", "#ffa500": "orange", "#ff7f00": "orange", "#ffff00": "yellow", "#0000ff": "blue"}

WARNS_ZH = r"(?:预警|警报|警告|警示|警戒|信号)"
WARNS_EN = r"(?:warnings?|alerts?|signals?|alarms?|advisor(?:y|ies)|watch(?:es)?|awareness|levels?|codes?|status)"
_HAZARD = (
    "暴雨|台风|大风|雷|高温|寒潮|暴雪|道路|结冰|大雾|雾|霾|冰雹|干旱|霜冻|沙尘|山洪|地质|洪|强对流|森林|火险"
    "|低温|强降|风暴|海浪|内涝|气象"
)
_AFTER_ZH = (
    rf"(?=(?:(?!发布|签发)[^红橙黄蓝绿,;。!?]){{0,14}}?{WARNS_ZH}|$|[\s,;。!?、:/|\[\](){{}}<>【】〔〕《》「」“”\"'→+-]"
    rf"|级|等级|状态|[为至到成升降变调转改]|解除|取消|撤|发布|生效|维持|继续|i|{_HAZARD})"
)
_NO_WARNING_ZH = (
    "旅游|文旅|景区|景点|教育|革命|基地|文化|资源|线路|故里|"
    "小镇|乡村|圣地|精神|记忆|党建|通缉|通报|经济|港湾|天空|网站|电影|基因|主题"
)
_NAMES_EN = (
    r"[\s-]+(?:river|sea|cross|lake|county|ridge|mountains?|bay|flag|tides?|deer|creek|valley|city|beach|island|bluff|rock|"
    r"wing|bank|oak|hills?|springs|hill|ice|cove|canyon|fork|forest|water|mosquito|hole|energy|algae|green|book|panda)\b"
)
COLOUR_ZH = (
    rf"(?:(?P<zh>[红橙黄蓝绿黑紫白])(?:色(?!{_NO_WARNING_ZH}){_AFTER_ZH}|(?={WARNS_ZH}|警(?![察方])|[\]】)])"
    r"|(?<=[号警级色]:[红橙黄蓝绿])(?=$|[\s,;。)\]])))"
)
COLOUR_EN = (
    rf"(?:(?<![\w-])(?P<en>red|orange|amber|yellow|blue|green|black|purple|violet)(?!\w)(?!{_NAMES_EN})(?<!amber(?=\salert))"
    rf"(?!-(?!level|alert|warning|signal|code)))"
)
NUMERAL_ZH = (
    r"(?:(?<![0-9a-z十百.~\-至到])(?P<numeral>iv|i{1,3}|[1-4]|[一二三四壹贰叁参肆])\s?级"
    r"(?!应急|响应|以上|以下|大?风|阵风|地震|左右|公路|医院|水位))"
)
GRADE_ZH = r"(?P<grade>特别重大|特别严重|重大|严重|较大|较重|一般)"
GRADES_WARNING = re.compile(rf"级?(?:[\])】/]|{WARNS_ZH})")
NUMBERS_WARNING = re.compile(rf"[\])】/]|[^,;。!?]{{0,10}}?{WARNS_ZH}")
EXTREME = ("特别重大", "特别严重")
"""The only grades that are no plain adjectives too: 特别重大暴雨预警 is red, 重大气象灾害预警 may be any colour."""
LABEL = re.compile(r"(?:等级|级别)(?:[:为是]|\s)?$")
BEFORE_A_LEVEL = "[(【/:报警号色别级"
"""A number or a grade counts only next to a warning's word, inside brackets, or after one of these."""
LEVEL_EN = (
    r"(?:\b(?:level|grade|class|tier)[\s-]*(?P<level>iv|i{1,3}|[1-4]|one|two|three|four)\b"
    r"(?!\s*(?:response|emergency|evacuation|of)))"
)

ISSUE = (
    r"发布|签发|发出|维持|继续|延续|保持|拉响|生效|仍为"
    r"|\b(?:re)?issu(?:es?|ed|ing)\b|\bin (?:force|effect)\b|\bremain(?:s|ing)?\b|\bcontinu(?:es?|ed|ing)\b"
    r"|\bextend(?:s|ed)?\b|\bmaintain(?:s|ed)?\b|\bhoist(?:s|ed)?\b|\bdeclar(?:es|ed)\b"
)
LIFT = (
    r"解除(?!之?[前后]|以前|时)|取消|撤销|撤消|撤回|撤除|终止|结束|停止|失效|注销|不再(?:有效|生效)"
    r"|\bno longer\b(?: (?:in (?:effect|force)|valid|active))?|\ball[- ]clear\b|\blift(?:s|ed|ing)?\b"
    r"|\bcancel(?:s|l?ed|l?ing|l?ation)?\b|\bwithdr(?:aws?|awn|ew|awing|awal)\b|\brevok(?:es?|ed|ing)\b"
    r"|\brescind(?:s|ed|ing)?\b|\bterminat(?:es?|ed|ing|ion)\b"
    r"|\bdiscontinued\b|\bended\b|\bexpired\b|\bend of\b|\bis over\b|\bover(?=\s*$)|\bst(?:oo|an)d[- ]?down\b"
)
CHANGE = (
    r"升级|降级|升格|上调|下调|调升|调降|调整|变更|更新|更改|改发|提升|提高|提级|降低|[升降改转变调](?=[为至到成红橙黄蓝])"
    r"|\b(?:up|down)grad(?:es?|ed|ing)\b|\brais(?:es?|ed|ing)\b|\blower(?:s|ed|ing)?\b|\bris(?:es?|ing)\b|\brose\b"
    r"|\bincreas(?:es?|ed|ing)\b|\bescalat(?:es?|ed|ing)\b|\bchang(?:es?|ed|ing)\b|\belevat(?:es?|ed|ing)\b"
    r"|\breduc(?:es?|ed|ing)\b|\breplaced\b|\bsuperseded\b|\bgoes\b|\bgo\b|\bturn(?:s|ed)?\b"
)
_ANY_COLOUR = r"(?:[红橙黄蓝绿]|red|orange|amber|yellow|blue|green|level)"
TO = (
    rf"[为至到成](?=[^,;。]{{0,10}}?(?:[红橙黄蓝绿]|[一二三四壹贰叁参肆i1-4]+级))|→|->|=>|⇒"
    rf"|\b(?:in)?to\s+(?=(?:an?\s+|the\s+)?(?:level\s+|code\s+)?{_ANY_COLOUR})|\b(?:by|with)\s+(?=(?:an?\s+|the\s+)?{_ANY_COLOUR})"
)
FROM = (
    r"由(?!于)|从|自(?!动)|原|替代|取代|\bfrom\b|\bwas\b|\bformer(?:ly)?\b|\bprevious(?:ly)?\b"
    r"|\binstead of\b|\b(?:replac|supersed)(?:es|ing)\b"
)
MAYBE = (
    r"可能|或将|或(?=[升降达])|有望|拟(?=[升降发解])|预计|预期|计划|视情|适时|不排除|必要时|考虑|将"
    r"|\b(?:may|might|could|can|possibl[ey]|likely|expected|expects?|will|would|potential(?:ly)?|forecast)\b"
)
NEVER = r"尚?未|没有|暂?无|不(?=[解取发宜])|勿|\b(?:not?|never|until|before|unless|if|when|without)\b"
GREEN_SAYS = re.compile(
    rf"\s*(?:awareness|warnings?|alerts?|signals?|levels?|codes?|status)\b|{WARNS_ZH}|级|等级|状态|\s*[\])】,;。.!:]|\s*$"
)
"""What follows a green that means “no warning”; 绿色出行 and Green Acres are none."""
NO_WARNING = re.compile(
    r"\bno\s+(?!longer)(?:\w+\s+){0,3}?(?:warnings?|alerts?|advisor(?:y|ies))\b(?!\s+time)"
    r"|(?:暂?无|没有|未发布)(?:任何|有效|生效|气象|天气|灾害|的)*(?:预警|警报|警告)"
)
PARAMETER_NAMES = re.compile(
    r"(?:[a-z]*(?:alert|warn|warning|awareness|event|signal|severity|danger|hazard|risk|threat|disaster|advisory|alarm|cap|msg"
    r"|message|info|emergency))?(?:colou?r|level|lvl|grade|rank|severity)(?:name|code|cn|en|zh|text|desc|description|value|str)?"
    r"|(?:当前|发布)?(?:预警|警报|警告|信号|灾害|风险|危险|事件|警示|告警|气象|严重|紧急|突发事件)*(?:信号|信息)?的?"
    r"(?:颜色|级别|等级|级|色|程度)(?:名称|代码|编码)?"
    r"|预警信号|警报信号|预警"
)
OTHER_PARAMETERS = re.compile(
    r"prev|old|last|former|orig|next|future|max|response|plan|原|前一|上次|上一|旧|下次|历史|响应|水位|(?<!当)前"
)
