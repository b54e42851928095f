"""The commands of the register."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from org.models import Appointment, Person, Unit

pytestmark = pytest.mark.django_db

RONG = """code,name
510321,荣县
510321001,旭阳街道
510321100,双石镇
510321100001,双石社区居委会
510321100200,蔡家堰村委会
"""


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def test_token_prints_a_working_token_and_nothing_else(capsys) -> None:
    call_command("token", "officer")
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    answer = APIClient().get("/api/v1/posts/", headers={"Authorization": f"Token {out.strip()}"})
    assert answer.status_code == 200


def test_token_for_nobody_is_an_error_that_names_them(capsys) -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("token", "nobody")
    assert capsys.readouterr().out == ""


def test_token_is_refused_for_somebody_off_the_register() -> None:
    Person.objects.filter(username="officer").update(is_active=False)
    with pytest.raises(CommandError):
        call_command("token", "officer")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_any_county_is_founded_from_a_list_of_codes(tmp_path: Path, encoding: str) -> None:
    call_command("found_county", "510321", divisions=[write(tmp_path / "rong.csv", RONG, encoding)])
    units = dict(Unit.objects.filter(path__startswith="51.03.21").values_list("code", "name"))
    assert len(units) == 5
    assert units["510321100001"] == "双石社区"
    assert units["510321100200"] == "蔡家堰村"
    village = Unit.objects.get(code="510321100200")
    assert (village.parent.code, village.name_en) == ("510321100", "Caijiayan Village")
    assert not Appointment.objects.filter(unit__path__startswith="51.03.21").exists()


def test_several_files_of_the_whole_country_give_one_countys_units(tmp_path: Path) -> None:
    areas = write(tmp_path / "areas.csv", 'code,name,cityCode\n510321,"荣县",5103\n510322,"富顺县",5103\n')
    streets = write(
        tmp_path / "streets.csv", 'code,name,areaCode\n510321100,"双石镇",510321\n510322100,"别镇",510322\n'
    )
    call_command("found_county", "510321000000", f"--divisions={areas}", f"--divisions={streets}")
    assert set(Unit.objects.filter(path__startswith="51").values_list("code", flat=True)) == {"510321", "510321100"}


def test_the_countys_name_may_be_given_where_no_list_has_it(tmp_path: Path) -> None:
    file = write(tmp_path / "v.csv", "code,name\n510321100,双石镇\n")
    call_command("found_county", "510321", divisions=[file], name="荣县")
    assert Unit.objects.get(code="510321").name_en == "Rong County"


def test_founding_a_county_that_is_there_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "rong.csv", RONG)
    call_command("found_county", "510321", divisions=[file])
    with pytest.raises(CommandError, match="510321"):
        call_command("found_county", "510321", divisions=[file])
    assert Unit.objects.filter(path__startswith="51.03.21").count() == 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("number,title\n1,x\n", "rong.csv"),
        (RONG + "51032110,坏代码\n", "7.*51032110"),
        (RONG + "510321100000,重复镇\n", "7.*510321100"),
        (RONG + "510321101,\n", "7"),
        (RONG + "510321102200,孤村委会\n", "510321102200"),
        ("code,name\n510321100,双石镇\n", "510321"),
        ("code,name,lon,lat\n510321,荣县,east,29\n", "2.*lon"),
        ("code,name,population\n510321,荣县,many\n", "2.*population"),
        ("", "rong.csv"),
    ],
    ids=["header", "bad code", "duplicate", "no name", "no township", "no county", "seat", "population", "empty"],
)
def test_a_faulty_list_is_refused_by_its_row_and_nothing_is_loaded(tmp_path: Path, text: str, told: str) -> None:
    before = Unit.objects.count()
    with pytest.raises(CommandError, match=told):
        call_command("found_county", "510321", divisions=[write(tmp_path / "rong.csv", text)])
    assert Unit.objects.count() == before


def test_a_boundary_that_fails_undoes_the_founding(tmp_path: Path) -> None:
    file = write(tmp_path / "rong.csv", RONG)
    broken = write(tmp_path / "b.geojson", '{"type": "FeatureCollection", "features": []}')
    with pytest.raises(CommandError):
        call_command("found_county", "510321", divisions=[file], boundaries=broken)
    assert not Unit.objects.filter(code="510321").exists()


def test_a_code_that_is_no_countys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="510321100"):
        call_command("found_county", "510321100", divisions=[write(tmp_path / "rong.csv", RONG)])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="absent"):
        call_command("found_county", "510321", divisions=[tmp_path / "absent.csv"])
