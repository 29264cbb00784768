//! Where the requests of a dialog go (RFC 3261 sections 12.2.1.1 and 18.1).

use std::net::SocketAddr;

use record::Transport;
use wire::uri::{NameAddr, Uri};

use super::{Dialog, text};

/// Request-URI and Route headers of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Routing {
    pub(super) uri: String,
    pub(super) routes: Vec<String>,
}

impl Dialog {
    /// What stands in the next request. A first route without `lr` is a strict one and takes the place of the target.
    pub(super) fn routing(&self) -> Routing {
        let first = self.routes.first().and_then(|route| NameAddr::parse(route.as_bytes()));
        match first.filter(|first| first.uri.params().get(b"lr").is_none()) {
            None => Routing { uri: self.target.clone(), routes: self.routes.clone() },
            Some(first) => {
                let target = format!("<{}>", self.target);
                let rest = self.routes.iter().skip(1).cloned().chain([target]);
                Routing { uri: text(first.uri.text()), routes: rest.collect() }
            }
        }
    }

    /// Where the next request goes and over what: to the first route, or else to the target. `known` is where the
    /// dialog was made with; requests to a host without an address go there too, and so do those that want a transport
    /// that peers do not have.
    pub(crate) fn next_hop(&self, known: (SocketAddr, Transport)) -> (SocketAddr, Transport) {
        let first = self.routes.first().and_then(|route| NameAddr::parse(route.as_bytes()));
        let hop = first.map(|first| first.uri).or_else(|| Uri::parse(self.target.as_bytes()));
        let Some(hop) = hop else { return known };
        let transport = match hop.params().value(b"transport").map(<[u8]>::to_ascii_lowercase).as_deref() {
            None => known.1,
            Some(b"tcp") => Transport::Tcp,
            Some(b"udp") => Transport::Udp,
            Some(_) => return known,
        };
        match hop.host_port().address() {
            Some(ip) => {
                (SocketAddr::new(ip, hop.port().filter(|port| *port != 0).unwrap_or(5060)), transport)
            }
            None => known,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialog(target: &str, routes: &[&str]) -> Dialog {
        Dialog {
            call_id: "c".into(),
            local: "<sip:a@h>;tag=1".into(),
            remote: "<sip:b@h>;tag=2".into(),
            local_tag: b"1".to_vec(),
            remote_tag: b"2".to_vec(),
            target: target.into(),
            routes: routes.iter().map(|route| (*route).to_owned()).collect(),
            sent: 1,
            received: None,
        }
    }

    #[test]
    fn loose_routes_leave_the_target_where_it_is() {
        let routing = dialog("sip:b@192.0.2.4", &["<sip:p1;lr>", "<sip:p2>"]).routing();
        assert_eq!(routing.uri, "sip:b@192.0.2.4");
        assert_eq!(routing.routes, ["<sip:p1;lr>", "<sip:p2>"]);
    }

    #[test]
    fn a_strict_route_takes_the_place_of_the_target() {
        // RFC 3261 12.2.1.1 has this very example.
        let routes = ["<sip:proxy1>", "<sip:proxy2>", "<sip:proxy3;lr>", "<sip:proxy4>"];
        let routing = dialog("sip:user@remoteua", &routes).routing();
        assert_eq!(routing.uri, "sip:proxy1");
        assert_eq!(
            routing.routes,
            ["<sip:proxy2>", "<sip:proxy3;lr>", "<sip:proxy4>", "<sip:user@remoteua>"]
        );
    }

    #[test]
    fn the_next_hop_is_the_first_route_or_the_target() {
        let known = ("127.0.0.1:9".parse().unwrap(), Transport::Udp);
        let hop = |target, routes: &[&str]| {
            let (address, transport) = dialog(target, routes).next_hop(known);
            format!("{address} {transport}")
        };
        assert_eq!(hop("sip:b@192.0.2.4:5070", &[]), "192.0.2.4:5070 udp");
        assert_eq!(hop("sip:b@192.0.2.4;transport=TCP", &[]), "192.0.2.4:5060 tcp");
        assert_eq!(hop("sip:b@192.0.2.4", &["<sip:[::1]:7;lr;transport=tcp>"]), "[::1]:7 tcp");
        for unreachable in ["sip:b@host.example", "sip:b@192.0.2.4;transport=tls", "nonsense"] {
            assert_eq!(hop(unreachable, &[]), "127.0.0.1:9 udp", "{unreachable}");
        }
    }
}
