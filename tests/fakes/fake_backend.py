"""A backend that does what the test asks: the protocol without the estimation.

    python fake_backend.py [--ready FIRST_WORD] [--file MOTION] …

The name of a request's folder, as in `do-hang-x1y2`, chooses what happens to it:
succeed (default), warn, fail, crash, hang, deaf (also ignores cancel), garbage, slow,
until_enough. Files beside MOTION called MOTION_p1.npz … are further people.
`--ready`: say (default), never, other-version, crash, garbage.
"""

import argparse
import glob
import json
import os
import queue
import re
import signal
import sys
import threading
import time

PROTOCOL_VERSION = 2


def say(kind, **fields):
    sys.stdout.write(json.dumps({"type": kind, **fields}) + "\n")
    sys.stdout.flush()


class FakeBackend:
    def __init__(self, options):
        self.options = options
        self.cancelled = set()
        self.stopped = set()
        self.jobs = queue.Queue()

    def greet(self):
        mood = self.options.ready
        if mood == "never":
            time.sleep(3600)
        if mood == "crash":
            sys.exit("ImportError: no module named everything")
        if mood == "garbage":
            print("Welcome to the numerical library!", flush=True)
        version = PROTOCOL_VERSION + (mood == "other-version")
        say(
            "ready",
            protocol=version,
            version="0.0.0",
            device="cpu",
            device_note="",
            models=["fake"],
        )

    def serve(self):
        threading.Thread(target=self.work, daemon=True).start()
        for line in sys.stdin:
            command = json.loads(line)
            if command["type"] == "cancel":
                kept = command.get("keep")
                (self.stopped if kept else self.cancelled).add(command["job_id"])
            else:
                self.jobs.put(command)

    def work(self):
        while True:
            command = self.jobs.get()
            job, request = command["job_id"], command["request"]
            say("started", job_id=job)
            say("progress", job_id=job, fraction=0.5, text="Half way")
            told = re.search(r"do-([a-z_]+)-", request["out_dir"])
            getattr(self, told[1] if told else "succeed")(job, request)

    def succeed(self, job, request):
        files = [self.options.file] if self.options.file else []
        files += sorted(glob.glob(f"{os.path.splitext(self.options.file)[0]}_p*.npz"))
        summaries = [{"input": name, "files": files} for name in request["inputs"]]
        say("result", job_id=job, files=files, summaries=summaries)

    def warn(self, job, request):
        say("warning", job_id=job, text="The left arm is a guess.")
        self.succeed(job, request)

    def fail(self, job, request):
        say(
            "error",
            job_id=job,
            what="Nothing was found",
            why="the page is blank",
            fix="Draw",
            code="x",
        )

    def crash(self, job, request):
        print("Segmentation fault, or so", file=sys.stderr, flush=True)
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    def garbage(self, job, request):
        print("[W:some library] {not: json", flush=True)
        time.sleep(3600)

    def hang(self, job, request):
        while job not in self.cancelled:
            time.sleep(0.005)
        say("cancelled", job_id=job)

    def until_enough(self, job, request):
        while job not in self.stopped:
            time.sleep(0.005)
        self.succeed(job, request)

    def deaf(self, job, request):
        time.sleep(3600)

    def slow(self, job, request):
        for step in range(20):
            say("progress", job_id=job, fraction=step / 20, text=f"Step {step}")
            time.sleep(0.01)
        self.succeed(job, request)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready", default="say")
    parser.add_argument("--file", default="")
    options, _ = parser.parse_known_args()
    backend = FakeBackend(options)
    backend.greet()
    backend.serve()


if __name__ == "__main__":
    main()
