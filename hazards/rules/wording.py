"""What the county's papers about an overdue hazard say, in Chinese, as the county office drafts them."""

from __future__ import annotations

import datetime as dt

TITLES = {"letter": "关于限期整改{ref}号隐患的督办函", "circular": "关于{ref}号隐患整改逾期情况的通报",
          "listed": "关于对{ref}号重大隐患实行挂牌督办的通知"}  # fmt: skip


def title(form: str, ref: str) -> str:
    return TITLES[form].format(ref=ref)


def overdue(ref: str, unit: str, what: str, due: dt.date, days: int) -> str:
    """What was missed, and by how long."""
    return f"经核查，位于{unit}的{ref}号隐患，“{what}”期限为{due:%Y年%-m月%-d日}，至今已逾期{days}天。"


def asked(form: str, answer_days: int, due_on: dt.date | None = None) -> list[str]:
    """What the paper asks for. Nothing counts in an appraisal but by a decision of its own."""
    if form == "letter":
        return [
            f"请你单位立即组织整改，并自本函送达之日起{answer_days}日内书面反馈整改情况；确有困难不能按期完成的，应书面说明原因并申请延期。",
            "逾期未整改且未书面说明的，将予通报，并按规定纳入年度考核。",
        ]
    if form == "circular":
        return [
            "县督办函送达后，你单位逾期未整改，也未书面说明原因。现予通报。",
            "请你单位立即整改，落实整改期间的安全防范措施，并书面报告逾期原因。",
        ]
    until = f"于{due_on:%Y年%-m月%-d日}前" if due_on else f"自本通知送达之日起{answer_days}日内"
    return [
        f"现对该重大隐患实行挂牌督办，请你单位{until}完成整改，整改期间落实防范措施和专人值守。",
        "确需延长整改期限的，应在期限届满20个工作日前书面申请。",
    ]
