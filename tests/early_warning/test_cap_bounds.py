"""What a message may cost is decided before the expensive step: counted here by the work that is done, not by time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
import shapely
from shapely.geometry import Polygon

from early_warning.platforms import cap
from early_warning.platforms.cap import bounds, shapes, tree
from org.rules.geometry import MOST_CROSSINGS
from tests.early_warning.messages import box, info, message

Point = tuple[float, float]


def ring(points: Sequence[Point]) -> str:
    """Latitude first, closed."""
    closed = [*points, points[0]]
    return " ".join(f"{lat:.6f},{lon:.6f}" for lat, lon in closed)


def scatter(n: int) -> str:
    return ring([(27.5 + ((7919 * i) % 10000) / 10000, 119 + ((104729 * i) % 10000) / 10000) for i in range(n)])


def star(n: int, step: int) -> str:
    turns = [2 * math.pi * i * step / n for i in range(n)]
    return ring([(27.5 + 0.3 * math.sin(t), 119 + 0.3 * math.cos(t)) for t in turns])


def comb(n: int) -> str:
    """Slanted teeth that do not cross, whose boxes all overlap: n² pairs to look at."""
    teeth = [(27 + (i % 2), 119 + i * 1e-5 + (i % 2)) for i in range(n)]
    return ring([*teeth, (26, 121)])


def flower(n: int) -> str:
    """Every petal touches the others in the middle."""
    petals = []
    for i in range(n):
        for turn in (2 * math.pi * i / n, 2 * math.pi * (i + 0.5) / n):
            petals.append((27.5 + 0.3 * math.sin(turn), 119 + 0.3 * math.cos(turn)))
        petals.append((27.5, 119))
    return ring(petals)


def smooth(n: int) -> str:
    return ring(
        [(27.5 + 0.3 * math.sin(2 * math.pi * i / n), 119 + 0.3 * math.cos(2 * math.pi * i / n)) for i in range(n)]
    )


def area(polygons: Sequence[str] = (), circles: Sequence[str] = ()) -> str:
    drawn = "".join(f"<polygon>{p}</polygon>" for p in polygons) + "".join(f"<circle>{c}</circle>" for c in circles)
    return f"<area><areaDesc>x</areaDesc>{drawn}</area>"


@pytest.fixture
def repaired(monkeypatch) -> list[Polygon]:
    """The rings that were given to make_valid."""
    seen: list[Polygon] = []
    repair = shapely.make_valid
    monkeypatch.setattr(shapely, "make_valid", lambda shape: seen.append(shape) or repair(shape))
    return seen


def crossings(polygon: Polygon) -> int:
    lines = shapely.node(polygon.exterior)
    return len(shapely.get_parts(lines)) - len(polygon.exterior.coords) + 1


EVIL: list[tuple[str, Callable[[], str]]] = [
    ("scatter 500", lambda: scatter(500)),
    ("scatter 9,000", lambda: scatter(9_000)),
    ("scatter 50,000", lambda: scatter(50_000)),
    ("scatter 290,000", lambda: scatter(290_000)),
    ("star 999/400", lambda: star(999, 400)),
    ("comb", lambda: comb(8_000)),
    ("comb of 200,000", lambda: comb(200_000)),
    ("flower", lambda: flower(2_000)),
]


@pytest.mark.parametrize("make", [make for _name, make in EVIL], ids=[name for name, _make in EVIL])
def test_a_ring_that_crosses_itself_too_often_is_never_repaired_and_its_hull_is_taken(make, repaired):
    text = make()
    drawn = shapes.outline(text)
    assert repaired == []
    assert drawn.note == "outline_crosses"
    points = shapely.multipoints([tuple(map(float, pair.split(",")))[::-1] for pair in text.split()])
    assert drawn.shape.buffer(1e-9).covers(points)


@pytest.mark.parametrize("text", [star(5, 2), star(7, 2), ring([(0, 0), (1, 1), (1, 0), (0, 1)])])
def test_a_ring_that_crosses_itself_a_few_times_is_repaired(text, repaired):
    drawn = shapes.outline(text)
    assert drawn.note == ""
    (given,) = repaired
    assert crossings(given) <= 2 * MOST_CROSSINGS
    assert drawn.shape.is_valid


def test_a_repair_that_falls_into_many_pieces_becomes_the_hull(repaired):
    assert shapes.outline(star(21, 4)).note == "outline_crosses"
    assert len(repaired) == 1


def test_a_huge_outline_is_thinned_within_a_stated_tolerance():
    whole = smooth(100_000)
    drawn = shapes.outline(whole)
    assert drawn.note == "outline_simplified"
    assert 0 < drawn.metres < 1_000
    assert shapely.get_num_coordinates(drawn.shape) <= bounds.MOST_KEPT
    exact = Polygon([tuple(map(float, pair.split(",")))[::-1] for pair in whole.split()]).exterior
    kept = drawn.shape.geoms[0].exterior
    some = [shapely.distance(exact, shapely.Point(kept.coords[i])) for i in range(0, len(kept.coords), 500)]
    others = [shapely.distance(kept, shapely.Point(exact.coords[i])) for i in range(0, len(exact.coords), 5_000)]
    assert max(some + others) <= drawn.metres / bounds.METRES_A_DEGREE


def test_an_outline_within_the_limit_is_not_touched():
    drawn = shapes.outline(smooth(2_900))
    assert (drawn.note, shapely.get_num_coordinates(drawn.shape)) == ("", 2_901)


@pytest.mark.parametrize(
    ("polygons", "circles"),
    [
        ([smooth(20_000)] * 14, []),
        ([scatter(290)] * 1_000, []),
        ([scatter(9)] * 1_000, []),
        ([], [f"{27 + i / 1000:.3f},119 20" for i in range(1_000)]),
        ([box(119, 27 + i / 500, 120, 27 + i / 500 + 0.0005) for i in range(500)]
         + [box(119 + i / 500, 27, 119 + i / 500 + 0.0005, 28) for i in range(500)], []),
        ([box(119.5 - i / 2500, 27.5 - i / 2500, 119.5 + i / 2500, 27.5 + i / 2500) for i in range(1, 1_000)], []),
    ],
    ids=["14 huge ones", "1,000 tangles", "1,000 stars", "1,000 circles", "a grid", "1,000 in each other"],
)  # fmt: skip
def test_all_shapes_of_a_message_together_stay_within_bounds(polygons, circles):
    read = cap.read(message(infos=info(area=area(polygons, circles))))
    drawn = [shape for block in read.infos for part in block.areas for shape in part.shapes]
    assert sum(map(shapely.get_num_coordinates, drawn)) <= 4 * bounds.MOST_KEPT
    assert not bounds.tangled(drawn)
    assert shapely.get_num_coordinates(shapely.unary_union(drawn)) <= 4 * bounds.MOST_KEPT


def test_overlapping_shapes_are_widened_never_narrowed():
    circles = [f"{27 + i / 1000:.3f},119 20" for i in range(1_000)]
    read = cap.read(message(infos=info(area=area(circles=circles))))
    assert "outlines_cross" in [note["code"] for note in read.notes]
    drawn = shapely.unary_union([shape for part in read.infos[0].areas for shape in part.shapes])
    assert all(drawn.buffer(1e-9).covers(shapes.circle(text)) for text in circles[::50])


def test_the_hull_of_many_corners_is_drawn_wider_with_few():
    around = bounds.hull([Polygon([(math.cos(i / 500), math.sin(i / 500)) for i in range(3_000)])])
    assert shapely.get_num_coordinates(around) <= bounds.CORNERS_OF_A_HULL + 1
    assert around.buffer(1e-9).covers(Polygon([(math.cos(i / 500), math.sin(i / 500)) for i in range(3_000)]))


def test_areas_that_lie_apart_stay_apart():
    far = box(119, 30, 119.1, 30.1)
    read = cap.read(message(infos=info(area=area([smooth(50)]) + area([far]))))
    assert read.notes == []
    assert [len(part.shapes) for part in read.infos[0].areas] == [1, 1]


def test_an_outline_that_winds_around_the_earth_is_a_band():
    text = " ".join(f"{80 + i % 2},{(i * 120) % 360 - 180}" for i in range(9_000))
    first = text.split(" ", 1)[0]
    drawn = shapes.outline(f"{text} {first}")
    assert (drawn.note, drawn.shape.bounds) == ("outline_crosses", (-180, 80, 180, 81))


def test_a_circle_of_few_corners_is_drawn_around_the_round_one():
    assert shapes.circle("27.5,119 30", corners=12).buffer(1e-9).covers(shapes.circle("27.5,119 30"))


MB = 1024 * 1024


@pytest.mark.parametrize(
    "body",
    [
        message().replace(b"<status>", b"<a/>" * (2 * MB) + b"<status>"),
        message().replace(b"<status>", b"<a>" * MB),
        message().replace(b"<status>", b"<status a='" + b"x" * (4 * MB) + b"'>"),
        message().replace(b"<status>", b"<status " + b" ".join(b"a%d='x'" % i for i in range(MB // 4)) + b">"),
        message().replace(b"<status>", b"<!--" + b"x" * (4 * MB) + b"--><status>"),
        message().replace(b"<status>", b"<" + b"a" * (4 * MB) + b"/><status>"),
        message(note="&amp;" * (2 * MB)),
        message(note="<![CDATA[x]]>" * (2 * MB)),
        message(infos=info(area=area([box(119, 27, 120, 28)] * (bounds.MOST_SHAPES + 1)))),
        message(infos=info(area=area(["1,1 " * (bounds.MOST_POINTS + 1)]))),
    ],
    ids=["elements", "depth", "attribute", "attributes", "comment", "name", "references", "cdata", "shapes", "points"],
)
def test_xml_beyond_the_limits_is_too_complex_and_little_of_it_is_built(body, monkeypatch):
    built: list[int] = []
    node = tree.Node
    monkeypatch.setattr(tree, "Node", lambda *args: built.append(1) or node(*args))
    with pytest.raises(cap.Refused) as caught:
        cap.read(body)
    assert caught.value.code == "too_complex"
    assert len(built) <= tree.MAX_ELEMENTS


@pytest.mark.parametrize(
    "body",
    [
        message(infos=info(extra=f"<resource><resourceDesc>m</resourceDesc><mimeType>image/png</mimeType><derefUri>"
                                 f"{'A' * (20 * MB)}</derefUri></resource>")),
        message() + b" " * (20 * MB),
        message().replace(b"<status>", b"<!-- -->" * MB + b"<status>"),
    ],
    ids=["a picture", "white space", "comments"],
)  # fmt: skip
def test_large_is_not_complex(body):
    read = cap.read(body)
    assert read.identifier == "test-1"
    assert sum(len(resource.uri) + len(resource.description) for resource in read.infos[0].resources) < 10


def test_a_wrapper_holds_so_many_alerts_and_no_more():
    one = message().split(b"\n", 1)[1]
    wrap = b'<feed xmlns="http://www.w3.org/2005/Atom">%s</feed>'
    assert len(cap.read_all(wrap % (one * tree.MOST_ALERTS)).alerts) == tree.MOST_ALERTS
    with pytest.raises(cap.Refused) as caught:
        cap.read_all(wrap % (one * (tree.MOST_ALERTS + 1)))
    assert caught.value.code == "too_complex"
    with pytest.raises(cap.Refused) as caught:
        cap.read_all(wrap % b"<entry/>")
    assert caught.value.code == "no_alert_inside"
