"""The containers are the same system as scripts/run: the same processes with the same commands and settings."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml

from emergency.env import read_environment

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {
    "SECRET_KEY": "k3y-of-a-test-0123456789-0123456789-abc",
    "POSTGRES_PASSWORD": "p",
    "APPLICATION_PASSWORD": "a",
    "REDIS_PASSWORD": "r",
    "ALLOWED_HOSTS": "h",
}
# What differs between a machine and a container is where it listens and where it may write.
IN_A_CONTAINER = {"HOST": "0.0.0.0", "WEB_PORT": "8000", "BEAT_SCHEDULE": "/tmp/beat-schedule"}  # noqa: S104, S108
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]


def procfile() -> dict[str, list[str]]:
    """Each process's own command: what stands behind the keeper's `--`."""
    commands = {}
    for line in (ROOT / "Procfile").read_text().splitlines():
        name, _, command = line.partition(": ")
        words = [Template(word).safe_substitute(IN_A_CONTAINER) for word in shlex.split(command)]
        commands[name] = words[words.index("--") + 1 :]
    return commands


@pytest.mark.parametrize("name", ["web", "worker", "slow", "beat", "sentinel", "deliverer"])
def test_a_container_runs_the_command_of_the_procfile(name: str) -> None:
    assert SERVICES[name]["command"] == procfile()[name]


def test_the_image_alone_is_the_web_server() -> None:
    (line,) = re.findall(r"^CMD (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert yaml.safe_load(line) == procfile()["web"]


def test_every_process_has_its_container_and_the_other_way_round() -> None:
    assert set(SERVICES) == set(procfile()) | {"migrate", "nginx"}


@pytest.mark.parametrize("name", ["web", "worker", "slow", "beat", "sentinel", "deliverer"])
def test_nothing_starts_on_a_database_that_is_not_migrated(name: str) -> None:
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_containers_settings_are_ones_that_the_application_takes() -> None:
    def fill(value: str) -> str:
        filled = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: NEEDED[found[1]], value)
        return re.sub(r"\$\{\w+:-([^}]*)\}", lambda found: found[1], filled)

    found = read_environment({name: fill(str(value)) for name, value in SERVICES["web"]["environment"].items()})
    assert found.database["HOST"] == "postgres"
    assert found.redis_url.endswith("@redis:6379/0")
    assert (found.demo, found.debug) == (False, False)


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_no_secret_has_a_value_of_its_own(name: str) -> None:
    written = (ROOT / "docker-compose.yml").read_text()
    assert re.search(rf"\$\{{{name}:\?", written)
    assert not re.search(rf"\$\{{{name}:-", written)


def test_the_processes_connect_as_the_applications_role_and_only_migrate_knows_the_owner() -> None:
    for name in ("web", "worker", "slow", "beat", "sentinel", "deliverer"):
        environment = SERVICES[name]["environment"]
        assert "//sanji_app:" in environment["DATABASE_URL"]
        assert not any("POSTGRES_PASSWORD" in str(value) for value in environment.values())
    assert "application_role sanji_app" in SERVICES["migrate"]["command"][-1]


def test_only_nginx_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]


def test_what_must_survive_lies_in_named_volumes() -> None:
    named = set(COMPOSE["volumes"])
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert named == {name for name in used if not name.startswith(".")}


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_accepts_its_settings(tmp_path: Path) -> None:
    site = (ROOT / "deploy/nginx.conf").read_text()
    # The name `web` exists among the containers only, and an nginx older than 1.27 cannot look it up again.
    (tmp_path / "site.conf").write_text(site.replace("server web:8000 resolve", "server 127.0.0.1:8000"))
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/site.conf; }}")
    done = subprocess.run(
        ["nginx", "-t", "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
