#!/usr/bin/env python3
"""Linphone, driven by imdnspec: the control protocol on standard input and output. Python 3.9, no packages.

agent.py holds the commands, policy.py what Linphone may do by itself, core.py the configuration of liblinphone,
bindings.py its functions.
"""

import argparse
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import tempfile

from agent import Agent
from core import ANY, HOST, IDENTITY, Core
from policy import Unsupported

COMMANDS = ("send", "dispose", "policy", "log", "reset", "restart")
TURN = 0.001  # seconds between two looks at the sockets of liblinphone, which cannot be waited for
TURNS = 8  # looks in a row
LONGEST = 1 << 16  # octets of a read
MEMORY = "/dev/shm"  # file system in memory, where there is one
OUTPUT = 1  # standard output
PR_SET_PDEATHSIG = 1  # of prctl(2): the signal to get when the parent dies


class Output:
    """Standard output, kept for the control protocol: what liblinphone prints there goes to standard error."""

    def __init__(self):
        self.descriptor = os.dup(OUTPUT)
        os.dup2(sys.stderr.fileno(), OUTPUT)

    def emit(self, line):
        octets = (json.dumps(line) + "\n").encode()
        while octets:
            octets = octets[os.write(self.descriptor, octets):]

    def give_back(self):
        os.dup2(self.descriptor, OUTPUT)


class Driver:
    """One process of the IUT, from `ready` to the end of standard input."""

    def __init__(self, options):
        self.options = options
        self.output = Output()
        self.state = os.path.join(options.folder, "driver.json")  # what survives a restart beside liblinphone's own
        self.input = b""

    def open(self):
        options = self.options
        self.core = Core(options.folder, options.harness, options.transport, (options.udp, options.tcp))
        self.agent = Agent(self.core, self.output.emit)
        if os.path.exists(self.state):
            with open(self.state, encoding="utf-8") as file:
                kept = json.load(file)
            self.input = kept["input"].encode("latin-1")
            self.agent.policies.take_up(kept["policies"])
        self.core.start()
        self.agent.remember()
        user = f"{IDENTITY.partition('@')[0]}@{HOST}"
        version = self.core.library.core_get_version().decode()
        self.output.emit({
            "event": "ready", "protocol": 1, "implementation": {"name": "Linphone", "version": version},
            "endpoints": [f"{user}:{self.core.udp};transport=udp", f"{user}:{self.core.tcp};transport=tcp"],
            "addresses": [IDENTITY], "commands": COMMANDS, "scoped": True, "modes": ["page"]})

    def run(self):
        self.obey()
        while True:
            for _ in range(TURNS):
                self.agent.work()
            if select.select([0], [], [], TURN)[0]:
                octets = os.read(0, LONGEST)
                if not octets:
                    return
                self.input += octets
                self.obey()

    def obey(self):
        while b"\n" in self.input:
            line, _, self.input = self.input.partition(b"\n")
            command = json.loads(line)
            self.output.emit({"id": command.get("id"), **self.carry_out(command)})
            if command.get("command") == "restart":
                self.restart()

    def carry_out(self, command):
        """The reply to one command."""
        name = command.get("command")
        try:
            if name not in COMMANDS:
                raise Unsupported(f"no command {name}")
            reply = None if name == "restart" else getattr(self.agent, name)(command)
            return {"ok": True, **(reply or {})}
        except Unsupported as error:
            return {"ok": False, "error": "unsupported", "detail": str(error)}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return {"ok": False, "error": "failed", "detail": f"{type(error).__name__}: {error}"}

    def restart(self):
        """Becomes a new process in the same place, as after a power cut: ports, settings and what is stored stay."""
        with open(self.state, "w", encoding="utf-8") as file:
            json.dump({"policies": self.agent.policies.members, "input": self.input.decode("latin-1")}, file)
        self.output.give_back()
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.execv(sys.executable, [sys.executable, os.path.abspath(__file__), f"--harness={self.options.harness}",
                                  f"--transport={self.options.transport}", f"--folder={self.options.folder}",
                                  f"--udp={self.core.udp}", f"--tcp={self.core.tcp}"])


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--harness", required=True, help="host:port of the peers, to which every request goes")
    parser.add_argument("--transport", choices=["udp", "tcp"], default="udp", help="over which they go there")
    parser.add_argument("--folder", help="where to store; default: a fresh folder that is deleted at the end")
    parser.add_argument("--udp", type=int, default=ANY, help="port to listen on; default: any")
    parser.add_argument("--tcp", type=int, default=ANY, help="port to listen on; default: any")
    return parser.parse_args()


def watch():
    """Runs the driver in a process and a folder of its own, so that a crash of liblinphone leaves nothing behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="imdnspec-linphone-", dir=place) as folder:
        status = subprocess.call([sys.executable, os.path.abspath(__file__), *sys.argv[1:], f"--folder={folder}"])
    if status < 0:
        print(f"liblinphone was ended by {signal.Signals(-status).name}", file=sys.stderr)
    return abs(status)


def drive(chosen):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        driver = Driver(chosen)
        driver.open()
        driver.run()
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def main():
    chosen = options()
    status = drive(chosen) if chosen.folder else watch()
    sys.stderr.flush()
    os._exit(status)  # without the farewells of liblinphone, which wait for answers


if __name__ == "__main__":
    main()
