"""Message/CPIM objects (RFC 3862) and the report document of draft-burger-simple-imdn-03."""

import email
import email.policy
import re
from xml.sax.saxutils import escape

CPIM_URN = "urn:ietf:params:cpim-headers:imdn"
XML_URN = "urn:ietf:params:xml:ns:imdn"
REPORT_TYPE = "application/imdn+xml"

UNDERSTOOD = {("", name) for name in ("From", "To", "cc", "DateTime", "Subject", "NS", "Require")}
UNDERSTOOD |= {(CPIM_URN, name) for name in ("Disposition-Notification", "List-Action", "Message-ID", "Original-From",
                                              "Original-Message-ID", "Original-To")}


class Cpim:
    """A received Message/CPIM object (RFC 3862). Headers go by namespace and name; a prefix is only a local label."""

    def __init__(self, octets):
        head, gap, entity = octets.partition(b"\r\n\r\n")
        if not gap:
            raise ValueError("no empty line below the CPIM headers")
        self.lines = head.decode("utf-8", "replace").split("\r\n")
        self.entity = email.message_from_bytes(entity, policy=email.policy.HTTP)
        self.prefixes, self.headers = {"": ""}, {}
        for line in self.lines:
            name, _, value = line.partition(":")
            binding = re.fullmatch(r" *([^\s<]+) *<([^>]*)> *", value) if name == "NS" else None
            if binding:
                self.prefixes[binding[1]] = binding[2]
            self.headers.setdefault(self.qualified(name), value.strip())

    def qualified(self, name):
        prefix, _, local = name.partition(";")[0].strip().rpartition(".")
        return self.prefixes.get(prefix), local

    def imdn(self, name, default=None):
        return self.headers.get((CPIM_URN, name), default)

    def required(self):
        """The headers that the sender wants understood."""
        names = self.headers.get(("", "Require"), "").split(",")
        return {self.qualified(name) for name in names if name.strip()}

    def part(self, wanted):
        """The first entity, however deep, whose media type begins that way."""
        return next((part for part in self.entity.walk() if part.get_content_type().startswith(wanted)), None)


def content_of(part):
    octets = part.get_payload(decode=True) or b""
    try:
        return octets.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return octets.decode("utf-8", "replace")


def uri_of(address):
    """The URI in `[ Formal-name ] "<" URI ">"`; nothing for a null address."""
    address = re.sub(r'^"(?:[^"\\]|\\.)*"', "", address.strip())
    bracketed = re.search(r"<([^>]*)>", address)
    return bracketed[1] if bracketed else address.strip()


def bare(uri):
    """A URI without its parameters and headers. Those of the user part, if any, stay."""
    user, at, host = uri.rpartition("@")
    return user + at + re.split("[;?]", host)[0]


def compose(headers, content_type, content):
    """A Message/CPIM object. Headers are written as they stand; None leaves one out."""
    lines = [line for line in headers if line is not None] + ["", f"Content-Type: {content_type}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "replace") + content


def xml(elements):
    """A report document. Characters that XML has no place for are left out."""
    legal = {name: re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
             for name, text in elements.items() if text is not None}
    children = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in legal.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\r\n<imdn xmlns="{XML_URN}">{children}</imdn>\r\n'.encode()


ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"}


def timestamp(when):
    """A time of day in UTC (RFC 3339)."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def formal_name(name):
    """A display name as CPIM writes it, with the blank that stands behind it."""
    return '"{}" '.format(header_text(name).replace('"', '\\"')) if name else ""


def subject_line(text, lang=None):
    return f"Subject:{f';lang={lang}' if lang else ''} {header_text(text)}"


def header_text(text):
    """Text with the escapes of RFC 3862 section 2.3 for what may not stand in a header."""
    def sequence(found):
        return ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"
    return re.sub(r"[\x00-\x1f\x7f\\]", sequence, text)
