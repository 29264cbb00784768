//! What is offered and answered of MSRP (RFC 4975 section 8, RFC 6135), and which side connects.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use wire::msrp::MsrpUri;
use wire::sdp::{Builder, Media, Session, Setup};

use crate::msrp::LARGEST_MESSAGE;

/// What every message is (RFC 3862).
pub(super) const CPIM: &str = "message/cpim";
/// The port of an endpoint that only connects (RFC 6135 section 4.2.2).
const DISCARD: u16 = 9;

/// This side of the medium.
#[derive(Debug)]
pub(super) struct Local {
    /// Its MSRP URI.
    pub(super) uri: String,
    number: u64,
    version: u64,
    /// The description that was sent last.
    last: Vec<u8>,
}

/// The other side of the medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remote {
    /// Value of its path.
    pub(super) path: String,
    /// Where the first URI of that is.
    pub(super) address: SocketAddr,
    /// The most octets it wants in a message.
    pub(super) max_size: Option<u64>,
    setup: Option<Setup>,
    /// Which of the offered media it is.
    place: usize,
}

/// Which side opens the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    This,
    Other,
}

impl Remote {
    /// The first medium of a description that messages can be sent to: MSRP without TLS, for CPIM, at an address.
    pub(super) fn read(description: &[u8]) -> Option<Self> {
        let session = wire::sdp::decode(description, 0..description.len()).value;
        session.media().enumerate().find_map(|(place, media)| Self::of(place, &media))
    }

    fn of(place: usize, media: &Media<'_, '_>) -> Option<Self> {
        if !media.is_msrp() || media.is_secure() || media.is_refused() || !media.accepts(CPIM, false) {
            return None;
        }
        let first = media.path().next()?;
        let path = media.attribute("path")?.value?;
        // It is written into headers.
        let writable = path.bytes().all(|octet| octet.is_ascii_graphic() || octet == b' ');
        Some(Self {
            path: Some(path).filter(|_| writable)?.to_owned(),
            address: address(&first)?,
            max_size: media.max_size(),
            setup: media.setup(),
            place,
        })
    }

    /// Whether it is reached as before.
    pub(super) fn is_reached_as(&self, other: &Self) -> bool {
        (&self.path, self.address) == (&other.path, other.address)
    }

    /// Which side connects if this was offered. Without a setup that means something, the offerer does (RFC 4975 section
    /// 5.4). An endpoint that is not behind a NAT, as nobody is on the loopback address, had better be passive (RFC 6135
    /// section 4.2.2).
    pub(super) fn offered(&self) -> Side {
        if self.setup == Some(Setup::Passive) { Side::This } else { Side::Other }
    }

    /// Which side connects if this is the answer to an offer of either.
    pub(super) fn answered(&self) -> Side {
        if self.setup == Some(Setup::Active) { Side::Other } else { Side::This }
    }
}

fn address(uri: &MsrpUri<'_>) -> Option<SocketAddr> {
    let local = || uri.host().eq_ignore_ascii_case(b"localhost").then_some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let host = uri.host_port().address().or_else(local)?;
    // Section 6: without a port it is 2855.
    Some(SocketAddr::new(host, uri.port().unwrap_or(2855)))
}

impl Local {
    /// A side with a URI that nobody can guess (RFC 4975 section 14.1).
    pub(super) fn new(at: SocketAddr) -> Self {
        let session = format!("{:032x}", rand::random::<u128>());
        Self {
            uri: format!("msrp://{at}/{session};tcp"),
            // RFC 3264 section 5: it has to fit into 63 bits.
            number: rand::random::<u64>() >> 1,
            version: 0,
            last: Vec::new(),
        }
    }

    /// Its part of the path that tells it from other sessions.
    pub(super) fn session(&self) -> Vec<u8> {
        MsrpUri::parse(self.uri.as_bytes()).and_then(|uri| uri.session_id()).unwrap_or_default().to_vec()
    }

    /// An offer, in which either side may connect.
    pub(super) fn offer(&mut self) -> Vec<u8> {
        self.describe(Setup::ActPass, None)
    }

    /// The answer to the offer of that remote side: all its media but one are refused (RFC 3264 section 6).
    pub(super) fn answer(&mut self, offer: &[u8], remote: &Remote, side: Side) -> Vec<u8> {
        let setup = match side {
            Side::This => Setup::Active,
            Side::Other => Setup::Passive,
        };
        let offer = wire::sdp::decode(offer, 0..offer.len()).value;
        self.describe(setup, Some((&offer, remote.place)))
    }

    /// A description is a new version only if it differs from the one before (RFC 3264 section 8).
    fn describe(&mut self, setup: Setup, offer: Option<(&Session<'_>, usize)>) -> Vec<u8> {
        let same = self.write(setup, offer, self.version);
        if same != self.last {
            self.version += 1;
            self.last = self.write(setup, offer, self.version);
        }
        self.last.clone()
    }

    fn write(&self, setup: Setup, offer: Option<(&Session<'_>, usize)>, version: u64) -> Vec<u8> {
        // The URI has a host and a port, so there is always a description.
        let Ok(mut builder) = Builder::new(self.number, &self.uri) else { return Vec::new() };
        builder = builder
            .accept_types(&[CPIM])
            .accept_wrapped_types(&["*"])
            .max_size(LARGEST_MESSAGE as u64)
            .setup(setup)
            .version(version);
        if setup == Setup::Active {
            builder = builder.port(DISCARD);
        }
        if let Some((offer, place)) = offer {
            refuse_others(&mut builder, offer, place);
        }
        builder.encode()
    }
}

fn refuse_others(builder: &mut Builder, offer: &Session<'_>, place: usize) {
    let Some(offered) = offer.parsed() else { return };
    let medias = &mut builder.session_mut().medias;
    let Some(own) = medias.pop() else { return };
    for (number, media) in offered.medias.iter().enumerate() {
        if number == place {
            medias.push(own.clone());
            continue;
        }
        let mut refused = media.clone();
        refused.port = 0;
        refused.num_ports = None;
        refused.attributes.clear();
        refused.connections.clear();
        refused.bandwidths.clear();
        medias.push(refused);
    }
}

/// Whether a description can be read at all.
pub(super) fn is_readable(description: &[u8]) -> bool {
    wire::sdp::decode(description, 0..description.len()).value.parsed().is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn offer(setup: &str) -> String {
        format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 7 TCP/MSRP *\r\n\
             a=accept-types:message/cpim\r\na=path:msrp://127.0.0.1:7/s;tcp\r\n{setup}"
        )
    }

    fn remote(setup: &str) -> Remote {
        Remote::read(offer(setup).as_bytes()).unwrap()
    }

    #[test]
    fn which_side_connects_follows_from_what_was_offered_or_answered() {
        for (setup, offered, answered) in [
            ("", Side::Other, Side::This),
            ("a=setup:active\r\n", Side::Other, Side::Other),
            ("a=setup:passive\r\n", Side::This, Side::This),
            ("a=setup:actpass\r\n", Side::Other, Side::This),
            ("a=setup:holdconn\r\n", Side::Other, Side::This),
        ] {
            assert_eq!((remote(setup).offered(), remote(setup).answered()), (offered, answered), "{setup}");
        }
    }

    #[test]
    fn what_is_written_is_what_the_documents_want() {
        let mut local = Local::new("127.0.0.1:7".parse().unwrap());
        let own = local.offer();
        let decoded = wire::sdp::decode(&own, 0..own.len());
        assert_eq!((decoded.deviations, wire::sdp::check_offer(&decoded.value)), (vec![], vec![]));
        for setup in ["a=setup:active\r\n", "a=setup:passive\r\n", "a=setup:actpass\r\n"] {
            let offer = offer(setup);
            let remote = remote(setup);
            let answer = local.answer(offer.as_bytes(), &remote, remote.offered());
            let offer = wire::sdp::decode(offer.as_bytes(), 0..offer.len());
            let answer = wire::sdp::decode(&answer, 0..answer.len());
            assert_eq!(answer.deviations, [], "{setup}");
            assert_eq!(wire::sdp::check_answer(&offer.value, &answer.value), [], "{setup}");
        }
    }

    #[test]
    fn a_description_has_a_new_version_only_if_it_is_another() {
        let mut local = Local::new("127.0.0.1:7".parse().unwrap());
        assert_eq!(local.offer(), local.offer());
        let version = |octets: &[u8]| String::from_utf8_lossy(octets).split(' ').nth(2).map(str::to_owned);
        let first = version(&local.offer());
        let other = local.answer(offer("").as_bytes(), &remote(""), Side::Other);
        assert_eq!((first.as_deref(), version(&other).as_deref()), (Some("1"), Some("2")));
    }

    proptest! {
        #[test]
        fn any_description_is_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            Remote::read(&octets);
        }
    }
}
