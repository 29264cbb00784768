//! What tells transactions apart (RFC 3261 sections 17.1.3 and 17.2.3).

use std::hash::{BuildHasher, Hasher, RandomState};

/// Identity of a transaction: 128 bits over everything that is compared.
///
/// The octets themselves are not kept. The hash is keyed with two secrets of this process, so that nobody outside can
/// make two transactions collide, and by chance it happens once in about 2^64 transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(u64, u64);

impl Key {
    /// A number that is the same for all messages of the transaction.
    pub(crate) fn tag(&self) -> u64 {
        self.0
    }
}

/// What a server transaction is known by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Identity<'a> {
    /// RFC 3261: a branch that begins with the magic cookie, and who made it unique. The rest would be superfluous if
    /// nobody used a branch twice (section 8.1.1.7); it sees to it that one who does hides no message by that.
    Branch {
        /// The branch of the topmost Via.
        branch: &'a [u8],
        /// Host and port of the topmost Via.
        sent_by: (&'a [u8], Option<u16>),
        /// The method.
        method: &'a [u8],
        /// Request-URI, Call-ID, CSeq; what is missing is empty.
        values: [&'a [u8]; 3],
    },
    /// RFC 2543: everything else that a retransmission leaves as it was.
    Headers {
        /// Request-URI, To tag, From tag, Call-ID, CSeq, topmost Via; what is missing is empty.
        values: [&'a [u8]; 6],
    },
}

/// Makes keys; all keys that are compared come from one of these.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(RandomState, RandomState);

impl Keys {
    /// The key of a client transaction: branch of its topmost Via, method of its CSeq (17.1.3).
    pub(crate) fn client(&self, branch: &[u8], method: &[u8]) -> Key {
        self.over(&[branch, method])
    }

    /// The key of a client transaction whose request has no branch: what else a response repeats.
    pub(crate) fn client_without_branch(&self, call_id: &[u8], cseq: &[u8]) -> Key {
        self.over(&[b"", call_id, cseq])
    }

    /// The key of a server transaction (17.2.3).
    pub(crate) fn server(&self, identity: Identity<'_>) -> Key {
        match identity {
            Identity::Branch { branch, sent_by: (host, port), method, values: [uri, call_id, cseq] } => {
                let port = port.unwrap_or(5060).to_be_bytes();
                self.over(&[branch, &host.to_ascii_lowercase(), &port, method, uri, call_id, cseq])
            }
            Identity::Headers { values } => self.over(&values),
        }
    }

    /// The key of what ACK acknowledges: Call-ID, From tag, To tag, number of CSeq (sections 13.2.2.4 and 17.2.3).
    pub(crate) fn acknowledged(&self, call_id: &[u8], from_tag: &[u8], to_tag: &[u8], cseq: u32) -> Key {
        self.over(&[b"ACK", call_id, from_tag, to_tag, &cseq.to_be_bytes()])
    }

    /// The key of a dialog: Call-ID, own tag, tag of the other side (section 12).
    pub(crate) fn dialog(&self, call_id: &[u8], local_tag: &[u8], remote_tag: &[u8]) -> Key {
        self.over(&[b"dialog", call_id, local_tag, remote_tag, b""])
    }

    /// A key that no message has, for a request whose responses cannot be told.
    pub(crate) fn unmatched(&self, number: u64) -> Key {
        self.over(&[&number.to_be_bytes()])
    }

    fn over(&self, parts: &[&[u8]]) -> Key {
        Key(digest(&self.0, parts), digest(&self.1, parts))
    }
}

fn digest(state: &RandomState, parts: &[&[u8]]) -> u64 {
    let mut hasher = state.build_hasher();
    for part in parts {
        // The length keeps "ab","c" and "a","bc" apart.
        hasher.write_usize(part.len());
        hasher.write(part);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRANCH: Identity<'_> = Identity::Branch {
        branch: b"z9hG4bKnashds8",
        sent_by: (b"client.biloxi.example.com", None),
        method: b"MESSAGE",
        values: [b"sip:a@h", b"c", b"1 MESSAGE"],
    };

    #[test]
    fn branch_sent_by_and_method_tell_server_transactions_apart() {
        let keys = Keys::default();
        let known = keys.server(BRANCH);
        let values: [&[u8]; 3] = [b"sip:a@h", b"c", b"1 MESSAGE"];
        let with = |branch, host, port, method| {
            keys.server(Identity::Branch { branch, sent_by: (host, port), method, values })
        };
        let (branch, host) = (&b"z9hG4bKnashds8"[..], &b"client.biloxi.example.com"[..]);
        assert_eq!(with(branch, b"Client.Biloxi.EXAMPLE.com", Some(5060), b"MESSAGE"), known);
        assert_ne!(with(b"z9hG4bKnashds9", host, None, b"MESSAGE"), known);
        assert_ne!(with(branch, b"client.atlanta.example.com", None, b"MESSAGE"), known);
        assert_ne!(with(branch, host, Some(5061), b"MESSAGE"), known);
        assert_ne!(with(branch, host, None, b"CANCEL"), known);
    }

    #[test]
    fn the_seams_between_the_parts_count() {
        let keys = Keys::default();
        assert_ne!(keys.client(b"ab", b"c"), keys.client(b"a", b"bc"));
        assert_ne!(keys.client(b"", b"c"), keys.client_without_branch(b"", b"c"));
    }
}
