//! Answering a request with its own octets.

use std::net::SocketAddr;

use super::header::Header;
use super::lex;
use super::message::Message;
use super::names::HeaderId;
use super::reason::reason_phrase;
use super::start::Method;
use super::via::Via;
use crate::uri::NameAddr;

/// What of a response does not come from its request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reply<'a> {
    /// The status code; from 100 to 699, if it shall be well-formed.
    pub status: u16,
    /// The reason phrase; the registered one if `None`.
    pub reason: Option<&'a str>,
    /// The tag to add to To, unless it has one already or the status is 100 (RFC 3261 section 8.2.6.2).
    pub to_tag: Option<&'a str>,
    /// Where the request came from: `received`, and `rport` if it was asked for, are filled in (RFC 3261 section
    /// 18.2.1, RFC 3581 section 4).
    pub source: Option<SocketAddr>,
    /// Further headers, written as they are; a body needs its Content-Type here.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
}

/// A response without a body; see [`Reply`] for everything else.
pub fn respond(
    request: &Message<'_>,
    status: u16,
    to_tag: Option<&str>,
    headers: &[(&str, &str)],
) -> Vec<u8> {
    Reply { status, to_tag, headers, ..Reply::default() }.to(request)
}

impl Reply<'_> {
    /// The response to a request: its Via, From, To, Call-ID and CSeq, and Record-Route where it makes a dialog, copied
    /// octet by octet but for folds (RFC 3261 sections 8.2.6.2 and 12.1.1).
    pub fn to(&self, request: &Message<'_>) -> Vec<u8> {
        let mut out = Vec::with_capacity(request.head_span().len() + self.body.len() + 128);
        self.status_line(&mut out);
        let mut top = self.source;
        for header in request.all_headers() {
            match header.id() {
                HeaderId::VIA => via(&mut out, &header, top.take()),
                HeaderId::TO => self.copy_to(&mut out, &header),
                HeaderId::FROM | HeaderId::CALL_ID | HeaderId::CSEQ => copy(&mut out, &header, b""),
                HeaderId::RECORD_ROUTE if self.makes_dialog(request) => copy(&mut out, &header, b""),
                _ => {}
            }
        }
        for (name, value) in self.headers {
            line(&mut out, &[name.as_bytes(), b": ", value.as_bytes()]);
        }
        line(&mut out, &[b"Content-Length: ", self.body.len().to_string().as_bytes()]);
        line(&mut out, &[]);
        out.extend_from_slice(self.body);
        out
    }

    fn status_line(&self, out: &mut Vec<u8>) {
        let reason = self.reason.unwrap_or_else(|| reason_phrase(self.status));
        line(out, &[b"SIP/2.0 ", self.status.to_string().as_bytes(), b" ", reason.as_bytes()]);
    }

    fn copy_to(&self, out: &mut Vec<u8>, header: &Header<'_>) {
        let tagged = || NameAddr::parse(header.raw_value()).is_some_and(|address| address.tag().is_some());
        match self.to_tag {
            Some(tag) if self.status != 100 && !tagged() => {
                copy(out, header, format!(";tag={tag}").as_bytes());
            }
            _ => copy(out, header, b""),
        }
    }

    fn makes_dialog(&self, request: &Message<'_>) -> bool {
        let makers = [Method::INVITE, Method::SUBSCRIBE, Method::REFER, Method::NOTIFY];
        (101..300).contains(&self.status) && request.method().is_some_and(|method| makers.contains(&method))
    }
}

/// A Via header; its first value gets the source, if there is one to be filled in.
fn via(out: &mut Vec<u8>, header: &Header<'_>, source: Option<SocketAddr>) {
    let first = header.list().next().unwrap_or(header.value_span());
    let rest = &header.octets[first.end..header.value_span().end];
    let filled = source.and_then(|source| fill(&header.octets[first], source));
    match filled {
        Some(filled) => line(out, &[header.name(), b": ", &filled, &lex::unfold(rest)]),
        None => copy(out, header, b""),
    }
}

/// A Via value with its source in it; `None` if the source is in it already, or there is no telling.
fn fill(value: &[u8], source: SocketAddr) -> Option<Vec<u8>> {
    let via = Via::decode(value, 0..value.len()).value?;
    let address = source.ip().to_canonical();
    let wants_port = via.params.get(b"rport") == Some(None);
    if via.params.get(b"received").is_some() || (via.sent_by.address() == Some(address) && !wants_port) {
        return None;
    }
    let head = &value[..value.len() - via.params.text().len()];
    let mut filled = lex::unfold(head).into_owned();
    for (name, value) in via.params.iter() {
        filled.push(b';');
        filled.extend_from_slice(name);
        match value {
            Some(value) => filled.extend_from_slice(&[b"=", value].concat()),
            None if name.eq_ignore_ascii_case(b"rport") => {
                filled.extend_from_slice(format!("={}", source.port()).as_bytes())
            }
            None => {}
        }
    }
    filled.extend_from_slice(format!(";received={address}").as_bytes());
    Some(filled)
}

fn copy(out: &mut Vec<u8>, header: &Header<'_>, suffix: &[u8]) {
    line(out, &[header.name(), b": ", &header.value(), suffix]);
}

fn line(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(part);
    }
    out.extend_from_slice(b"\r\n");
}
