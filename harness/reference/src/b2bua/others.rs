//! Headers that mean nothing to a B2BUA and travel on as they are, with the namespaces of their names.

use wire::cpim::{CORE, Header, Message, Namespace};

use crate::agent::object::{NAMESPACE, PREFIX};
use crate::agent::received::{KNOWN, verbatim};
use crate::common::address::Party;

/// Headers of RFC 3862 that a copy has of its own.
const OWN: [&str; 6] = ["From", "To", "DateTime", "Subject", "NS", "Require"];

/// A header of somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Other {
    /// Prefix of its name; empty if it has none.
    prefix: String,
    /// What the prefix is bound to, if it is bound.
    namespace: Option<String>,
    /// Name, colon, parameters, blank and value.
    line: Vec<u8>,
}

/// All headers of an object that a B2BUA has no use for. A name that looks like one of section 8 in another namespace
/// stays behind: in a copy it would be taken for the B2BUA's own.
pub(super) fn others(object: &Message<'_>, octets: &[u8]) -> Vec<Other> {
    let is_other = |line: &Header<'_, '_>| {
        let name = line.local_name();
        let own = line.prefix().is_none() && OWN.contains(&&*name);
        !own && !KNOWN.contains(&&*name)
    };
    object.headers().filter(is_other).filter_map(|line| Other::of(&line, octets)).collect()
}

impl Other {
    fn of(line: &Header<'_, '_>, octets: &[u8]) -> Option<Self> {
        let namespace = match line.namespace() {
            Namespace::Default => Some(CORE.to_owned()),
            Namespace::Bound { uri, .. } => Some(uri.into_owned()),
            Namespace::Unbound => None,
        };
        let header = verbatim(line, octets);
        let name = octets.get(line.name_span())?;
        let line = [name, b":", &header.parameters, b" ", &header.value].concat();
        let prefix = line[..line.len().min(name.len())].split(|octet| *octet == b'.').next();
        let prefix =
            if name.contains(&b'.') { String::from_utf8_lossy(prefix?).into_owned() } else { String::new() };
        let writable = namespace.as_deref().is_none_or(|uri| !uri.contains(char::is_control));
        writable.then_some(Self { prefix, namespace, line })
    }
}

/// The lines of these headers, with an NS line before each that needs one. What names `hidden` stays behind.
pub(super) fn write(others: &[Other], hidden: Option<&Party>) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut bound = vec![("", CORE), (PREFIX, NAMESPACE)];
    for other in others.iter().filter(|other| !hidden.is_some_and(|party| party.is_named_in(&other.line))) {
        let now = bound.iter().rev().find(|(prefix, _)| *prefix == other.prefix).map(|(_, uri)| *uri);
        match other.namespace.as_deref() {
            // Unbound it came, and bound it would mean something.
            None if now.is_some() => continue,
            Some(uri) if now != Some(uri) => {
                let blank = if other.prefix.is_empty() { "" } else { " " };
                octets.extend_from_slice(format!("NS: {}{blank}<{uri}>\r\n", other.prefix).as_bytes());
                bound.push((&other.prefix, uri));
            }
            _ => {}
        }
        octets.extend_from_slice(&other.line);
        octets.extend_from_slice(b"\r\n");
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed_on(lines: &str, hidden: Option<&Party>) -> String {
        let text = format!("{lines}\r\nContent-type: text/plain\r\n\r\n");
        let object = wire::cpim::decode(text.as_bytes(), 0..text.len()).value;
        String::from_utf8(write(&others(&object, text.as_bytes()), hidden)).unwrap()
    }

    #[test]
    fn foreign_headers_keep_their_octets_and_namespaces() {
        let lines = "From: <im:u@h>\r\nTo: <im:l@h>\r\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n\
            imdn.Message-ID: m\r\ncc: <im:c@h>\r\nNS: q <urn:example:q>\r\nq.Colour:;shade=dark  red \\u00e9\r\n\
            NS: imdn <urn:example:not-imdn>\r\nimdn.Gadget: 1\r\nimdn.Message-ID: x\r\nSubject: s\r\nNS: <urn:example:d>\r\nbare: 2\r\n";
        assert_eq!(
            passed_on(lines, None),
            "cc: <im:c@h>\r\nNS: q <urn:example:q>\r\nq.Colour:;shade=dark red \\u00e9\r\n\
             NS: imdn <urn:example:not-imdn>\r\nimdn.Gadget: 1\r\nNS: <urn:example:d>\r\nbare: 2\r\n"
        );
    }

    #[test]
    fn unbound_names_stay_unbound() {
        let lines = "imdn.Gadget: 1\r\nz.Gadget: 2\r\n";
        assert_eq!(passed_on(lines, None), "z.Gadget: 2\r\n");
    }

    #[test]
    fn what_names_the_hidden_sender_stays_behind() {
        let sender = Party::of("sip:u@h:5060");
        assert_eq!(passed_on("cc: \"U\" <IM:u@H>\r\nX-Y: u\r\n", Some(&sender)), "X-Y: u\r\n");
    }
}
