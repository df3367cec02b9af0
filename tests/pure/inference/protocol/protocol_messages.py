"""Waiting for what a backend says."""

import time

from sketch2pose.inference.protocol import messages as m

PATIENCE = 60.0  # s; only reached when something is broken


def messages_until(client, condition):
    """All messages up to and including the first that fulfils the condition."""
    received, deadline = [], time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for message in client.poll():
            received.append(message)
            if condition(message):
                return received
        time.sleep(0.002)
    raise AssertionError(f"nothing of the kind among {received}")


def messages_of(client, job):
    """All messages up to and including the last one about a job."""

    def is_last(message):
        return isinstance(message, m.FINAL_MESSAGES) and message.job_id == job

    return messages_until(client, is_last)
