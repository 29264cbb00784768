"""As much of RFC 3261 as a MESSAGE needs: messages, UDP and TCP on one port, transactions."""

import asyncio
import re
import secrets
import sys

HOST = "127.0.0.1"
LIMIT = 1 << 20  # longest message, in octets
T1, T2 = 0.5, 4.0  # seconds, section 17.1.1.1
LARGEST_DATAGRAM = 1300  # octets of a request over UDP, section 18.1.1

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "l": "content-length", "c": "content-type",
           "e": "content-encoding"}
REASONS = {200: "OK", 400: "Bad Request", 405: "Method Not Allowed", 415: "Unsupported Media Type"}
CAPABILITIES = ["Allow: MESSAGE, OPTIONS", "Accept: message/cpim, text/plain"]


class Sip:
    """A SIP message: start line, headers by lower-case name, body."""

    def __init__(self, head, body=b""):
        lines = re.sub(rb"\r\n[ \t]+", b" ", head).decode("utf-8", "replace").split("\r\n")
        self.start, self.headers, self.body = lines[0], [], body
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.headers.append((COMPACT.get(name, name), value.strip()))

    def all(self, name):
        return [value for key, value in self.headers if key == name]

    def get(self, name, default=""):
        return next(iter(self.all(name)), default)

    def length(self):
        """Content-Length; None if there is none."""
        text = self.get("content-length", None)
        if text is not None and not (text.isdecimal() and len(text) < 8):
            raise ValueError("Content-Length is no length")
        return None if text is None else int(text)

    def response(self, status, source):
        """The octets that answer this request. The first Via gets the address it came from (RFC 3581)."""
        vias = ", ".join(self.all("via"))
        host, port = source[:2]
        vias = re.sub(r";rport(?=[;,]|$)", f";received={host};rport={port}", vias, count=1)
        to = self.get("to")
        to += "" if ";tag=" in to else f";tag={secrets.token_hex(4)}"
        lines = [f"SIP/2.0 {status} {REASONS.get(status, 'Rejected')}", f"Via: {vias}", f"From: {self.get('from')}",
                 f"To: {to}", f"Call-ID: {self.get('call-id')}", f"CSeq: {self.get('cseq')}"]
        return "\r\n".join(lines + CAPABILITIES + ["Content-Length: 0", "", ""]).encode()


class Transport(asyncio.DatagramProtocol):
    """UDP and TCP on one port, with the transactions of RFC 3261 section 17 that MESSAGE needs."""

    def __init__(self, answer):
        self.answer = answer  # called with a request; returns its status, and what to do once it is sent
        self.pending = {}  # branch -> timer of the next retransmission
        self.answered = {}  # server transaction -> octets of its response
        self.links = {}  # address -> task that opens a connection

    async def open(self):
        self.loop = asyncio.get_running_loop()
        while True:
            self.udp, _ = await self.loop.create_datagram_endpoint(lambda: self, (HOST, 0))
            self.port = self.udp.get_extra_info("sockname")[1]
            try:
                self.server = await asyncio.start_server(self.serve, HOST, self.port, limit=LIMIT)
                return
            except OSError:  # somebody else has this port for TCP
                self.udp.close()

    def datagram_received(self, data, address):
        head, _, body = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
        if not head:
            return  # a keep-alive
        try:
            message = Sip(head)
            length = message.length()
        except ValueError:
            return
        message.body = body[:length]
        whole = length is None or length <= len(body)
        rport = ";rport" in message.get("via").partition(",")[0]
        sent_by = re.match(r"\S+\s+[^:;,\s]+:(\d{1,5})", message.get("via"))
        port = address[1] if rport else int(sent_by[1]) if sent_by else 5060
        self.received(message, address, whole, lambda octets: self.udp.sendto(octets, (address[0], port)))

    async def serve(self, reader, writer):
        """Takes messages from a connection, however they are cut into segments, until it ends or makes no sense."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).strip(b"\r\n")
                if not head:
                    continue  # a keep-alive
                message = Sip(head)
                length = message.length() or 0
                if length > LIMIT:
                    raise ValueError("too long")
                message.body = await reader.readexactly(length)
                address = writer.get_extra_info("peername")
                self.received(message, address, message.length() is not None, writer.write)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, OSError):
            pass
        finally:
            writer.close()

    def received(self, message, address, whole, reply):
        if message.start.startswith("SIP/2.0 "):
            self.finish(message)
        elif not message.start.startswith("ACK "):
            self.respond(message, address, whole, reply)

    def finish(self, response):
        """A final response ends its transaction."""
        branch = re.search(r";branch=([^;,\s]+)", response.get("via"))
        if branch and not response.start.startswith("SIP/2.0 1"):
            timer = self.pending.pop(branch[1], None)
            if timer:
                timer.cancel()

    def respond(self, request, address, whole, reply):
        """Answers a request, once: a retransmission gets the same octets and changes nothing."""
        key = (request.get("via"), request.get("call-id"), request.get("cseq"))
        if key in self.answered:
            return reply(self.answered[key])
        status, afterwards = self.answer(request) if whole and all(key) else (400, None)
        self.answered[key] = request.response(status, address)
        self.loop.call_later(64 * T1, self.answered.pop, key, None)
        reply(self.answered[key])
        if afterwards:
            afterwards()

    def send(self, sender, uri, body, tcp=False):
        """Sends a MESSAGE with a CPIM object to a SIP URI, which may itself ask for TCP. No names are looked up."""
        uri = uri.partition("?")[0]
        route = re.fullmatch(r"sip:(?:[^@]*@)?([\d.]+)(?::(\d{1,5}))?(;.*)?", uri)
        if not route:
            raise ValueError(f"no way to {uri}")
        address = (route[1], int(route[2] or 5060))
        tcp = tcp or "transport=tcp" in (route[3] or "").lower()
        branch = "z9hG4bK" + secrets.token_hex(12)
        octets = self.request(sender, uri, body, branch, "TCP" if tcp else "UDP")
        if tcp or len(octets) > LARGEST_DATAGRAM:
            self.loop.create_task(self.write(self.request(sender, uri, body, branch, "TCP"), address))
        else:
            self.transmit(branch, octets, address, T1, self.loop.time() + 64 * T1)

    def request(self, sender, uri, body, branch, transport):
        via = f"SIP/2.0/{transport} {HOST}:{self.port};branch={branch};rport"
        to = re.sub(";[^@]*$", "", uri)
        lines = [f"MESSAGE {uri} SIP/2.0", f"Via: {via}", "Max-Forwards: 70",
                 f"From: <{sender}>;tag={secrets.token_hex(4)}", f"To: <{to}>", f"Call-ID: {secrets.token_hex(12)}",
                 "CSeq: 1 MESSAGE", "Content-Type: message/cpim", f"Content-Length: {len(body)}", "", ""]
        return "\r\n".join(lines).encode() + body

    def transmit(self, branch, octets, address, interval, end):
        """Sends a datagram now, and again at growing intervals until it is answered or 64*T1 are over."""
        self.udp.sendto(octets, address)
        later = (branch, octets, address, min(2 * interval, T2), end)
        if self.loop.time() + interval < end:
            self.pending[branch] = self.loop.call_later(interval, self.transmit, *later)
        else:
            self.pending.pop(branch, None)

    async def write(self, octets, address):
        """Sends over the connection to an address, which is opened where there is none."""
        link = self.links.get(address)
        if link is None or (link.done() and (link.exception() or link.result().is_closing())):
            link = self.links[address] = self.loop.create_task(self.connect(address))
        try:
            (await link).write(octets)
        except OSError as error:
            print(f"{address} cannot be reached: {error}", file=sys.stderr)

    async def connect(self, address):
        reader, writer = await asyncio.open_connection(*address, limit=LIMIT)
        self.loop.create_task(self.serve(reader, writer))
        return writer
