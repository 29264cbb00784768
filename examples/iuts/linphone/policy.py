"""What the user lets Linphone do by itself, for everybody or for one peer.

liblinphone has one notification policy, for everybody. It is set for a peer just before liblinphone looks at it.
"""

EVERYBODY = ""

# What `policy` can be set to. liblinphone reports or does not; its user can neither refuse openly nor be asked.
VALUES = {"reports": ("allow", "ignore"), "on_arrival": ("hold", "read"), "read_state": ("known",),
          "reject_next": (None,)}
VALUES.update(dict.fromkeys(
    ("hide_reporter", "hide_sender", "process_reports", "record_route", "aggregate", "store"), (False,)))

KINDS = ("delivered", "displayed")


class Unsupported(Exception):
    """Liblinphone has no means to do this."""


def party(uri):
    """What tells one peer from another: user and host, without scheme, port and parameters."""
    address = uri.partition(":")[2].partition(";")[0].partition("?")[0]
    user, _, host = address.rpartition("@")
    return f"{user}@{host.partition(':')[0].lower()}"


class Policies:
    """The policies of one core's user."""

    def __init__(self, core):
        self.library = core.library
        self.switches = self.library.core_get_im_notif_policy(core.pointer)
        self.factory_values = [getattr(self.library, f"im_notif_policy_get_send_imdn_{kind}")(self.switches)
                               for kind in KINDS]
        self.members = {}  # party, or EVERYBODY -> members of `policy`

    def of(self, peer):
        return {**self.members.get(EVERYBODY, {}), **self.members.get(party(peer), {})}

    def change(self, command):
        """Takes the members of a command `policy`."""
        named = {name: command[name] for name in VALUES if name in command}
        for name, value in named.items():
            if value not in VALUES[name]:
                raise Unsupported(f"Linphone has no {name} {value}")
        peer = command.get("peer")
        self.members.setdefault(party(peer) if peer else EVERYBODY, {}).update(named)
        self.apply()

    def forget(self, peer):
        """Forgets the policy for a peer, or all where there is none."""
        self.members = {whose: policy for whose, policy in self.members.items() if peer and whose != party(peer)}
        self.apply()

    def take_up(self, members):
        """Takes up policies from before a restart, before the core starts."""
        self.members = members
        # When it starts, liblinphone makes up for delivery notifications that were held back.
        if any(policy.get("reports") == "ignore" for policy in members.values()):
            self.switch("ignore")

    def apply(self, peer=EVERYBODY):
        """Makes liblinphone follow the policy for a peer, until the next call."""
        self.switch(self.of(peer).get("reports"))

    def switch(self, reports):
        for kind, factory_value in zip(KINDS, self.factory_values):
            value = factory_value if reports is None else reports == "allow"
            getattr(self.library, f"im_notif_policy_set_send_imdn_{kind}")(self.switches, value)
