"""Whether Linphone does by this driver what the harness needs of it. Skipped where liblinphone is not installed.

    python3 -m unittest discover -s examples/iuts/linphone/tests
"""

import ctypes
import os
import signal
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]

from bindings import LIBRARY
from peer import Peer

ALL = ["positive-delivery", "negative-delivery", "display"]


def installed():
    try:
        return ctypes.CDLL(LIBRARY) is not None
    except OSError:
        return False


@unittest.skipUnless(installed(), "liblinphone10 is not installed")
class Case(unittest.TestCase):
    def start(self, *arguments, **members):
        peer = Peer(*arguments, **members)
        self.addCleanup(lambda: peer.process.poll() is None and peer.close())
        return peer

    def deliver(self, peer, transport="udp", **members):
        """Sends an instant message, and returns its Message-ID and the driver's handle."""
        body, identifier = peer.instant_message(**members)
        self.assertEqual(peer.send(body, transport).status, 200)
        return identifier, peer.hear(lambda line: line.get("event") == "arrived")["handle"]

    def carried_out(self, program, command, /, **members):
        reply = program.ask(command, **members)
        self.assertTrue(reply["ok"], reply)
        return reply

    def unsupported(self, program, command, /, **members):
        self.assertEqual(program.ask(command, **members).get("error"), "unsupported")


class Receiving(Case):
    def test_notifications_by_udp_and_tcp(self):
        for way in ("udp", "tcp"):
            for transport in ("udp", "tcp"):
                with self.subTest(way=way, transport=transport):
                    peer = self.start(f"--transport={way}")
                    identifier, handle = self.deliver(peer, transport)
                    delivered = peer.request("<delivered")
                    self.assertEqual(delivered.transport, way)
                    self.assertIn(identifier, delivered.text)
                    self.carried_out(peer, "dispose", handle=handle, how="read")
                    self.assertIn(identifier, peer.request("<displayed").text)

    def test_a_message_is_found_by_identifier_and_by_sender(self):
        peer = self.start()
        identifier, _ = self.deliver(peer)
        self.carried_out(peer, "dispose", message_id=identifier, **{"from": peer.uri}, how="read")
        self.assertIsNotNone(peer.request("<displayed"))
        self.deliver(peer, text="Again")
        self.carried_out(peer, "dispose", message_id=None, **{"from": peer.uri}, how="read")
        self.assertIsNotNone(peer.request("<displayed"))
        self.assertEqual(peer.ask("dispose", message_id="nothing", how="read")["error"], "failed")
        self.assertEqual(peer.ask("dispose", message_id=None, **{"from": None}, how="read")["error"], "failed")
        self.assertEqual(peer.ask("log")["shown"][0]["sent"], "2026-06-15T12:34:56Z")
        elsewhere = {"message_id": identifier, "from": "sip:somebody.else@peer.test"}
        self.assertEqual(peer.ask("dispose", **elsewhere, how="read")["error"], "failed")

    def test_a_room_is_read_as_a_whole(self):
        peer = self.start()
        (_, first), _ = self.deliver(peer), self.deliver(peer)
        self.unsupported(peer, "dispose", handle=first, how="read")

    def test_reading_again_says_nothing_again(self):
        peer = self.start()
        _, handle = self.deliver(peer)
        for _ in range(2):
            self.carried_out(peer, "dispose", handle=handle, how="read")
        self.assertIsNotNone(peer.request("<displayed"))
        self.assertIsNone(peer.request("<displayed", 0.5))
        self.deliver(peer)
        self.unsupported(peer, "dispose", handle=handle, how="read")

    def test_policy(self):
        peer = self.start()
        self.carried_out(peer, "policy", reports="ignore", on_arrival="read", peer=peer.uri)
        self.deliver(peer)
        self.assertIsNone(peer.request("<imdn", 0.5))
        self.carried_out(peer, "policy", reports="allow", peer=peer.uri)
        self.deliver(peer)
        self.assertIsNotNone(peer.request("<delivered"))
        self.assertIsNotNone(peer.request("<displayed"))
        self.carried_out(peer, "policy", reports="ignore", peer="sip:somebody.else@peer.test")
        self.deliver(peer)
        self.assertIsNotNone(peer.request("<delivered"))
        for members in ({"reports": "deny"}, {"on_arrival": "hold-delivery"}, {"hide_reporter": True}):
            self.unsupported(peer, "policy", **members)

    def test_a_deleted_message_is_gone(self):
        peer = self.start()
        _, handle = self.deliver(peer)
        self.carried_out(peer, "dispose", handle=handle, how="delete-unread")
        self.assertEqual(self.carried_out(peer, "log")["shown"], [])


class Sending(Case):
    def test_reports_reach_the_log(self):
        peer = self.start()
        reply = self.carried_out(peer, "send", to=peer.uri, text="Grüße", profile="rfc5438", receipts=ALL)
        identifier = reply["message_id"]
        message = peer.request(identifier)
        self.assertIn("Grüße", message.text)
        self.assertEqual(self.carried_out(peer, "log")["reports"], [])
        for kind, status in (("delivery", "delivered"), ("display", "displayed")):
            self.assertEqual(peer.send(peer.notification(identifier, kind, status)).status, 200)
            report = self.carried_out(peer, "log", peer=peer.uri)["reports"][-1]
            self.assertEqual((report["message_id"], report["type"], report["disposition"]), (identifier, kind, status))
        log = self.carried_out(peer, "log", peer="sip:somebody.else@peer.test")
        self.assertEqual((log["shown"], log["reports"]), ([], []))

    def test_a_refused_message_is_no_report(self):
        peer = self.start()
        peer.answer = lambda request, _, answer=peer.answer: answer(request, 488)
        self.carried_out(peer, "send", to=peer.uri, text="x", receipts=ALL)
        self.assertIsNotNone(peer.request("x"))
        self.assertEqual(self.carried_out(peer, "log")["reports"], [])

    def test_what_cannot_be_sent(self):
        peer = self.start()
        for members in ({}, {"receipts": []}, {"receipts": ["display"]}, {"receipts": ALL, "profile": "imdn-03"},
                        {"receipts": ALL, "mode": "session"}, {"receipts": ALL, "subject": "s"},
                        {"receipts": ALL, "require": True}):
            self.unsupported(peer, "send", to=peer.uri, text="x", **members)
        self.assertEqual(peer.ask("send", text="x", receipts=ALL)["error"], "failed")

    def test_another_media_type(self):
        peer = self.start()
        self.carried_out(peer, "send", to=peer.uri, content_type="text/html", content="<b>bold</b>", receipts=ALL)
        self.assertIn("Content-Type: text/html", peer.request("<b>bold</b>").text)


class Running(Case):
    def test_it_ends_with_its_input_and_leaves_nothing(self):
        peer = self.start()
        self.deliver(peer)
        folder = self.folder_of(peer)
        self.assertTrue(os.path.exists(folder))
        status, seconds = peer.close()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 2)
        self.assertFalse(os.path.exists(folder))

    def test_a_crash_shows_and_leaves_nothing(self):
        peer = self.start()
        folder = self.folder_of(peer)
        os.kill(self.child_of(peer), signal.SIGSEGV)
        status, _ = peer.close()
        self.assertEqual(status, signal.SIGSEGV)
        self.assertFalse(os.path.exists(folder))

    def child_of(self, peer):
        with open(f"/proc/{peer.process.pid}/task/{peer.process.pid}/children", encoding="ascii") as children:
            return int(children.read())

    def folder_of(self, peer):
        with open(f"/proc/{self.child_of(peer)}/cmdline", encoding="utf-8") as arguments:
            return next(each for each in arguments.read().split("\0") if each.startswith("--folder=")).partition("=")[2]

    def test_reset_forgets_one_peer_or_all(self):
        peer = self.start()
        self.deliver(peer)
        self.carried_out(peer, "reset", peer="sip:somebody.else@peer.test")
        self.assertEqual(len(self.carried_out(peer, "log")["shown"]), 1)
        self.carried_out(peer, "reset", peer=peer.uri)
        self.assertEqual(self.carried_out(peer, "log")["shown"], [])
        _, handle = self.deliver(peer)
        self.carried_out(peer, "dispose", handle=handle, how="read")
        self.assertIsNotNone(peer.request("<displayed"))
        self.carried_out(peer, "reset")
        self.assertEqual(peer.ask("dispose", handle=handle, how="read")["error"], "failed")

    def test_a_restart_keeps_ports_and_messages(self):
        peer = self.start()
        identifier, _ = self.deliver(peer)
        sent = self.carried_out(peer, "send", to=peer.uri, text="x", receipts=ALL)["message_id"]
        self.assertIsNotNone(peer.request(sent))
        self.carried_out(peer, "restart")
        again = peer.hear(lambda line: line.get("event") == "ready")
        self.assertEqual(again, peer.ready)
        self.assertEqual([message["message_id"] for message in self.carried_out(peer, "log")["shown"]], [identifier])
        peer.send(peer.notification(sent, "delivery", "delivered"))
        self.assertEqual(len(self.carried_out(peer, "log")["reports"]), 1)
        self.carried_out(peer, "restart")
        peer.hear(lambda line: line.get("event") == "ready")
        self.assertEqual(len(self.carried_out(peer, "log")["reports"]), 1)
        self.carried_out(peer, "dispose", message_id=identifier, how="read")
        self.assertIsNotNone(peer.request("<displayed"))

    def test_a_restart_keeps_policies(self):
        peer = self.start()
        self.carried_out(peer, "policy", reports="ignore", peer=peer.uri)
        self.deliver(peer)
        self.carried_out(peer, "restart")
        peer.hear(lambda line: line.get("event") == "ready")
        self.deliver(peer)
        self.assertIsNone(peer.request("<delivered", 0.5))

    def test_it_says_nothing_unasked(self):
        peer = self.start()
        self.assertIsNone(peer.wait(lambda: peer.messages or None, 0.5))

    def test_what_it_does_not_know(self):
        peer = self.start()
        self.unsupported(peer, "advance_clock", seconds=60)
        self.unsupported(peer, "dispose", handle=self.deliver(peer)[1], how="deny")


if __name__ == "__main__":
    unittest.main()
