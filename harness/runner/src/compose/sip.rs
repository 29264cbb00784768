//! The SIP request around a body, and edits of SIP header lines.

use record::Transport;
use scenario::model::Edits;
use wire::sip::MAGIC_COOKIE;
use wire::sip::build::RequestBuilder;
use wire::sip::edit::{self, Edit};

use super::generate::fresh;
use super::{Body, ComposeError, Composer};

/// Schemes of addresses that SIP names as they are.
const SIP_SCHEMES: [&str; 2] = ["sip:", "sips:"];

impl Composer<'_> {
    /// A request outside any dialog: MESSAGE has no Contact (RFC 3428 section 4).
    pub(super) fn request(
        &self,
        method: &str,
        body: Option<Body>,
        edits: &Edits,
    ) -> Result<Vec<u8>, ComposeError> {
        let parties = &self.parties;
        let transport = match parties.transport {
            Transport::Udp => "UDP",
            Transport::Tcp | Transport::Msrp => "TCP",
        };
        let branch = format!("{}{}", String::from_utf8_lossy(MAGIC_COOKIE), fresh(20));
        let mut request = RequestBuilder::new(method, parties.endpoint)
            .header("Via", &format!("SIP/2.0/{transport} {};branch={branch};rport", parties.sent_by))
            .max_forwards(70)
            .from(&format!("{};tag={}", self.sip_from(), fresh(10)))
            .to(&self.sip_to())
            .call_id(&format!("{}@{}", fresh(20), parties.sent_by.ip()))
            .cseq(1);
        if let Some(body) = body {
            request = request.body(&body.media_type, body.octets);
        }
        let edits = self.edits(edits)?;
        Ok(edit::apply(&request.build()?, &edits))
    }

    /// The value of From, without a tag. Neither From nor To takes a `transport` parameter (RFC 3261 section 19.1.1, table
    /// 1).
    pub(super) fn sip_from(&self) -> String {
        format!("<{}>", without_parameters(self.parties.peer))
    }

    /// The value of To: the IUT's address where SIP can name it, else the endpoint.
    pub(super) fn sip_to(&self) -> String {
        let address = self.parties.iut;
        let is_sip = SIP_SCHEMES.iter().any(|scheme| address.starts_with(scheme));
        format!("<{}>", without_parameters(if is_sip { address } else { self.parties.endpoint }))
    }

    fn edits(&self, edits: &Edits) -> Result<Vec<Edit>, ComposeError> {
        let drop = edits.drop.iter().map(|name| Edit::Drop(name.clone()));
        let set = self.texts(&edits.set)?.into_iter().map(|line| match line.split_once(':') {
            Some((name, value)) => Edit::Set(name.to_owned(), value.trim_start().into()),
            None => Edit::Line(line.into_bytes()),
        });
        let add = self.texts(&edits.add)?.into_iter().map(|line| Edit::Line((line + "\r\n").into_bytes()));
        Ok(drop.chain(set).chain(add).collect())
    }
}

/// The Request-URI for a SIP address: the address, with the transport where that is not the usual one (RFC 3263 section
/// 4.1). `None` for an address that SIP cannot name.
pub(super) fn request_uri(address: &str, transport: Transport) -> Option<String> {
    let is_sip = SIP_SCHEMES.iter().any(|scheme| address.starts_with(scheme));
    let says_transport = address.split(';').skip(1).any(|parameter| parameter.starts_with("transport="));
    let suffix = match transport {
        Transport::Tcp | Transport::Msrp if !says_transport => ";transport=tcp",
        _ => "",
    };
    is_sip.then(|| format!("{address}{suffix}"))
}

fn without_parameters(uri: &str) -> &str {
    uri.split([';', '?']).next().unwrap_or(uri)
}
