"""Linphone's user: her chat rooms, and what the control protocol asks of her.

liblinphone keeps one chat room for each peer. Whatever the control protocol narrows to a `peer` is narrowed to a chat
room, so many scenarios can run at once.
"""

import select
import time
from dataclasses import dataclass
from itertools import count

from bindings import (DELIVERED, DELIVERED_TO_USER, DISPLAYED, NOT_DELIVERED, MessageReceived, StateChanged, decoded,
                      encoded)
from core import IDENTITY
from policy import Policies, Unsupported, party

REQUESTED = {"positive-delivery", "negative-delivery", "display"}  # what liblinphone writes into every message

# What the user of a sent message is shown when its state changes: type and disposition of the report.
REPORTS = {DELIVERED_TO_USER: ("delivery", "delivered"), DISPLAYED: ("display", "displayed"),
           NOT_DELIVERED: ("delivery", "failed")}

GOING = 1.0  # seconds: how long a message may take to be answered before the log is shown without it
LOOK = 0.001  # seconds between two looks at what has come

CANNOT_SEND = ("subject", "subjects", "display_name", "cc", "report", "require", "list_action", "original_from",
               "hide_sender", "recipients", "sign", "encrypt", "content_base64")


@dataclass
class Received:
    """An instant message that Linphone shows in a chat room."""

    handle: str
    pointer: int
    room: int
    peer: str  # of the chat room
    message_id: str
    sender: str  # as Linphone shows it


@dataclass
class Sent:
    """An instant message of our own."""

    pointer: int
    peer: str
    state: int


class Agent:
    """The user of one core. `emit` tells the harness what it did not ask for."""

    def __init__(self, core, emit):
        self.core, self.library, self.emit = core, core.library, emit
        self.handles = count(1)
        self.inbox, self.sent = [], {}
        self.reports, self.to_read = [], set()  # reports with their peers; chat rooms
        self.policies = Policies(core)
        self.listen()

    def listen(self):
        """Hears of received messages and of what becomes of sent ones."""
        library, factory = self.library, self.core.factory
        # liblinphone holds the addresses of these functions, so they live as long as this object.
        self.on_received = MessageReceived(self.received)
        self.on_state = StateChanged(self.state_changed)
        of_core = library.factory_create_core_cbs(factory)
        library.core_cbs_set_message_received(of_core, self.on_received)
        library.core_add_callbacks(self.core.pointer, of_core)
        self.of_message = library.factory_create_chat_message_cbs(factory)
        library.chat_message_cbs_set_msg_state_changed(self.of_message, self.on_state)

    def remember(self):
        """Takes up what the store holds from before a restart, once the core has started."""
        self.policies.apply()
        library = self.library
        for room in library.items(library.core_get_chat_rooms(self.core.pointer)):
            history = library.chat_room_get_history(room, 0)
            for message in library.items(history):
                if not library.chat_message_is_outgoing(message):
                    self.keep(room, message)
                elif (sent := self.follow(room, message)).state != NOT_DELIVERED:  # which says nothing of the cause
                    self.show(sent)
            library.bctbx_list_free(history)

    # What liblinphone tells; nothing here calls back into the chat room.

    def received(self, _, room, message):
        """A message was received. Its delivery notification goes out when this returns, if the policy lets it."""
        self.library.chat_message_ref(message)
        kept = self.keep(room, message)
        self.policies.apply(kept.peer)
        self.emit({"event": "arrived", "handle": kept.handle, "message_id": kept.message_id, "from": kept.sender})
        if self.policies.of(kept.peer).get("on_arrival") == "read":
            self.to_read.add(room)

    def state_changed(self, message, state):
        """A sent message has another state; the reports among these are what its sender is shown."""
        sent = self.sent.get(message)
        if sent is None:
            return
        before, sent.state = sent.state, state
        # Without a final answer to the MESSAGE, NotDelivered is its failure and no report.
        if not (state == NOT_DELIVERED and before < DELIVERED):
            self.show(sent)

    def show(self, sent):
        """Shows the report that put a message into its state, if one did."""
        if sent.state in REPORTS:
            kind, disposition = REPORTS[sent.state]
            identifier = decoded(self.library.chat_message_get_message_id(sent.pointer))
            self.reports.append((sent.peer, {"message_id": identifier, "recipient": sent.peer, "type": kind,
                                             "disposition": disposition, "matched": True}))

    def keep(self, room, message):
        library = self.library
        identifier = decoded(library.chat_message_get_message_id(message))
        if identifier == decoded(library.chat_message_get_call_id(message)):
            identifier = None  # liblinphone uses the Call-ID where there is no Message-ID
        sender = library.uri(library.chat_message_get_from_address(message))
        kept = Received(f"m{next(self.handles)}", message, room, self.peer_of(room), identifier, sender)
        self.inbox.append(kept)
        return kept

    def follow(self, room, message):
        self.library.chat_message_add_callbacks(message, self.of_message)
        sent = Sent(message, self.peer_of(room), self.library.chat_message_get_state(message))
        self.sent[message] = sent
        return sent

    def peer_of(self, room):
        return self.library.uri(self.library.chat_room_get_peer_address(room))

    def work(self):
        """One turn: liblinphone takes what has come, then the user reads what she reads on arrival."""
        self.core.iterate()
        open_rooms, self.to_read = self.to_read, set()
        for room in open_rooms:
            self.read(room)

    # Commands

    def policy(self, command):
        self.policies.change(command)

    def send(self, command):
        """Queues a message, which asks for everything that liblinphone asks for."""
        refused = [member for member in CANNOT_SEND if command.get(member)]
        if refused:
            raise Unsupported(f"Linphone sends nothing with {', '.join(refused)}")
        if command.get("profile", "rfc5438") != "rfc5438" or command.get("mode", "page") != "page":
            raise Unsupported("Linphone knows only RFC 5438 in page mode")
        if set(command.get("receipts") or ()) != REQUESTED:
            raise Unsupported("Linphone asks for positive-delivery, negative-delivery and display, always all three")
        library, core = self.library, self.core
        peer, own = self.address(command["to"]), self.address(IDENTITY)
        room = library.core_get_chat_room_2(core.pointer, peer, own)
        library.address_unref(peer)
        library.address_unref(own)
        if not room:
            raise ValueError(f"no chat room with {command['to']}")
        message = self.compose(room, command)
        self.follow(room, message)
        library.chat_message_send(message)
        if library.chat_message_get_state(message) == NOT_DELIVERED:
            raise ValueError(f"liblinphone could not send to {command['to']}")
        return {"message_id": decoded(library.chat_message_get_message_id(message))}

    def compose(self, room, command):
        library = self.library
        if "content_type" not in command:
            return library.chat_room_create_message_from_utf8(room, encoded(command.get("text", "")))
        media_type, *parameters = (part.strip() for part in command["content_type"].split(";"))
        kind, _, subtype = media_type.partition("/")
        content = library.core_create_content(self.core.pointer)
        library.content_set_type(content, encoded(kind))
        library.content_set_subtype(content, encoded(subtype))
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            library.content_add_content_type_parameter(content, encoded(name), encoded(value))
        library.content_set_utf8_text(content, encoded(command.get("content", command.get("text", ""))))
        message = library.chat_room_create_empty_message(room)
        library.chat_message_add_content(message, content)
        library.content_unref(content)
        return message

    def address(self, uri):
        pointer = self.library.factory_create_address(self.core.factory, encoded(uri))
        if not pointer:
            raise ValueError(f"liblinphone does not read the address {uri}")
        return pointer

    def dispose(self, command):
        how = command["how"]
        if how not in DISPOSALS:
            raise Unsupported(f"Linphone's user cannot {how} a message")
        DISPOSALS[how](self, self.find(command))

    def find(self, command):
        """The message that is meant; the last one where several are."""
        identifier, sender = command.get("message_id"), command.get("from")
        if "handle" not in command and identifier is None and sender is None:
            raise ValueError("neither identifier nor sender says which message is meant")

        def meant(message):
            if "handle" in command:
                return message.handle == command["handle"]
            from_there = sender is None or party(message.sender) == party(sender)
            return from_there and (identifier is None or message.message_id == identifier)

        found = next((message for message in reversed(self.inbox) if meant(message)), None)
        if found is None:
            raise ValueError("there is no such message in a chat room")
        return found

    def delete(self, message):
        self.library.chat_room_delete_message(message.room, message.pointer)
        self.library.chat_message_unref(message.pointer)
        self.inbox.remove(message)

    def read_only(self, message):
        """Reads one message, if that reads no other."""
        library = self.library
        unread = library.chat_room_get_unread_messages_count(message.room)
        if unread > (0 if library.chat_message_is_read(message.pointer) else 1):
            raise Unsupported("Linphone marks a chat room as read as a whole, and another message there is unread")
        self.read(message.room)

    def read(self, room):
        self.policies.apply(self.peer_of(room))
        self.library.chat_room_mark_as_read(room)

    def log(self, command):
        peer = command.get("peer")

        def concerns(other):
            return peer is None or party(other) == party(peer)

        self.wait_for_answers(concerns)
        return {"shown": [self.entry(message) for message in self.inbox if concerns(message.peer)],
                "reports": [report for about, report in self.reports if concerns(about)]}

    def wait_for_answers(self, concerns):
        """Lets Linphone take the answers to what it sent: until then a failed delivery and a report of one look alike."""
        end = time.monotonic() + GOING
        while time.monotonic() < end and any(
                sent.state < DELIVERED and concerns(sent.peer) for sent in self.sent.values()):
            self.work()
            select.select([], [], [], LOOK)

    def entry(self, message):
        library = self.library
        return {"handle": message.handle, "message_id": message.message_id, "from": message.sender,
                "text": decoded(library.chat_message_get_utf8_text(message.pointer)) or "", "subject": None,
                "sent": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(library.chat_message_get_time(message.pointer))),
                "content_type": decoded(library.chat_message_get_content_type(message.pointer)),
                "signature": None, "encrypted": False}

    def reset(self, command):
        """Forgets a peer, or everything."""
        peer = command.get("peer")
        library = self.library

        def goes(other):
            return peer is None or party(other) == party(peer)

        gone = [message.pointer for message in self.inbox if goes(message.peer)]
        gone += [sent.pointer for sent in self.sent.values() if goes(sent.peer)]
        rooms = [room for room in library.items(library.core_get_chat_rooms(self.core.pointer))
                 if goes(self.peer_of(room))]
        self.inbox = [message for message in self.inbox if not goes(message.peer)]
        self.sent = {pointer: sent for pointer, sent in self.sent.items() if not goes(sent.peer)}
        self.reports = [(about, report) for about, report in self.reports if not goes(about)]
        self.to_read -= set(rooms)
        self.policies.forget(peer)
        for pointer in gone:
            library.chat_message_unref(pointer)
        for room in rooms:
            library.core_delete_chat_room(self.core.pointer, room)


DISPOSALS = {"read": Agent.read_only, "delete": Agent.delete, "delete-unread": Agent.delete}
