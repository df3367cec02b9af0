"""The real backend process: jobs, cancelling, noise, and every way to end."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from sketch2pose.core.body_motion import read_body_motion
from sketch2pose.inference.protocol import messages as m
from sketch2pose.inference.protocol.client import BackendClient
from sketch2pose.inference.protocol.requests import SketchRequest
from sketch2pose.inference.protocol.wire import decode, encode
from tests.pure.inference.protocol.protocol_messages import messages_of, messages_until

ROOT = Path(__file__).resolve().parents[4]
SERVER = [sys.executable, str(ROOT / "tests" / "fakes" / "scripted_server.py"), "serve"]
PATIENCE = 60.0  # s; only reached when something is broken
POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="skipped: POSIX signals")


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


@pytest.fixture
def client(tmp_path):
    made = BackendClient(SERVER, environment(), tmp_path / "log" / "backend.log")
    yield made
    made.close()


@pytest.fixture
def draw(tmp_path):
    def make(name):
        path = tmp_path / name
        path.write_bytes(cv2.imencode(".png", np.full((40, 40), 255, np.uint8))[1].tobytes())
        return str(path)

    return make


def outcome(client, job):
    return messages_of(client, job)[-1]


def is_progress(message):
    return isinstance(message, m.Progress)


def test_drawings_become_files(client, draw, tmp_path):
    out = tmp_path / "öut put"
    inputs = [draw("one é.png"), draw("two.png"), draw("nobody.png"), str(tmp_path / "absent.png")]
    result = outcome(client, client.submit(SketchRequest(tuple(inputs), str(out))))
    assert isinstance(result, m.Result)
    names = [Path(path).name for path in result.files]
    assert names == ["one é.npz", "two_p0.npz", "two_p1.npz"]
    assert [read_body_motion(path).person_id for path in result.files] == [0, 0, 1]
    assert read_body_motion(result.files[0]).source == ("one é.png", "drawing")
    assert [summary["people"] for summary in result.summaries] == [1, 2, 0, 0]
    codes = [(summary["error"] or {}).get("code") for summary in result.summaries]
    assert codes == [None, None, "nobody", "page.unreadable"]
    people = json.loads(Path(result.summaries[1]["index"]).read_text())
    assert [person["file"] for person in people["people"]] == names[1:]
    assert {path.name for path in out.iterdir()} == {*names, "two_people.json"}


def test_one_failed_drawing_is_an_error(client, draw, tmp_path):
    message = outcome(client, client.submit(SketchRequest((draw("nobody.png"),), str(tmp_path))))
    assert str(message.error()) == "No figure was found: nothing looks like one. Draw one."


def test_a_bug_is_an_error_with_its_trace_in_the_log(client, draw, tmp_path):
    message = outcome(client, client.submit(SketchRequest((draw("bug.png"),), str(tmp_path))))
    assert message.code == "unexpected"
    assert "ZeroDivisionError" in message.why
    log = (tmp_path / "log" / "backend.log").read_text(encoding="utf-8")
    assert "Traceback" in log
    assert isinstance(outcome(client, client.submit(SketchRequest((), str(tmp_path)))), m.Result)


def test_a_folder_that_cannot_be_made_is_an_error(client, draw, tmp_path):
    blocked = draw("file.png")
    message = outcome(client, client.submit(SketchRequest((draw("a.png"),), blocked + "/x")))
    assert message.code == "output.folder"


def test_noise_goes_to_the_log_and_not_into_the_protocol(client, draw, tmp_path):
    job = client.submit(SketchRequest((draw("noisy.png"),), str(tmp_path)))
    received = messages_until(client, lambda message: isinstance(message, m.FINAL_MESSAGES))
    assert isinstance(received[-1], m.Result)
    assert m.Warning(job, "This one is noisy.") in received
    log = (tmp_path / "log" / "backend.log").read_text(encoding="utf-8")
    for noise in ("print", "descriptor", "C library", "original stream"):
        assert noise in log


def test_cancel_while_it_computes_leaves_nothing_and_keeps_the_process(client, draw, tmp_path):
    out = tmp_path / "out"
    job = client.submit(
        SketchRequest(
            (
                draw("a.png"),
                draw("slow.png"),
            ),
            str(out),
        )
    )
    messages_until(client, lambda message: is_progress(message) and message.text == "Step 3")
    pid = client.process_id
    client.cancel(job)
    assert isinstance(outcome(client, job), m.Cancelled)
    again = client.submit(SketchRequest((draw("a.png"),), str(out)))
    assert isinstance(outcome(client, again), m.Result)
    assert client.process_id == pid
    assert not list(out.glob("slow*"))


def test_stopping_early_keeps_what_there_is(client, draw, tmp_path):
    job = client.submit(SketchRequest((draw("patient.png"),), str(tmp_path / "out")))
    client.stop_early(job)  # not begun yet: ignored
    messages_until(client, is_progress)
    client.stop_early(job)
    received = messages_until(client, lambda message: isinstance(message, m.FINAL_MESSAGES))
    assert isinstance(received[-1], m.Result) and len(received[-1].files) == 1
    assert m.Warning(job, "Stopped on request.") in received


def test_cancel_of_a_waiting_job(client, draw, tmp_path):
    running = client.submit(SketchRequest((draw("slow.png"),), str(tmp_path)))
    messages_until(client, is_progress)
    waiting = client.submit(SketchRequest((draw("a.png"),), str(tmp_path)))
    client.cancel(waiting)
    assert isinstance(outcome(client, waiting), m.Cancelled)
    client.cancel(running)
    assert isinstance(outcome(client, running), m.Cancelled)


@POSIX_ONLY
def test_kill_in_mid_job_is_one_error_and_the_next_job_runs(client, draw, tmp_path):
    job = client.submit(SketchRequest((draw("slow.png"),), str(tmp_path)))
    messages_until(client, is_progress)
    os.kill(client.process_id, signal.SIGKILL)
    message = outcome(client, job)
    assert message.code == "backend.died"
    assert "signal 9" in message.why
    assert "backend.log" in message.fix
    assert isinstance(
        outcome(client, client.submit(SketchRequest((draw("a.png"),), str(tmp_path)))), m.Result
    )


@pytest.mark.parametrize("drawing", [None, "slow.png", "stubborn.png"])
def test_the_process_ends_when_stdin_does(draw, tmp_path, drawing):
    process = subprocess.Popen(
        SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    )
    assert isinstance(decode(process.stdout.readline()), m.Ready)
    if drawing:
        request = SketchRequest((draw(drawing),), str(tmp_path))
        process.stdin.write(encode(m.Submit(1, request)))
        process.stdin.flush()
        while not is_progress(decode(process.stdout.readline())):
            pass
    process.stdin.close()
    assert process.wait(PATIENCE) == 0
    process.stdout.close()


def test_commands_that_are_none_are_ignored(draw, tmp_path):
    request = SketchRequest((draw("a.png"),), str(tmp_path))
    commands = b"garbage\n\n" + encode(m.Cancel(99)) + encode(m.Submit(1, request))
    with subprocess.Popen(
        SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    ) as process:
        process.stdin.write(commands)
        process.stdin.flush()
        kinds = []
        while "Result" not in kinds:
            kinds.append(type(decode(process.stdout.readline())).__name__)
    assert kinds[:2] == ["Ready", "Started"]


@POSIX_ONLY
@pytest.mark.parametrize("drawing", ["slow.png", "stubborn.png"])
def test_the_process_ends_when_its_parent_is_killed(draw, tmp_path, drawing):
    program = textwrap.dedent(f"""
        import sys, time
        from sketch2pose.inference.protocol.client import BackendClient
        from sketch2pose.inference.protocol import messages as m
        from sketch2pose.inference.protocol.requests import SketchRequest
        client = BackendClient({SERVER!r})
        client.submit(SketchRequest(({draw(drawing)!r},), {str(tmp_path)!r}))
        while not any(isinstance(x, m.Progress) for x in client.poll()):
            time.sleep(0.01)
        print(client.process_id, flush=True)
        time.sleep(3600)
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment()
    )
    backend = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + PATIENCE
    while is_running(backend) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(backend)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_log_that_cannot_be_written_stops_nothing(draw, tmp_path):
    blocked = draw("file.png")
    client = BackendClient(SERVER, environment(), Path(blocked) / "backend.log")
    result = outcome(client, client.submit(SketchRequest((draw("a.png"),), str(tmp_path))))
    assert isinstance(result, m.Result)
    client.close()


def test_the_log_rotates_with_what_libraries_print(tmp_path):
    program = textwrap.dedent(f"""
        import logging, os
        from pathlib import Path
        from sketch2pose.inference import backend_log
        backend_log.LOG_BYTES = 5000
        backend_log.redirect_output_to_log(Path({str(tmp_path)!r}) / "b.log")
        for number in range(300):
            os.write(1, b"noise %d\\n" % number)
            logging.info("line %d", number)
    """)
    subprocess.run([sys.executable, "-c", program], check=True, env=environment())
    logs = sorted(tmp_path.iterdir())
    assert [path.name for path in logs] == ["b.log", "b.log.1", "b.log.2", "b.log.3"]
    assert "noise 299" in logs[0].read_text()
    assert all(path.stat().st_size < 8000 for path in logs)
