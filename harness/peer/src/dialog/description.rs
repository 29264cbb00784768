//! Offers and answers of MSRP sessions (RFC 3264, RFC 4975 section 8, RFC 6135 section 4.2).

use wire::deviation::Deviation;
use wire::sdp::{self, Setup};

use crate::MediaTypes;

/// What an end says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    /// Identifies the description.
    pub(crate) number: u64,
    /// The MSRP URI of the end.
    pub(crate) uri: String,
    pub(crate) types: MediaTypes,
}

/// What an offer and its answer came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Negotiated {
    /// The path of the other end, as it stands.
    pub(crate) path: String,
    /// Host and port of the first URI of the path: where its connections go.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) types: MediaTypes,
    /// Whether this end opens the connection.
    pub(crate) is_active: bool,
}

/// Why a description makes no session, and with which status an offer of it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub(crate) status: u16,
    pub(crate) why: String,
}

/// The port of an end that does not listen (RFC 4145 section 4.1).
const DISCARD: u16 = 9;

/// The port of MSRP URIs without one (RFC 4975 section 15.4).
const MSRP_PORT: u16 = 2855;

impl Media {
    /// The offer of this end; without setup it is one of RFC 4975 alone, by which the offerer is active.
    pub(crate) fn offer(&self, setup: Option<Setup>) -> Result<Vec<u8>, Unusable> {
        Ok(self.describe(setup)?.encode())
    }

    /// The answer of this end to an offer, and what comes of it. `prefers_active` counts where the offer leaves the
    /// choice. Media that are no MSRP, and all but the first that can be used, are refused.
    pub(crate) fn answer(
        &self,
        octets: &[u8],
        prefers_active: bool,
    ) -> Result<(Vec<u8>, Negotiated), Unusable> {
        let offer = sdp::decode(octets, 0..octets.len()).value;
        let (place, media) = usable(&offer)?;
        let is_active = match media.setup() {
            Some(Setup::Passive) => true,
            Some(Setup::ActPass) => prefers_active,
            // Without setup the offerer is active (RFC 4975 section 5.4); holdconn counts as none (RFC 6135 section 4.2.1).
            Some(Setup::Active | Setup::HoldConn) | None => false,
        };
        let setup = if is_active { Setup::Active } else { Setup::Passive };
        let negotiated = negotiated(&media, is_active)?;
        let mut answer = self.describe(Some(setup))?;
        refuse_others(&offer, place, &mut answer)?;
        Ok((answer.encode(), negotiated))
    }

    fn describe(&self, setup: Option<Setup>) -> Result<sdp::Builder, Unusable> {
        let builder = sdp::Builder::new(self.number, &self.uri)
            .map_err(|error| Unusable { status: 500, why: error.to_string() })?;
        let words = |types: &[String]| types.join(" ");
        let builder = builder.accept_types(&[&words(&self.types.accept)]);
        let builder = match words(&self.types.wrapped).as_str() {
            "" => builder,
            wrapped => builder.accept_wrapped_types(&[wrapped]),
        };
        let builder = setup.into_iter().fold(builder, sdp::Builder::setup);
        Ok(if setup == Some(Setup::Active) { builder.port(DISCARD) } else { builder })
    }
}

impl Negotiated {
    /// What comes of the answer to an offer of this end, and what is wrong with the answer.
    pub(crate) fn of_answer(offer: &[u8], answer: &[u8]) -> Result<(Self, Vec<String>), Unusable> {
        let offer = sdp::decode(offer, 0..offer.len()).value;
        let decoded = sdp::decode(answer, 0..answer.len());
        let (_, media) = usable(&decoded.value)?;
        let offered = offer.msrp().next().and_then(|media| media.setup());
        let is_active = match (offered, media.setup()) {
            (Some(Setup::Active) | None, _) => true,
            (_, Some(Setup::Active)) => false,
            // An answerer that does not know setup waits for the offerer (RFC 6135 section 4.2.2).
            _ => true,
        };
        let negotiated = negotiated(&media, is_active)?;
        let wrong = decoded.deviations.into_iter().chain(sdp::check_answer(&offer, &decoded.value));
        Ok((negotiated, wrong.map(|deviation| describe(&deviation)).collect()))
    }

    /// Whether a message of that type may be sent: at the top level, or wrapped in another.
    pub(crate) fn accepts(&self, media_type: &str, wrapped: bool) -> bool {
        let any = |list: &[String]| list.iter().any(|format| sdp::Format(format).matches(media_type));
        any(&self.types.accept) || (wrapped && any(&self.types.wrapped))
    }
}

/// The first medium that makes a session, and its place among all media.
fn usable<'s, 'a>(session: &'s sdp::Session<'a>) -> Result<(usize, sdp::Media<'s, 'a>), Unusable> {
    let unusable = |why: &str| Unusable { status: 488, why: why.to_owned() };
    let mut open = session.media().enumerate().filter(|(_, media)| media.is_msrp() && !media.is_refused());
    let mut plain = session.media().enumerate().filter(|(_, media)| {
        media.is_msrp() && !media.is_refused() && !media.is_secure() && media.path().next().is_some()
    });
    match (plain.next(), open.next()) {
        (Some(found), _) => Ok(found),
        (None, Some(_)) => Err(unusable("its MSRP is over TLS alone, or has no path")),
        (None, None) => Err(unusable("it has no medium of MSRP that is not refused")),
    }
}

fn negotiated(media: &sdp::Media<'_, '_>, is_active: bool) -> Result<Negotiated, Unusable> {
    let Some(first) = media.path().next() else {
        return Err(Unusable { status: 488, why: "its MSRP has no path".to_owned() });
    };
    let texts = media.path().map(|uri| String::from_utf8_lossy(uri.text()).into_owned());
    Ok(Negotiated {
        path: texts.collect::<Vec<_>>().join(" "),
        host: String::from_utf8_lossy(first.host()).trim_matches(['[', ']']).to_owned(),
        port: first.port().unwrap_or(MSRP_PORT),
        types: MediaTypes {
            accept: media.accept_types().map(|format| format.0.to_owned()).collect(),
            wrapped: media.accept_wrapped_types().map(|format| format.0.to_owned()).collect(),
        },
        is_active,
    })
}

/// Puts the media that are not taken into the answer, with port zero (RFC 3264 section 6).
fn refuse_others(offer: &sdp::Session<'_>, place: usize, answer: &mut sdp::Builder) -> Result<(), Unusable> {
    if offer.media().count() == 1 {
        return Ok(());
    }
    let Some(parsed) = offer.parsed() else {
        return Err(Unusable {
            status: 488,
            why: "it has several media, and a line that cannot be read".to_owned(),
        });
    };
    let media = &mut answer.session_mut().medias;
    for (number, offered) in parsed.medias.iter().enumerate().filter(|(number, _)| *number != place) {
        let mut refused = offered.clone();
        refused.port = 0;
        refused.attributes.clear();
        media.insert(number.min(media.len()), refused);
    }
    Ok(())
}

fn describe(deviation: &Deviation) -> String {
    match deviation.detail.as_str() {
        "" => deviation.rule.to_string(),
        detail => format!("{}: {detail}", deviation.rule),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(session: &str) -> Media {
        let uri = format!("msrp://127.0.0.1:7654/{session};tcp");
        Media { number: 5, uri, types: MediaTypes::default() }
    }

    fn text(octets: Vec<u8>) -> String {
        let decoded = sdp::decode(&octets, 0..octets.len());
        assert_eq!(decoded.deviations, [], "{}", octets.escape_ascii());
        String::from_utf8(octets).unwrap()
    }

    #[test]
    fn setup_says_who_connects() {
        use Setup::{ActPass, Active, Passive};
        for (offered, prefers_active, answered, answerer_is_active) in [
            (Some(ActPass), true, "a=setup:active", true),
            (Some(ActPass), false, "a=setup:passive", false),
            (Some(Active), true, "a=setup:passive", false),
            (Some(Passive), false, "a=setup:active", true),
        ] {
            let offer = end("offerer").offer(offered).unwrap();
            let (answer, seen) = end("answerer").answer(&offer, prefers_active).unwrap();
            let (got, wrong) = Negotiated::of_answer(&offer, &answer).unwrap();
            assert_eq!(wrong, Vec::<String>::new());
            assert!(text(answer).contains(answered), "{offered:?}");
            assert_eq!(
                (seen.is_active, got.is_active),
                (answerer_is_active, !answerer_is_active),
                "{offered:?}"
            );
            assert_eq!((seen.port, got.host.as_str()), (7654, "127.0.0.1"));
        }
    }

    #[test]
    fn without_setup_the_offerer_connects() {
        let offer = end("offerer").offer(None).unwrap();
        assert!(!String::from_utf8_lossy(&offer).contains("setup"));
        let (answer, seen) = end("answerer").answer(&offer, true).unwrap();
        assert!(!seen.is_active);
        let answer = text(answer);
        assert!(answer.contains("a=setup:passive"), "an answer always says so");
        let unaware = answer.replace("a=setup:passive\r\n", "");
        for offer in [offer, end("offerer").offer(Some(Setup::ActPass)).unwrap()] {
            assert!(Negotiated::of_answer(&offer, answer.as_bytes()).unwrap().0.is_active);
            assert!(Negotiated::of_answer(&offer, unaware.as_bytes()).unwrap().0.is_active);
        }
    }

    #[test]
    fn other_media_are_refused_in_their_places() {
        let offer = text(end("offerer").offer(Some(Setup::ActPass)).unwrap());
        let message = offer.split_once("m=").map(|(_, media)| format!("m={media}")).unwrap();
        let audio = "m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
        let secure = message.replace("TCP/MSRP", "TCP/TLS/MSRP").replace("msrp://", "msrps://");
        let offer = offer.replace(&message, &format!("{audio}{secure}{message}"));
        let (answer, seen) = end("answerer").answer(offer.as_bytes(), true).unwrap();
        let answer = text(answer);
        let media: Vec<_> = answer.lines().filter(|line| line.starts_with("m=")).collect();
        assert_eq!(media, ["m=audio 0 RTP/AVP 0", "m=message 0 TCP/TLS/MSRP *", "m=message 9 TCP/MSRP *"]);
        assert_eq!(seen.path, "msrp://127.0.0.1:7654/offerer;tcp");
        let (_, wrong) = Negotiated::of_answer(offer.as_bytes(), answer.as_bytes()).unwrap();
        assert_eq!(wrong, Vec::<String>::new());
    }

    #[test]
    fn what_makes_no_session_is_refused() {
        let offer = text(end("offerer").offer(Some(Setup::ActPass)).unwrap());
        for (from, to) in
            [("m=message 7654", "m=message 0"), ("TCP/MSRP", "RTP/AVP"), ("a=path:", "a=way:"), ("m=", "x=")]
        {
            let spoilt = offer.replace(from, to);
            assert_ne!(spoilt, offer);
            assert_eq!(
                end("answerer").answer(spoilt.as_bytes(), true).map_err(|error| error.status),
                Err(488),
                "{to}"
            );
        }
        assert!(end("answerer").answer(b"", true).is_err());
        assert!(Negotiated::of_answer(offer.as_bytes(), b"\0").is_err());
    }

    #[test]
    fn types_are_matched() {
        let offer = end("offerer").offer(None).unwrap();
        let (_, seen) = end("answerer").answer(&offer, true).unwrap();
        assert!(seen.accepts("message/cpim", false) && seen.accepts("text/plain", true));
        assert!(!seen.accepts("text/plain", false));
    }
}
