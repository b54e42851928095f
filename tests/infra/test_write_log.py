"""What all processes say is kept in files that are rotated, whatever becomes of the terminal and the disk."""

from __future__ import annotations

import importlib.util
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import eventually

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "write_log.py"


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, SCRIPT, tmp_path / "sanji.log"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    yield process
    process.kill()
    process.wait()


def say(writer: subprocess.Popen[bytes], text: bytes) -> None:
    assert writer.stdin is not None
    writer.stdin.write(text)
    writer.stdin.flush()


def test_it_passes_on_each_line_and_keeps_it_for_its_owner_alone(
    writer: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    told = "web | 三级\n".encode() + b"not \xff UTF-8\n"
    assert writer.communicate(told)[0] == told.replace(b"\xff", "�".encode())
    log = tmp_path / "sanji.log"
    assert log.read_text() == "web | 三级\nnot � UTF-8\n"
    assert log.stat().st_mode & 0o077 == 0


def test_asked_to_end_it_waits_for_the_last_word(writer: subprocess.Popen[bytes], tmp_path: Path) -> None:
    say(writer, b"first\n")
    eventually((tmp_path / "sanji.log").exists, "the first line")
    writer.send_signal(signal.SIGTERM)
    assert writer.communicate(b"last\n")[0] == b"first\nlast\n"
    assert writer.returncode == 0


def test_a_terminal_that_is_closed_ends_no_log(writer: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert writer.stdout is not None
    writer.stdout.close()
    for number in range(20):
        say(writer, b"line %d\n" % number)
    assert writer.stdin is not None
    writer.stdin.close()
    assert writer.wait(20) == 0
    assert (tmp_path / "sanji.log").read_text().splitlines()[-1] == "line 19"


def test_a_full_disk_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "sanji.log").symlink_to("/dev/full")
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "sanji.log"], input=b"one\ntwo\n", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"one\ntwo\n", b"")


def test_it_begins_another_file_and_keeps_no_more_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.spec_from_file_location("write_log", SCRIPT)
    assert found is not None
    assert found.loader is not None
    module: Any = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    assert module.BYTES * module.FILES <= 1 << 30
    lines = [f"line {number:04d}" for number in range(60)]
    monkeypatch.setattr(module, "BYTES", 100)
    monkeypatch.setattr(module, "FILES", 4)
    monkeypatch.setattr(sys, "argv", ["write_log.py", str(tmp_path / "sanji.log")])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("".join(f"{line}\n" for line in lines).encode())))
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    before, told = os.umask(0o022), signal.getsignal(signal.SIGTERM)
    try:
        module.main()
    finally:
        os.umask(before)
        signal.signal(signal.SIGTERM, told)
    names = ["sanji.log.3", "sanji.log.2", "sanji.log.1", "sanji.log"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    kept = [line for name in names for line in (tmp_path / name).read_text().splitlines()]
    assert kept == lines[-len(kept) :], "none is missing between the files"
    assert all((tmp_path / name).stat().st_size <= 100 for name in names)
