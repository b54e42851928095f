"""Unit codes and paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.rules.codes import ancestors_and_self, is_within, level_of, normalise, of_survey, parent_path, path_of

county = st.from_regex(r"[1-9][0-9]{5}", fullmatch=True)
part = st.integers(1, 999).map(lambda n: f"{n:03d}")


@given(county, part, part)
def test_every_form_of_a_code_is_the_same_unit(code: str, township: str, village: str) -> None:
    assert normalise(code) == normalise(code + "000") == normalise(code + "000000") == code
    assert normalise(code + township) == normalise(code + township + "000") == code + township
    assert normalise(code + township + village) == code + township + village


@given(county, part, part)
def test_a_path_is_the_code_cut_into_levels_and_leads_back_to_it(code: str, township: str, village: str) -> None:
    path = path_of(code + township + village)
    assert path.replace(".", "") == code + township + village
    assert parent_path(code + township + village) == path_of(code + township)
    assert ancestors_and_self(path)[-3:] == [path_of(code), path_of(code + township), path]
    assert is_within(path, path_of(code))
    assert not is_within(path_of(code), path)


@given(county, part, part)
def test_a_unit_is_not_within_one_whose_code_merely_begins_alike(code: str, township: str, other: str) -> None:
    assert is_within(path_of(code + township), path_of(code + other)) == (township == other)


@pytest.mark.parametrize(
    ("code", "level", "path"),
    [
        ("331126", "county", "33.11.26"),
        ("331126206000", "township", "33.11.26.206"),
        ("331126206201", "village", "33.11.26.206.201"),
        ("331126d01", "department", "33.11.26.D01"),
        ("331126206D02", "department", "33.11.26.206.D02"),
        ("331126206201001", "hamlet", "33.11.26.206.201.001"),
        ("331126206201000", "village", "33.11.26.206.201"),
        ("331126206201g01", "grid", "33.11.26.206.201.G01"),
    ],
)
def test_level_and_path_follow_from_the_code(code: str, level: str, path: str) -> None:
    assert (level_of(code), path_of(code)) == (level, path)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "33112",
        "3311261",
        "33112620620",
        "331126D1",
        "abcdef",
        "331126\n206",
        "1" * 16,
        "33D01",
        "331126206G01",
        "331126206200G1",
    ],
)
def test_anything_else_is_no_code(bad: str) -> None:
    with pytest.raises(ValueError):
        normalise(bad)


@pytest.mark.parametrize(
    "typed",
    [" 331126206 ", "331126\u200b206", "\ufeff331126206", "331126206\u00a0", "３３１１２６２０６", "331126206\u202c"],
)
def test_blanks_width_and_what_draws_nothing_do_not_matter_in_a_code(typed: str) -> None:
    assert normalise(typed) == "331126206"


def test_a_code_of_the_land_survey_begins_with_its_units() -> None:
    assert of_survey("3311262060000000000") == "331126206"
    assert of_survey("3311262062010000001") == "331126206201"
    with pytest.raises(ValueError):
        of_survey("33112620600000000001")
