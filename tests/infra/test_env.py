"""Reading the environment: a wrong value is named at start, a right one arrives as Django wants it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from emergency.env import CONNECTION_LIMITS, SESSION, Environment, read_environment

GOOD = {
    "SECRET_KEY": "a-long-enough-key-for-any-test-of-this-kind",
    "DATABASE_URL": "postgis://sanji:p%40ss@db.example:5433/sanji?sslmode=require",
    "REDIS_URL": "redis://:secret@redis.example:6380/2",
    "ALLOWED_HOSTS": "sanji.example, 10.1.2.3,[::1]",
}


def read(**changes: str) -> Environment:
    return read_environment({**GOOD, **changes})


def test_a_full_environment_is_read_as_written() -> None:
    found = read(CSRF_TRUSTED_ORIGINS="https://sanji.example", HTTPS="on", STATIC_ROOT="/srv/static")
    assert found.allowed_hosts == ["sanji.example", "10.1.2.3", "[::1]"]
    assert found.csrf_trusted_origins == ["https://sanji.example"]
    assert (found.https, found.debug, found.demo) == (True, False, False)
    assert (str(found.static_root), found.media_root) == ("/srv/static", None)
    assert found.redis_url == GOOD["REDIS_URL"]
    expected = {"NAME": "sanji", "USER": "sanji", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433"}
    assert {name: found.database[name] for name in expected} == expected
    options = found.database["OPTIONS"]
    assert options.pop("options") == SESSION
    assert options == {**CONNECTION_LIMITS, "sslmode": "require"}


def test_a_socket_folder_keeps_its_case_and_its_characters() -> None:
    found = read(DATABASE_URL="postgis://sanji@%2Fsrv%2FSanji%20%E4%B8%89%E7%BA%A7/sanji")
    assert found.database["HOST"] == "/srv/Sanji 三级"
    assert found.database["PORT"] == ""


def test_an_ipv6_host_loses_its_brackets() -> None:
    found = read(DATABASE_URL="postgis://sanji@[::1]:5433/sanji")
    assert (found.database["HOST"], found.database["PORT"]) == ("::1", "5433")


def test_connections_are_kept_only_when_asked_for() -> None:
    assert read().database["CONN_MAX_AGE"] == 60
    found = read(DATABASE_URL="postgis://sanji@db/sanji?conn_max_age=0").database
    assert (found["CONN_MAX_AGE"], found["OPTIONS"]) == (0, {**CONNECTION_LIMITS, "options": SESSION})


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"])
def test_a_missing_setting_fails_with_its_name(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name}: is missing"):
        read_environment({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize("switch", ["DEBUG", "DEMO"])
def test_a_local_start_needs_no_allowed_hosts(switch: str) -> None:
    source = {key: value for key, value in GOOD.items() if key != "ALLOWED_HOSTS"} | {switch: "1"}
    assert read_environment(source).allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SECRET_KEY", "short", "at least 32 characters, has 5"),
        ("SECRET_KEY", "ab" * 20, "fewer than 5 different"),
        ("DEBUG", "maybe", "must be 1 or 0"),
        ("DEMO", "2", "must be 1 or 0"),
        ("HTTPS", "https", "must be 1 or 0"),
        ("ALLOWED_HOSTS", "https://sanji.example", "without scheme"),
        ("ALLOWED_HOSTS", "sanji.example:8000", "without scheme, port"),
        ("ALLOWED_HOSTS", ",", "names no host"),
        ("CSRF_TRUSTED_ORIGINS", "sanji.example", "must be origins"),
        ("CSRF_TRUSTED_ORIGINS", "https://sanji.example/path", "must be origins"),
        ("DATABASE_URL", "mysql://root@localhost/sanji", "must begin with postgis://"),
        ("DATABASE_URL", "postgis://sanji@localhost", "must end with /NAME"),
        ("DATABASE_URL", "postgis://sanji@localhost:99999/sanji", "port must be"),
        ("DATABASE_URL", "postgis://sanji@localhost:x/sanji", "port must be"),
        ("DATABASE_URL", "postgis://sanji@localhost/sanji?ssl=1", "unknown option 'ssl'"),
        ("DATABASE_URL", "postgis://sanji@localhost/sanji?conn_max_age=long", "number of seconds"),
        ("REDIS_URL", "localhost:6379", "must begin with redis://"),
        ("REDIS_URL", "redis:///0", "names no host"),
        ("REDIS_URL", "redis://localhost:0/0", "port must be"),
        ("REDIS_URL", "redis://localhost/sanji", "number of a Redis database"),
        ("MEDIA_ROOT", "media", "absolute path"),
        ("LOG_FORMAT", "xml", "must be text or json"),
        ("TILE_URL", "tiles.example/{z}/{x}/{y}.png", "http:// or https://"),
        ("TILE_URL", "https://tiles.example/{z}/{x}.png", "lacks {y}"),
        ("TILE_URL", "https://tiles.example/{z}/{x}/{y}.png?key={key}", "TILE_KEY is missing"),
    ],
)
def test_a_wrong_setting_fails_with_its_name_and_what_is_wrong(name: str, value: str, told: str) -> None:
    with pytest.raises(ImproperlyConfigured) as failure:
        read(**{name: value})
    assert f"{name}: " in str(failure.value)
    assert told in str(failure.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ImproperlyConfigured) as failure:
        read(DEBUG="perhaps", REDIS_URL="http://redis", SECRET_KEY="")
    for name in ("DEBUG", "REDIS_URL", "SECRET_KEY"):
        assert f"\n  {name}: " in str(failure.value)


def test_no_password_and_no_key_is_repeated_in_a_message() -> None:
    with pytest.raises(ImproperlyConfigured) as failure:
        read(SECRET_KEY="too-secret", DATABASE_URL="postgis://sanji:hidden@host:0/sanji")
    assert "too-secret" not in str(failure.value)
    assert "hidden" not in str(failure.value)


def test_the_tile_address_carries_its_key_and_its_host_is_known() -> None:
    found = read(TILE_URL="https://{s}.tiles.example/{z}/{x}/{y}.png?tk={key}", TILE_KEY="k1")
    assert found.tile_url == "https://{s}.tiles.example/{z}/{x}/{y}.png?tk=k1"
    assert found.tile_hosts == ["https://*.tiles.example"]
    assert read().tile_hosts == []
