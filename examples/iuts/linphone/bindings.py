"""What the driver uses of liblinphone 5.1 (Debian package liblinphone10), called by ctypes.

The prototypes are those of the headers in the package liblinphone-dev. A function keeps its name without `linphone_`.
"""

from ctypes import CDLL, CFUNCTYPE, c_char_p, c_int, c_long, c_void_p, string_at

LIBRARY = "liblinphone.so.10"

POINTER, TEXT, NUMBER, FLAG, TIME = c_void_p, c_char_p, c_int, c_int, c_long

MessageReceived = CFUNCTYPE(None, POINTER, POINTER, POINTER)  # core, chat room, message
StateChanged = CFUNCTYPE(None, POINTER, NUMBER)  # message, LinphoneChatMessageState

# LinphoneChatMessageState
DELIVERED, NOT_DELIVERED, DELIVERED_TO_USER, DISPLAYED = 2, 3, 6, 7

LOG_ERROR = 1 << 4  # LinphoneLogLevelError

# name: result, arguments
PROTOTYPES = {
    "linphone_factory_get": (POINTER,),
    "linphone_factory_create_config_from_string": (POINTER, POINTER, TEXT),
    "linphone_factory_create_shared_core_with_config": (POINTER, POINTER, POINTER, POINTER, TEXT, FLAG),
    "linphone_factory_create_core_cbs": (POINTER, POINTER),
    "linphone_factory_create_chat_message_cbs": (POINTER, POINTER),
    "linphone_factory_create_address": (POINTER, POINTER, TEXT),
    "linphone_logging_service_get": (POINTER,),
    "linphone_logging_service_set_log_level": (None, POINTER, NUMBER),

    "linphone_core_add_callbacks": (None, POINTER, POINTER),
    "linphone_core_cbs_set_message_received": (None, POINTER, MessageReceived),
    "linphone_core_start": (NUMBER, POINTER),
    "linphone_core_iterate": (None, POINTER),
    "linphone_core_set_network_reachable": (None, POINTER, FLAG),
    "linphone_core_get_version": (TEXT,),
    "linphone_core_get_transports_used": (POINTER, POINTER),
    "linphone_core_get_chat_room_2": (POINTER, POINTER, POINTER, POINTER),
    "linphone_core_get_chat_rooms": (POINTER, POINTER),
    "linphone_core_delete_chat_room": (None, POINTER, POINTER),
    "linphone_core_get_im_notif_policy": (POINTER, POINTER),
    "linphone_core_create_content": (POINTER, POINTER),
    "linphone_transports_get_udp_port": (NUMBER, POINTER),
    "linphone_transports_get_tcp_port": (NUMBER, POINTER),

    "linphone_im_notif_policy_get_send_imdn_delivered": (FLAG, POINTER),
    "linphone_im_notif_policy_set_send_imdn_delivered": (None, POINTER, FLAG),
    "linphone_im_notif_policy_get_send_imdn_displayed": (FLAG, POINTER),
    "linphone_im_notif_policy_set_send_imdn_displayed": (None, POINTER, FLAG),

    "linphone_address_as_string_uri_only": (POINTER, POINTER),
    "linphone_address_unref": (None, POINTER),

    "linphone_chat_room_get_peer_address": (POINTER, POINTER),
    "linphone_chat_room_create_empty_message": (POINTER, POINTER),
    "linphone_chat_room_create_message_from_utf8": (POINTER, POINTER, TEXT),
    "linphone_chat_room_delete_message": (None, POINTER, POINTER),
    "linphone_chat_room_get_history": (POINTER, POINTER, NUMBER),
    "linphone_chat_room_get_unread_messages_count": (NUMBER, POINTER),
    "linphone_chat_room_mark_as_read": (None, POINTER),

    "linphone_chat_message_ref": (POINTER, POINTER),
    "linphone_chat_message_unref": (None, POINTER),
    "linphone_chat_message_add_callbacks": (None, POINTER, POINTER),
    "linphone_chat_message_cbs_set_msg_state_changed": (None, POINTER, StateChanged),
    "linphone_chat_message_add_content": (None, POINTER, POINTER),
    "linphone_chat_message_send": (None, POINTER),
    "linphone_chat_message_get_state": (NUMBER, POINTER),
    "linphone_chat_message_is_outgoing": (FLAG, POINTER),
    "linphone_chat_message_is_read": (FLAG, POINTER),
    "linphone_chat_message_get_chat_room": (POINTER, POINTER),
    "linphone_chat_message_get_message_id": (TEXT, POINTER),
    "linphone_chat_message_get_call_id": (TEXT, POINTER),
    "linphone_chat_message_get_from_address": (POINTER, POINTER),
    "linphone_chat_message_get_to_address": (POINTER, POINTER),
    "linphone_chat_message_get_utf8_text": (TEXT, POINTER),
    "linphone_chat_message_get_time": (TIME, POINTER),
    "linphone_chat_message_get_content_type": (TEXT, POINTER),

    "linphone_content_set_type": (None, POINTER, TEXT),
    "linphone_content_set_subtype": (None, POINTER, TEXT),
    "linphone_content_add_content_type_parameter": (None, POINTER, TEXT, TEXT),
    "linphone_content_set_utf8_text": (None, POINTER, TEXT),
    "linphone_content_unref": (None, POINTER),

    # bctoolbox, on which liblinphone stands.
    "bctbx_list_next": (POINTER, POINTER),
    "bctbx_list_get_data": (POINTER, POINTER),
    "bctbx_list_free": (POINTER, POINTER),
    "bctbx_free": (None, POINTER),
}


class Library:
    """The functions of the table. Raises OSError where the library is missing."""

    def __init__(self):
        try:
            library = CDLL(LIBRARY)
        except OSError as error:
            raise OSError(f"{error}; install the Debian packages liblinphone10 and linphone-common") from None
        for name, (result, *arguments) in PROTOTYPES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
            setattr(self, name.removeprefix("linphone_"), function)

    def items(self, first):
        """The data pointers of a bctbx_list."""
        while first:
            yield self.bctbx_list_get_data(first)
            first = self.bctbx_list_next(first)

    def uri(self, address):
        """An address as a URI, without display name."""
        octets = self.address_as_string_uri_only(address)
        try:
            return decoded(string_at(octets))
        finally:
            self.bctbx_free(octets)


def encoded(text):
    """A str for liblinphone, which ends its texts at the first NUL."""
    if "\0" in text:
        raise ValueError("liblinphone cannot take a text with a NUL in it")
    return text.encode("utf-8")


def decoded(octets):
    return None if octets is None else octets.decode("utf-8", "replace")
