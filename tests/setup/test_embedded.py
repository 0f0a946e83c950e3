"""Does the embedded server start after what breaks it, and stop only when nobody holds it?"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from crsweb import embedded, roles

PROJECT = Path(__file__).resolve().parent.parent.parent
HOLDER = (
    "import sys; from pathlib import Path; from crsweb import embedded;"
    "server = embedded.Server(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read(); server.release()"
)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A folder for a server where an unprivileged user can reach it, as `embedded.folder` gives one."""
    made = embedded.folder(tmp_path, "test")
    yield made
    assert embedded.remove(made)


def answers(root: Path) -> bool:
    try:
        psycopg.connect(embedded.superuser(root)).close()
    except psycopg.OperationalError:
        return False
    return True


def pid_file(root: Path) -> Path:
    return root / "pg" / "postmaster.pid"


def holder(root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root)], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_it_starts_and_stops_and_keeps_its_data(root: Path) -> None:
    server = embedded.Server(root)
    roles.prepare(embedded.superuser(root))
    server.release()
    assert not answers(root)
    server = embedded.Server(root)
    roles.prepare(embedded.superuser(root))  # a second time changes nothing
    with psycopg.connect(embedded.superuser(root)) as admin:
        owner = admin.execute(
            "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = %s", [roles.DATABASE]
        ).fetchone()
    assert owner == (roles.OWNER,)
    server.release()


def test_its_data_is_closed_to_other_users(root: Path) -> None:
    server = embedded.Server(root)
    assert (root / "pg").stat().st_mode & 0o077 == 0
    server.release()


def test_it_starts_after_the_server_was_killed(root: Path) -> None:
    first = embedded.Server(root)
    os.kill(int(pid_file(root).read_text().split("\n")[0]), signal.SIGKILL)
    again = embedded.Server(root)
    assert answers(root)
    first.release()
    again.release()
    assert not answers(root)


def test_a_pid_file_that_names_another_process_is_no_server(root: Path) -> None:
    embedded.Server(root).release()
    pid_file(root).write_text(f"{os.getpid()}\n{root / 'pg'}\n1\n5432\n{root / 'pg'}\n\n0 0\nready\n")
    server = embedded.Server(root)
    assert answers(root)
    server.release()


def test_a_start_that_was_cut_off_is_begun_again(root: Path) -> None:
    root.mkdir(mode=0o755)
    (root / "pg.new").mkdir()
    (root / "pg.new" / "PG_VERSION").write_text("18\n")
    server = embedded.Server(root)
    assert answers(root)
    server.release()


def test_of_several_starters_at_once_all_share_one_server(root: Path) -> None:
    holders = [holder(root) for _ in range(4)]
    for process in holders:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
    for process in holders[1:]:
        process.communicate(timeout=30)
    assert answers(root)  # the first still holds it
    assert not embedded.remove(root)
    holders[0].communicate(timeout=30)
    assert not answers(root)


def test_the_hold_of_a_killed_process_is_let_go(root: Path) -> None:
    process = holder(root)
    assert process.stdout is not None and process.stdin is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    assert answers(root)  # nobody was left to stop it
    server = embedded.Server(root)
    assert server.alone
    server.release()
    assert not answers(root)


def test_a_folder_of_another_user_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(embedded.NotStarted, match="belongs to another user"):
        embedded.Server(root)
    monkeypatch.undo()


def test_several_processes_prepare_the_roles_at_once(root: Path) -> None:
    server = embedded.Server(root)
    program = "import sys; from crsweb import roles; roles.prepare(sys.argv[1])"
    preparing = [
        subprocess.Popen([sys.executable, "-c", program, embedded.superuser(root)], cwd=PROJECT) for _ in range(4)
    ]
    assert [process.wait(60) for process in preparing] == [0, 0, 0, 0]
    server.release()
