"""The client with a backend that succeeds, warns, crashes, hangs and talks garbage."""

import sys
import time
from pathlib import Path

import pytest

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.protocol import messages as m
from sketch2pose.inference.protocol.client import BackendClient
from sketch2pose.inference.protocol.process import clean_environment
from sketch2pose.inference.protocol.requests import SketchRequest
from tests.pure.inference.protocol.protocol_messages import messages_of, messages_until

FAKE = Path(__file__).resolve().parents[3] / "fakes" / "fake_backend.py"
PATIENCE = 30.0  # s; only reached when something is broken


def fake(*arguments, **settings):
    return BackendClient([sys.executable, str(FAKE), *arguments], **settings)


@pytest.fixture
def client():
    made = fake()
    yield made
    made.close()


def request(do="succeed", inputs=("a.png",)):
    return SketchRequest(tuple(inputs), f"do-{do}-")


def test_a_job_from_request_to_result(client):
    job = client.submit(request(inputs=["ä b.png"]))
    received = messages_of(client, job)
    assert [type(message) for message in received] == [m.Ready, m.Started, m.Progress, m.Result]
    assert received[-1].summaries == [{"input": "ä b.png", "files": []}]
    assert client.ready is not None
    assert client.ready.models == ["fake"]


def test_warnings_and_errors_arrive(client):
    received = messages_of(client, client.submit(request("warn")))
    assert m.Warning(1, "The left arm is a guess.") in received
    error = messages_of(client, client.submit(request("fail")))[-1].error()
    assert str(error) == "Nothing was found: the page is blank. Draw."


def test_a_crash_ends_its_job_and_the_next_one_runs(client):
    error = messages_of(client, client.submit(request("crash")))[-1].error()
    assert error.code == "backend.died"
    assert "Segmentation fault, or so" in str(error)
    assert isinstance(messages_of(client, client.submit(request()))[-1], m.Result)


def test_a_waiting_job_survives_the_crash_of_another():
    client = fake()
    first = client.submit(request("crash"))
    second = client.submit(request())
    final = []
    deadline = time.monotonic() + PATIENCE
    while len(final) < 2 and time.monotonic() < deadline:
        final += [msg for msg in client.poll() if isinstance(msg, m.FINAL_MESSAGES)]
        time.sleep(0.002)
    assert [(message.job_id, type(message)) for message in final] == [
        (first, m.Error),
        (second, m.Result),
    ]
    client.close()


def test_a_hanging_job_is_cancelled(client):
    job = client.submit(request("hang"))
    messages_until(client, lambda message: isinstance(message, m.Progress))
    client.cancel(job)
    client.cancel(job)
    assert isinstance(messages_of(client, job)[-1], m.Cancelled)
    assert isinstance(messages_of(client, client.submit(request()))[-1], m.Result)


def test_a_job_that_ignores_cancel_costs_its_process_its_life():
    client = fake(cancel_grace=0.2)
    job = client.submit(request("deaf"))
    messages_until(client, lambda message: isinstance(message, m.Progress))
    process = client._process
    client.cancel(job)
    assert isinstance(messages_of(client, job)[-1], m.Cancelled)
    assert process._process.wait(PATIENCE) != 0
    assert isinstance(messages_of(client, client.submit(request()))[-1], m.Result)
    client.close()


def test_cancel_before_the_backend_is_ready_needs_no_backend():
    client = fake("--ready", "never")
    job = client.submit(request())
    client.cancel(job)
    assert client.poll() == [m.Cancelled(job)]
    client.close()


def test_garbage_is_an_error_not_a_hang(client):
    error = messages_of(client, client.submit(request("garbage")))[-1].error()
    assert error.code == "backend.garbage"
    assert "not: json" in str(error)
    assert isinstance(messages_of(client, client.submit(request()))[-1], m.Result)


def test_garbage_instead_of_a_greeting():
    client = fake("--ready", "garbage")
    error = messages_of(client, client.submit(request()))[-1].error()
    assert error.code == "backend.garbage"
    client.close()


def test_another_version_is_refused():
    client = fake("--ready", "other-version")
    error = messages_of(client, client.submit(request()))[-1].error()
    assert error.code == "backend.version"
    assert "speaks protocol 2" in str(error)
    assert client.poll() == []
    client.close()


def test_a_backend_that_never_gets_ready_times_out():
    client = fake("--ready", "never", ready_timeout=0.3)
    error = messages_of(client, client.submit(request()))[-1].error()
    assert error.code == "backend.timeout"
    client.close()


def test_a_backend_that_cannot_load_says_why():
    client = fake("--ready", "crash")
    error = messages_of(client, client.submit(request()))[-1].error()
    assert error.code == "backend.died"
    assert "no module named everything" in str(error)
    client.close()


def test_restarts_have_a_limit_and_a_person_may_retry():
    client = fake(restart_limit=1)
    codes = [messages_of(client, client.submit(request("crash")))[-1].code for _ in range(3)]
    assert codes == ["backend.died", "backend.gave_up", "backend.gave_up"]
    assert isinstance(messages_of(client, client.submit(request()))[-1], m.Result)
    assert messages_of(client, client.submit(request("crash")))[-1].code == "backend.died"
    client.close()


def test_a_missing_program_is_one_sentence():
    client = BackendClient(["/nowhere/python", "-m", "inference"])
    with pytest.raises(Sketch2PoseError, match="could not be started") as caught:
        client.submit(request())
    assert caught.value.code == "backend.start"
    client.close()


def test_many_jobs_end_exactly_once(client):
    jobs = [client.submit(request("slow" if n % 2 else "succeed")) for n in range(6)]
    client.cancel(jobs[3])
    final, deadline = [], time.monotonic() + PATIENCE
    while len(final) < len(jobs) and time.monotonic() < deadline:
        final += [msg for msg in client.poll() if isinstance(msg, m.FINAL_MESSAGES)]
        time.sleep(0.005)
    assert sorted(message.job_id for message in final) == jobs
    assert [type(message) for message in final if message.job_id == jobs[3]] == [m.Cancelled]


def test_close_ends_the_process(client):
    messages_until_ready = messages_of(client, client.submit(request()))
    assert messages_until_ready
    process = client._process
    client.close()
    client.close()
    assert process._process.wait(PATIENCE) is not None
    assert client.poll() == []


def test_the_environment_is_clean(monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/somewhere/else")
    monkeypatch.setenv("PYTHONSTARTUP", "evil.py")
    env = clean_environment()
    assert "PYTHONHOME" not in env
    assert "PYTHONSTARTUP" not in env
    assert env["PYTHONSAFEPATH"] == "1"
    assert clean_environment({"A": "b", "PYTHONHOME": "x"}) == {
        "A": "b", "PYTHONSAFEPATH": "1", "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1",
    }  # fmt: skip
