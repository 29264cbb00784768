#!/usr/bin/env python3
"""A small endpoint of draft-burger-simple-imdn-03, to be tested by imdnspec.

It asks for reports and it reports, over UDP and TCP on 127.0.0.1, and a harness drives it by the control protocol
on standard input and output. It is meant to be right but for three deliberate faults; the comments that begin with
FAULT say where they are and which requirement each of them breaks. Python 3.9, standard library only.

This file is the user agent and its side of the control protocol; sip.py and cpim.py hold the protocols beneath.
"""

import asyncio
import json
import re
import secrets
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import sip
from cpim import (CPIM_URN, REPORT_TYPE, UNDERSTOOD, XML_URN, Cpim, bare, compose, content_of, formal_name,
                  subject_line, timestamp, uri_of, xml)


class Unsupported(Exception):
    """The driver knows the command, but cannot do this."""


@dataclass
class Message:
    """A received instant message, and what has become of it."""

    handle: str
    sender: str
    text: str
    content_type: str
    cpim: object = None  # None for plain text outside CPIM
    over_tcp: bool = False
    marked: bool = False  # asks for a report
    shown: bool = True
    outcome: tuple = None  # disposition and time of the first thing that happened to it
    consented: bool = False
    settled: bool = False  # reported, or ignored for good

    def identifier(self):
        return self.cpim.imdn("Message-ID") if self.cpim else None

    def entry(self):
        subject = self.cpim.headers.get(("", "Subject")) if self.cpim else None
        return {"handle": self.handle, "message_id": self.identifier() or None, "from": self.sender,
                "text": self.text, "subject": subject, "content_type": self.content_type, "signature": None,
                "encrypted": False}


POLICY = {"reports": ["ask", "allow", "deny", "ignore"], "on_arrival": ["hold", "read", "delete"],
          "read_state": ["known"], "hide_reporter": [False, True], "hide_sender": [False], "process_reports": [False],
          "record_route": [False], "aggregate": [False], "store": [False]}
OUTCOMES = {"read": "read", "delete": "processed", "delete-unread": "processed", "not-displayed": "error"}
CANNOT_SEND = ("receipts", "sign", "encrypt", "content_base64")


class Agent:
    """One user, her inbox and her sent messages, and the commands of the control protocol."""

    def __init__(self):
        self.transport = sip.Transport(self.answer)
        self.reset({})

    async def open(self):
        await self.transport.open()
        self.uri = f"sip:bob@{sip.HOST}:{self.transport.port}"

    def ready(self):
        emit({"event": "ready", "protocol": 1, "implementation": {"name": "minimal", "version": "1"},
              "endpoints": [f"{self.uri};transport=udp", f"{self.uri};transport=tcp"], "addresses": [self.uri],
              "commands": ["send", "dispose", "policy", "log", "advance_clock", "reset", "restart"]})

    def now(self):
        return datetime.now(timezone.utc) + self.offset

    # Receiving

    def answer(self, request):
        """The status for a request, and what to do once the answer is on its way."""
        method = request.start.partition(" ")[0]
        if method != "MESSAGE":
            return (200 if method == "OPTIONS" else 405), None
        kind = request.get("content-type").partition(";")[0].strip().lower()
        if kind not in ("message/cpim", "text/plain") or request.get("content-encoding", "identity") != "identity":
            return 415, None
        tcp = "/tcp" in request.get("via").partition(" ")[0].lower()
        try:
            message = self.read(request, tcp) if kind == "text/plain" else self.unwrap(request.body, tcp)
        except (ValueError, ElementTree.ParseError):
            return 400, None
        if message is None:
            return 200, None  # a report, which is never answered by a report
        if self.reject_next:
            status, self.reject_next = self.reject_next, None
            return status, None
        if message.identifier() and any(self.same(message, known) for known in self.inbox.values()):
            return 200, None  # the same message in a new transaction
        self.inbox[message.handle] = message
        return 200, lambda: self.arrive(message)

    def read(self, request, tcp):
        text = request.body.decode("utf-8", "replace")
        return Message(secrets.token_hex(6), uri_of(request.get("from")), text, "text/plain", over_tcp=tcp)

    def unwrap(self, octets, tcp):
        """The message in a CPIM object; None if it is a report."""
        cpim = Cpim(octets)
        sender = uri_of(cpim.headers.get(("", "From"), ""))
        if not sender or not cpim.required() <= UNDERSTOOD:
            raise ValueError("no sender, or a required header that is not understood")
        document = cpim.part(REPORT_TYPE)
        if document is not None:
            return self.take(document.get_payload(decode=True) or b"")
        marked = cpim.imdn("Disposition-Notification") is not None
        # FAULT, IMDN-9.1-6: a message that asks for a report but bears no Message-ID is malformed and has to be
        # refused; here it counts as a message that asks for nothing.
        marked = marked and bool(cpim.imdn("Message-ID"))
        part = cpim.part("text/") or cpim.entity
        text = content_of(part) if not part.is_multipart() else ""
        return Message(secrets.token_hex(6), sender, text, part.get_content_type(), cpim, tcp, marked)

    def take(self, document):
        """Shows a report that is about a message of ours, whoever sent it; others are dropped."""
        if b"<!DOCTYPE" in document:
            raise ValueError("a report has no DTD")
        root = ElementTree.fromstring(document)

        def value(name):
            return root.findtext(f"{{{XML_URN}}}{name}", "").strip() or None

        identifier = value("original-message-id")
        if identifier in self.sent:
            self.reports.append({"message_id": identifier, "recipient": value("original-recipient"), "type": None,
                                 "disposition": value("disposition"), "matched": True})

    def same(self, one, other):
        return (one.identifier(), one.sender) == (other.identifier(), other.sender)

    def arrive(self, message):
        emit({"event": "arrived", "handle": message.handle, "message_id": message.identifier() or None,
              "from": message.sender})
        message.shown = self.policy["on_arrival"] != "delete"
        if self.policy["on_arrival"] != "hold":
            self.happen(message, self.policy["on_arrival"])

    # Reporting

    def happen(self, message, how):
        """Something becomes of a message; the first event is the one that is reported."""
        if how == "ignore":
            message.settled = True
        elif how == "consent":
            message.consented = True
        elif how == "deny":
            self.report(message, "denied", self.now())
        elif message.outcome is None:
            message.outcome = (OUTCOMES[how], self.now())
        if message.outcome:
            self.settle(message)

    def settle(self, message):
        """Reports what happened, if the user agrees to that."""
        disposition, when = message.outcome
        consent = "allow" if message.consented else self.policy["reports"]
        if consent == "ignore":
            message.settled = True
        elif consent != "ask":
            self.report(message, "denied" if consent == "deny" else disposition, when)

    def report(self, message, disposition, when):
        """Sends the one report that a request gets."""
        if message.settled or not message.marked:
            return
        message.settled, cpim = True, message.cpim
        original_to = cpim.imdn("Original-To")
        document = xml({
            "disposition": disposition,
            "original-message-id": cpim.imdn("Original-Message-ID") or message.identifier(),
            "original-recipient-uri": uri_of(cpim.imdn("Original-From", cpim.headers[("", "From")])),
            "original-recipient": None if original_to is None else uri_of(original_to),
            "reporting-uas-uri": None if self.policy["hide_reporter"] else self.uri,
            "disposition-time": timestamp(when),
        })
        # FAULT, IMDN-9.1-7: the Subject has to be copied as it is; here it gets the prefix of an answer.
        subjects = [line for line in cpim.lines if line.startswith("Subject:")]
        subjects = [re.sub(r"^(Subject:\S*) ?", r"\1 Re: ", line) for line in subjects]
        headers = [f"From: <{self.uri}>", f"To: <{message.sender}>", f"DateTime: {timestamp(self.now())}", *subjects,
                   f"NS: imdn <{CPIM_URN}>", f"imdn.Message-ID: {secrets.token_hex(16)}"]
        body = compose(headers, f"{REPORT_TYPE}; charset=utf-8", document)
        try:
            self.transport.send(self.uri, message.sender, body, message.over_tcp)
        except ValueError as error:
            emit({"event": "log", "text": f"a report is lost: {error}"})

    # Commands

    def reset(self, _):
        self.forget()
        self.policy = {name: values[0] for name, values in POLICY.items()}
        self.reject_next, self.offset = None, timedelta()

    def forget(self):
        self.inbox, self.sent, self.reports = {}, set(), []

    def restart(self, _):
        self.forget()
        asyncio.get_running_loop().call_soon(self.ready)  # after the reply

    def advance_clock(self, command):
        self.offset += timedelta(seconds=command["seconds"])

    def log(self, _):
        shown = [message.entry() for message in self.inbox.values() if message.shown]
        return {"shown": shown, "reports": self.reports}

    def change_policy(self, command):
        for name, values in POLICY.items():
            if name in command and command[name] not in values:
                raise Unsupported(f"{name} cannot be {command[name]}")
        self.policy.update({name: command[name] for name in POLICY if name in command})
        self.reject_next = command.get("reject_next", self.reject_next)

    def dispose(self, command):
        how, identifier, sender = command["how"], command.get("message_id"), command.get("from")
        if how not in {"deny", "ignore", "consent", *OUTCOMES}:
            raise Unsupported(f"cannot {how} a message")

        def meant(message):
            if "handle" in command:
                return message.handle == command["handle"]
            if identifier is not None:
                return message.identifier() == identifier
            return bare(message.sender) == bare(sender or "")

        found = next((message for message in reversed(list(self.inbox.values())) if meant(message)), None)
        if found is None:
            raise ValueError("there is no such message")
        self.happen(found, how)

    def send(self, command):
        if command.get("profile", "imdn-03") != "imdn-03" or command.get("mode", "page") != "page":
            raise Unsupported("only page mode of imdn-03")
        refused = [member for member in CANNOT_SEND if command.get(member)]
        if refused:
            raise Unsupported(f"cannot send with {', '.join(refused)}")
        recipients = command.get("recipients")
        if not recipients:
            return {"message_id": self.originate(command["to"], command, bool(command.get("report")))}
        # FAULT, IMDN-8.1.1-6: who is not to report has to get a message that does not ask for it; here one wish is
        # everybody's wish.
        report = any(recipient.get("report") for recipient in recipients)
        return {"message_ids": {each["uri"]: self.originate(each["uri"], command, report) for each in recipients}}

    def originate(self, to, command, report):
        """Sends one instant message and returns its identifier."""
        identifier = secrets.token_hex(16)
        own = f"{formal_name(command.get('display_name'))}<{self.uri}>"
        subject = command.get("subject")
        subjects = command.get("subjects") or ([] if subject is None else [{"text": subject}])
        headers = [
            f"From: {own}", f"To: <{bare(to)}>", *(f"cc: <{bare(uri)}>" for uri in command.get("cc", [])),
            f"DateTime: {timestamp(self.now())}", *(subject_line(**subject) for subject in subjects),
            f"NS: imdn <{CPIM_URN}>", f"imdn.Message-ID: {identifier}",
            "imdn.Disposition-Notification: " if report else None,
            "Require: imdn.Disposition-Notification" if report and command.get("require") else None,
            f"imdn.List-Action: {command['list_action']}" if command.get("list_action") else None,
            "imdn.Original-From: " if command.get("hide_sender") else
            f"imdn.Original-From: {own}" if command.get("original_from") else None,
        ]
        content_type = command.get("content_type", "text/plain; charset=utf-8")
        content = command.get("text", command.get("content", ""))
        self.transport.send(self.uri, to, compose(headers, content_type, content.encode("utf-8", "replace")))
        self.sent.add(identifier)
        return identifier


def emit(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def carry_out(agent, command):
    """The reply to one command."""
    table = {"send": agent.send, "dispose": agent.dispose, "policy": agent.change_policy, "log": agent.log,
             "advance_clock": agent.advance_clock, "reset": agent.reset, "restart": agent.restart}
    try:
        if command.get("command") not in table:
            raise Unsupported(f"no command {command.get('command')}")
        return {"ok": True, **(table[command["command"]](command) or {})}
    except Unsupported as error:
        return {"ok": False, "error": "unsupported", "detail": str(error)}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return {"ok": False, "error": "failed", "detail": f"{type(error).__name__}: {error}"}


async def main():
    agent = Agent()
    await agent.open()
    loop, commands = asyncio.get_running_loop(), asyncio.StreamReader(limit=sip.LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    agent.ready()
    while True:
        line = await commands.readline()
        if not line:
            return  # the harness has closed the channel
        command = json.loads(line)
        emit({"id": command.get("id"), **carry_out(agent, command)})


if __name__ == "__main__":
    asyncio.run(main())
