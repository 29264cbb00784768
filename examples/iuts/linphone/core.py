"""A liblinphone core that speaks SIP on the loopback interface with the harness, and with nobody else."""

import os

from bindings import LOG_ERROR, Library

HOST = "127.0.0.1"
DOMAIN = "iut.test"
IDENTITY = f"sip:linphone@{DOMAIN}"

CONFIGURATION = """
[sip]
bind_address={host}
sip_port={udp}
sip_tcp_port={tcp}
sip_tls_port=0
use_ipv6=0
guess_hostname=0
keepalive_period=0

[misc]
auto_net_state_mon=0

[storage]
uri={folder}/messages.db
call_logs_db_uri={folder}/calls.db
zrtp_secrets_db_uri={folder}/zrtp.db

# A key of the same name under proxy_0 has no effect.
[proxy_default_values]
cpim_in_basic_chat_rooms_enabled=1

[proxy_0]
reg_proxy=sip:{harness};transport={transport}
reg_route=<sip:{harness};transport={transport};lr>
reg_identity={identity}
reg_sendregister=0
"""

FOLDERS = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "TMPDIR")
ANY = -1  # a port that the system chooses


class Core:
    """The library, one core in it, and the ports on which it listens.

    `folder` is for everything that it stores; `harness` is host:port of where it sends every request, over
    `transport`; `ports` are those for UDP and TCP.
    """

    def __init__(self, folder, harness, transport, ports=(ANY, ANY)):
        os.environ.update(dict.fromkeys(FOLDERS, folder), PULSE_SERVER=f"unix:{folder}/none")
        self.library = Library()
        library = self.library
        library.logging_service_set_log_level(library.logging_service_get(), LOG_ERROR)
        self.factory = library.factory_get()
        text = CONFIGURATION.format(host=HOST, identity=IDENTITY, folder=folder, harness=harness, udp=ports[0],
                                    tcp=ports[1], transport=transport)
        config = library.factory_create_config_from_string(self.factory, text.encode())
        # A core that is not the main one of a group of applications sends IMDNs without being registered.
        self.pointer = library.factory_create_shared_core_with_config(self.factory, config, None, b"imdnspec", False)
        if not self.pointer:
            raise OSError("liblinphone creates no core")

    def start(self):
        """Begins to listen."""
        library = self.library
        if library.core_start(self.pointer) != 0:
            raise OSError("liblinphone does not start")
        library.core_set_network_reachable(self.pointer, True)
        used = library.core_get_transports_used(self.pointer)
        self.udp, self.tcp = library.transports_get_udp_port(used), library.transports_get_tcp_port(used)
        if self.udp <= 0 or self.tcp <= 0:
            raise OSError(f"liblinphone listens on no port: UDP {self.udp}, TCP {self.tcp}")

    def iterate(self):
        """Lets it work; it takes about one datagram at each call."""
        self.library.core_iterate(self.pointer)
