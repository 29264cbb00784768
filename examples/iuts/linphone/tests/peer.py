"""A SIP peer to try the driver with: as little of RFC 3261 as two programs on one machine need."""

import json
import os
import re
import secrets
import select
import socket
import subprocess
import sys
import time
import zlib
from dataclasses import dataclass

HOST = "127.0.0.1"
DRIVER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "linphone.py")
PATIENCE = 5.0  # seconds


@dataclass
class Message:
    """A SIP message and how it came."""

    octets: bytes
    transport: str
    way: object  # socket, and address for UDP

    def __post_init__(self):
        head, _, self.raw_body = self.octets.partition(b"\r\n\r\n")
        self.start, *lines = re.sub(r"\r\n[ \t]+", " ", head.decode()).split("\r\n")
        pairs = (line.partition(":") for line in lines)
        self.headers = [(name.strip().lower(), value.strip()) for name, _, value in pairs]

    def get(self, name):
        return next((value for key, value in self.headers if key == name), None)

    @property
    def body(self):
        return zlib.decompress(self.raw_body) if self.get("content-encoding") == "deflate" else self.raw_body

    @property
    def text(self):
        return self.body.decode()

    @property
    def status(self):
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else None


class Peer:
    """The program under test, and a user who sends it messages and gets everything that it sends."""

    def __init__(self, *arguments, user=None):
        self.uri = f"sip:{user or 'alice.' + secrets.token_hex(2)}@peer.test"
        self.listen()
        self.messages, self.lines, self.pending = [], [], b""
        self.links, self.buffers = {}, {}
        command = [sys.executable, DRIVER, f"--harness={HOST}:{self.port}", *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.commands = 0
        self.ready = self.hear(lambda line: line.get("event") == "ready")

    def listen(self):
        while True:
            self.udp, self.tcp = socket.socket(type=socket.SOCK_DGRAM), socket.socket()
            self.udp.bind((HOST, 0))
            self.port = self.udp.getsockname()[1]
            try:
                self.tcp.bind((HOST, self.port))
            except OSError:
                self.udp.close()
                self.tcp.close()
                continue
            self.tcp.listen()
            return

    def close(self):
        """The end of the program, as its exit status and the seconds that it took."""
        began = time.monotonic()
        self.process.stdin.close()
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        for each in (self.udp, self.tcp, *self.buffers):
            each.close()
        return status, time.monotonic() - began

    # What comes

    def turn(self, seconds=0.05):
        """Takes whatever comes next."""
        sources = [self.udp, self.tcp, self.process.stdout, *self.buffers]
        for source in select.select(sources, [], [], seconds)[0]:
            if source is self.udp:
                octets, address = self.udp.recvfrom(65535)
                if octets.strip():
                    self.take(Message(octets, "udp", address))
            elif source is self.tcp:
                self.buffers[self.tcp.accept()[0]] = b""
            elif source is self.process.stdout:
                self.take_lines()
            else:
                self.take_stream(source)

    def take_lines(self):
        octets = os.read(self.process.stdout.fileno(), 65536)
        if not octets:
            raise AssertionError("the driver is gone")
        self.pending += octets
        *lines, self.pending = self.pending.split(b"\n")
        self.lines += [json.loads(line) for line in lines]

    def take_stream(self, link):
        octets = link.recv(65536)
        if not octets:
            del self.buffers[link]
            self.links = {key: value for key, value in self.links.items() if value is not link}
            return link.close()
        self.buffers[link] = (self.buffers[link] + octets).lstrip(b"\r\n")
        while b"\r\n\r\n" in self.buffers[link]:
            head, _, rest = self.buffers[link].partition(b"\r\n\r\n")
            length = int(re.search(rb"(?i)\r\nContent-Length: *(\d+)", head)[1])
            if len(rest) < length:
                return
            whole, self.buffers[link] = head + b"\r\n\r\n" + rest[:length], rest[length:].lstrip(b"\r\n")
            self.take(Message(whole, "tcp", link))

    def take(self, message):
        self.messages.append(message)
        if message.status is None:
            self.answer(message, 200)

    def answer(self, request, status):
        suffixes = {"via": "", "from": "", "to": ";tag=1", "call-id": "", "cseq": ""}
        lines = [f"SIP/2.0 {status} x"]
        lines += [f"{name}: {value}{suffixes[name]}" for name, value in request.headers if name in suffixes]
        octets = "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()
        if request.transport == "udp":
            self.udp.sendto(octets, request.way)
        else:
            request.way.sendall(octets)

    def wait(self, found, seconds=PATIENCE):
        """What `found` gives as soon as it gives something; None if that does not happen in time."""
        end = time.monotonic() + seconds
        while (result := found()) is None and time.monotonic() < end:
            self.turn()
        return result

    def hear(self, wanted, seconds=PATIENCE):
        """The next line of the driver that is wanted."""
        line = self.wait(lambda: next((line for line in self.lines if wanted(line)), None), seconds)
        if line is None:
            raise AssertionError(f"the driver says nothing of the kind: {self.lines}")
        self.lines.remove(line)
        return line

    def request(self, having="", seconds=PATIENCE):
        """The next request with that text in its body; None if there is none in time."""
        def found():
            return next((message for message in self.messages
                         if message.status is None and having in message.text), None)
        message = self.wait(found, seconds)
        if message is not None:
            self.messages.remove(message)
        return message

    # What goes

    def ask(self, name, **members):
        self.commands += 1
        line = {"id": self.commands, "command": name, **members}
        self.process.stdin.write((json.dumps(line) + "\n").encode())
        self.process.stdin.flush()
        return self.hear(lambda reply: reply.get("id") == line["id"])

    def endpoint(self, transport):
        return next(uri for uri in self.ready["endpoints"] if uri.endswith(transport))

    def send(self, body, transport="udp", content_type="message/cpim", method="MESSAGE", extra=()):
        """Sends a request and returns the final response to it."""
        uri, call_id = self.endpoint(transport), secrets.token_hex(8)
        octets = body if isinstance(body, bytes) else body.encode()
        lines = [f"{method} {uri} SIP/2.0",
                 f"Via: SIP/2.0/{transport.upper()} {HOST}:{self.port};branch=z9hG4bK{secrets.token_hex(8)};rport",
                 "Max-Forwards: 70", f"From: <{self.uri}>;tag={secrets.token_hex(4)}",
                 f"To: <{self.ready['addresses'][0]}>", f"Call-ID: {call_id}", f"CSeq: 1 {method}",
                 *([f"Content-Type: {content_type}"] if content_type else []), *extra,
                 f"Content-Length: {len(octets)}", "", ""]
        port = int(re.search(r":(\d+);", uri)[1])
        whole = "\r\n".join(lines).encode() + octets
        if transport == "udp":
            self.udp.sendto(whole, (HOST, port))
        else:
            self.link(port).sendall(whole)

        def answered():
            return next((message for message in self.messages if message.get("call-id") == call_id
                         and message.status is not None and message.status >= 200), None)
        return self.wait(answered)

    def link(self, port):
        if port not in self.links:
            self.links[port] = socket.create_connection((HOST, port))
            self.buffers[self.links[port]] = b""
        return self.links[port]

    def instant_message(self, text="Hello", identifier=None, wants="positive-delivery, display"):
        """An instant message of RFC 5438, and its Message-ID."""
        identifier = identifier or secrets.token_hex(11)
        lines = [f"From: <{self.uri}>", f"To: <{self.ready['addresses'][0]}>", "DateTime: 2026-06-15T12:34:56Z",
                 "NS: imdn <urn:ietf:params:imdn>", f"imdn.Message-ID: {identifier}",
                 *([f"imdn.Disposition-Notification: {wants}"] if wants else []),
                 "", "Content-Type: text/plain; charset=utf-8", "", text]
        return "\r\n".join(lines), identifier

    def notification(self, identifier, kind, status):
        """An IMDN about a message."""
        document = ('<?xml version="1.0" encoding="UTF-8"?>\r\n<imdn xmlns="urn:ietf:params:xml:ns:imdn">'
                    f"<message-id>{identifier}</message-id><datetime>2026-06-15T12:34:56Z</datetime>"
                    f"<{kind}-notification><status><{status}/></status></{kind}-notification></imdn>")
        return "\r\n".join([f"From: <{self.uri}>", f"To: <{self.ready['addresses'][0]}>",
                            "NS: imdn <urn:ietf:params:imdn>", f"imdn.Message-ID: {secrets.token_hex(11)}", "",
                            "Content-Type: message/imdn+xml", "Content-Disposition: notification", "", document])
