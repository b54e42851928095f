"""Sixty hazards of all kinds and states, found and driven on by the people whose turn it was, each at its day.

The late ones come first: their clock is lived through day by day, so that reminders, the climb and the supervision
letter come when they were due. The others are told by tens; each part is committed by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache, partial
from typing import Any
from uuid import UUID, uuid5

from django.db import connection

from board.demo.clock import StoryClock, story
from board.demo.days import director
from database.clock import now
from hazards import actions
from hazards.actions.file import file_hazard
from hazards.models import Hazard
from hazards.rules.filing import Filing
from hazards.rules.words import Door, Kind
from hazards.selectors import people
from journal.actions.recording import By
from journal.timers import fire_due
from norms.actions import sign_paper
from norms.models import OfficialPaper
from norms.selectors.papers import first_signers
from org.models import Person

SPACE = UUID("7d1c1c1e-5f0e-4c63-9a53-331126000000")
COUNT, A_PART = 60, 10
LATE_DAYS = 26
ELSEWHERE = ["331126204", "331126206"]
WORDS: dict[str, tuple[str, str]] = {
    "geological_point": ("屋后山体新增裂缝，雨后有碎石滚落", "屋后坡脚"),
    "flash_flood_gully": ("沟口堆有杂木和弃土，行洪断面变窄", "沟口"),
    "cut_slope": ("切坡未支护，坡顶有松动土石", "村道内侧"),
    "reservoir": ("溢洪道被杂草堵塞，坝脚有渗水", "山塘坝脚"),
    "bridge_road": ("桥墩基础冲刷外露，护栏缺损", "村口老桥"),
    "forest_fire": ("林缘堆放秸秆，防火隔离带长满杂草", "后山林缘"),
    "timber_houses": ("木屋连片，电线老化裸露，无消防通道", "老街"),
    "heritage": ("廊桥桥面木板腐朽，灭火器过期", "廊桥"),
    "self_built_house": ("自建房墙体开裂，一楼改作店面", "沿街民房"),
    "small_hydropower": ("引水渠渗漏，压力前池栏污栅破损", "电站前池"),
    "mine": ("采空区地表下沉，警示牌缺失", "旧矿洞口"),
    "chemicals": ("农药仓库未分区存放，通风不良", "农资仓库"),
    "fireworks": ("零售点与住宿同处一室", "小卖部"),
    "gas": ("餐馆瓶装液化气未装报警器", "餐馆后厨"),
    "crowded_place": ("敬老院疏散通道堆放杂物", "敬老院"),
    "construction_camp": ("工棚建在沟边低洼处", "施工营地"),
    "scenic_spot": ("观景台栏杆松动", "观景台"),
    "rafting": ("漂流河段预警广播失灵", "漂流起点"),
    "dust_explosion": ("铅笔坯料车间除尘管道积尘，未装泄爆装置", "竹木加工厂"),
    "drying_house": ("香菇烘房炉膛旁堆放柴火，烟道未隔热", "香菇烘房"),
    "confined_space": ("污水池检修未通风、未检测", "污水处理站"),
    "e_bike": ("电动自行车在楼道内飞线充电", "安置小区楼道"),
    "mixed_premises": ("一楼作坊、二楼住人，楼梯间未分隔", "沿街店铺"),
    "rural_road": ("临水临崖弯道无护栏，农用车载人", "通村公路弯道"),
    "power_line": ("毛竹压近十千伏线路，大风易短路", "林区线路"),
    "dyke": ("堤脚淘空，闸门启闭机锈蚀", "村前堤防"),
    "waterlogging": ("下穿涵洞排水口堵塞，雨后积水", "涵洞口"),
    "water_traffic": ("渡船救生衣不足", "渡口"),
    "old_tree": ("古树主枝枯裂，压向村道", "村口古树"),
    "banquet": ("集体聚餐未报备，食材留样不全", "文化礼堂"),
    "special_equipment": ("叉车未年检，无证操作", "仓库"),
    "other": ("水井无盖，旁有儿童玩耍", "村中水井"),
}
STATES = ("found", "registered", "graded", "rectifying", "submitted", "inspected", "closed", "closed", "held", "closed")
AGES = {"held": 0.4, "found": 0.5, "registered": 1.5, "graded": 3, "rectifying": 6, "submitted": 10, "inspected": 12}
"""Days ago it was found, by the state that it has reached; what is closed lies longer back."""


def late() -> None:
    """Four whose time limit has passed, and a major one under listed supervision. The letters are signed, and circulars
    after them; the letter about the last of the four still waits for its signature.
    """
    with story(days=LATE_DAYS) as clock:
        for number in range(4):
            _drive(_filed(number), "rectifying", clock, finish=3 + number)
        _list_major(_filed(4), clock)
        while clock.offset < -dt.timedelta(days=1):
            clock.on(days=1)
            fire_due()
            _sign(_untouched())


def _untouched() -> str:
    """The ticket whose letter nobody signs."""
    return f"hazard:{Hazard.objects.get(client_id=_client_id(3)).pk}"


def _sign(left: str) -> None:
    """What waits about hazards, but for one ticket, is signed by whose signature it waits for."""
    for paper in OfficialPaper.objects.filter(status="drafted", subject__startswith="hazard:").exclude(subject=left):
        sign_paper(paper.pk, by=first_signers(paper)[0])


def some(first: int) -> None:
    """The tickets numbered from ``first`` on, each at its own age."""
    for number in range(first, min(first + A_PART, COUNT)):
        state = STATES[number % len(STATES)]
        with story(days=AGES.get(state, 18 + number)) as clock:
            hazard = _filed(number, held=state == "held")
            if state not in ("held", "found"):
                _drive(hazard, state, clock)


def closing() -> None:
    """A major one that passed its re-inspection and waits for two of three signatures; two townships look for the
    same, and one has said what it found.
    """
    with story(days=14) as clock:
        hazard = _filed(COUNT)
        _list_major(hazard, clock)
        owner = _holder(people.desk(hazard.owner.path)) or director()
        looking = actions.look_elsewhere(hazard.pk, by=director(), units=ELSEWHERE)
        clock.on(hours=60)
        actions.done_elsewhere(looking[0].pk, by=_station(looking[0].unit.path), looked_at=14, found=1, note="已登记")
        actions.submit(hazard.pk, by=owner, note="已按方案整改")
        clock.on(hours=20)
        actions.inspect(hazard.pk, by=director(), note="现场复查，隐患已消除")
        actions.sign_closure(hazard.pk, by=owner, role="owner", note="整改到位")


def _client_id(number: int) -> UUID:
    return uuid5(SPACE, str(number))


def _filed(number: int, *, held: bool = False) -> Hazard:
    """File one, as the head of the village where it lies or as somebody who passed a poster."""
    kind = list(Kind.values)[number % len(Kind.values)]
    village, point = _villages()[number * 37 % len(_villages())]
    text, place = WORDS[kind]
    filing = Filing(
        client_id=_client_id(number), kind=kind, description=text, point=point, found_at=now(), accuracy_m=8 + number,
        people_at_risk=0 if _unhurried(number) else number * 5 % 32, place=place,
    )  # fmt: skip
    if held:
        by: Any = By("public", "公众 / the public")
        return file_hazard(filing, by=by, door=Door.PUBLIC, contact=f"1990000{9300 + number}")[0]
    finder = _holder(people.desk(village)) or _station(village)
    return file_hazard(filing, by=finder, door=Door.PHONE)[0]


def _unhurried(number: int) -> bool:
    """Those that still wait to be graded threaten nobody: where people are threatened, that is done on the same day."""
    return number >= 5 and STATES[number % len(STATES)] in ("held", "found", "registered")


@cache
def _villages() -> list[tuple[str, tuple[float, float]]]:
    """Path and a point inside, by path; the county's layout does not change while it is founded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT path, ST_X(p), ST_Y(p) FROM (SELECT path, ST_PointOnSurface(boundary) AS p FROM org_unit"
            " WHERE level = 'village' AND active AND boundary IS NOT NULL) v ORDER BY path"
        )
        return [(path, (x, y)) for path, x, y in cursor.fetchall()]


def _drive(hazard: Hazard, to: str, clock: StoryClock, *, finish: int = 12) -> None:
    """Step by step up to a state, some hours or days between."""
    owner = _holder(people.desk(hazard.owner.path)) or director()
    other = _other_side(hazard, owner)
    day = dt.timedelta(days=finish)
    plan: dict[str, Any] = {
        "responsible": owner.pk, "measures": "清理险情部位，加固并设警示牌，整改期间专人看守。",
        "finish_on": (now() + day).date(), "funds": "乡镇应急资金 1.2 万元",
        "contingency": "降雨超过预警线时先转移受威胁群众。",
    }  # fmt: skip
    steps: dict[str, tuple[float, Callable[[], Any]]] = {
        "registered": (1, partial(actions.register, hazard.pk, by=owner)),
        "graded": (2, partial(actions.grade, hazard.pk, by=other, grade="general", grounds="可在短期内整改到位")),
        "rectifying": (26, partial(actions.plan, hazard.pk, by=owner, **plan)),
        "submitted": (100, partial(actions.submit, hazard.pk, by=owner, note="已按方案整改，附整改后照片")),
        "inspected": (40, partial(actions.inspect, hazard.pk, by=other, note="现场复查，隐患已消除")),
        "closed": (2, partial(actions.close, hazard.pk, by=other)),
    }
    for state, (hours, step) in steps.items():
        clock.on(hours=hours)
        step()
        if state == to:
            return


def _list_major(hazard: Hazard, clock: StoryClock) -> None:
    """A major one: led by the head of the responsible unit, under listed supervision by the county."""
    owner = _holder(people.desk(hazard.owner.path)) or director()
    leader = _holder(people.head(hazard.owner.path)) or owner
    clock.on(hours=1)
    actions.register(hazard.pk, by=owner, people_at_risk=46)
    clock.on(hours=2)
    actions.grade(
        hazard.pk, by=director(), grade="major", reasons=["serious_harm", "hard_to_fix"],
        grounds="专家现场核查，需工程治理", leader=leader.pk,
    )  # fmt: skip
    clock.on(hours=30)
    actions.plan(
        hazard.pk, by=owner, responsible=owner.pk, leader=leader.pk, finish_on=(now() + dt.timedelta(days=70)).date(),
        measures="委托设计单位编制治理方案，分段施工。", funds="县级专项资金 38 万元，已列入计划",
        contingency="编制专项预案，备足转移车辆和安置点。", interim="限制通行，专人值守，雨天撤离受威胁群众。",
    )  # fmt: skip
    clock.on(hours=4)
    made = actions.put_on_list(hazard.pk, by=director(), due_on=(now() + dt.timedelta(days=70)).date())
    sign_paper(made.paper_id, by=director())


def _other_side(hazard: Hazard, owner: Person) -> Person:
    """The township's station looks at what its villages and the departments did, the county at what the station did."""
    station = _station(hazard.unit.path)
    return station if station.pk != owner.pk else director()


def _station(path: str) -> Person:
    return _holder((_township(path), "township_station")) or director()


def _township(path: str) -> str:
    return ".".join(path.split(".")[:4])


def _holder(place: people.Place) -> Person | None:
    found = people.holders([place]).get(place)
    return Person.objects.get(pk=found.id) if found else None


def _untold(number: int) -> bool:
    return not Hazard.objects.filter(client_id=_client_id(number)).exists()


PARTS: tuple[tuple[Callable[[], Any], Callable[[], bool]], ...] = (
    (late, partial(_untold, 0)),
    (closing, partial(_untold, COUNT)),
    *((partial(some, first), partial(_untold, first)) for first in range(5, COUNT, A_PART)),
)
"""Each is a transaction of its own, told where it is not there yet."""
