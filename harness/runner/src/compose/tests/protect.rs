//! Layers of S/MIME on what the templates write.

use smime::{Authority, Identity, Key, Keyring, Layer, Opened, Signature};

use super::*;
use crate::pki::Holder;

const IUT: &str = "sip:bob@127.0.0.1:5062";

struct World {
    authority: Authority,
    iut: Identity,
    peer: Holder,
}

impl World {
    fn new() -> Self {
        let (iut, peer) = (Key::new().unwrap(), Key::new().unwrap());
        let authority = Authority::new("Tests", &Key::new().unwrap()).unwrap();
        let stranger = Authority::new("Others", &peer).unwrap().issue(&peer, &[PEER]).unwrap();
        let peer = Holder { own: authority.issue(&peer, &[PEER]).unwrap(), stranger };
        Self { iut: authority.issue(&iut, &[IUT]).unwrap(), authority, peer }
    }

    /// What is sent with these layers, as the IUT takes them off.
    fn opened(&self, layers: &str) -> Opened {
        let parties = Parties {
            peer: PEER,
            iut: IUT,
            endpoint: IUT,
            transport: Transport::Tcp,
            sent_by: ([127, 0, 0, 1], 41080).into(),
            relayed: false,
            keys: Some(Keys { own: &self.peer, recipient: self.iut.certificate() }),
        };
        let send = send(&format!("{{message: im, text: The text, protect: {layers}}}"));
        let names = names();
        let composed = Composer { names: &names, parties }.compose(&send, Mode::Page).unwrap();
        let Composed::Page(octets) = composed else { panic!("{composed:?}") };
        let sip = wire::sip::decode(&octets).value;
        let label = String::from_utf8_lossy(&sip.content_type().unwrap()).into_owned();
        let mut keyring = Keyring::default();
        keyring.add_identity(self.iut.clone());
        keyring.add_authority(self.authority.certificate().clone());
        smime::open(&label, None, sip.body(), &keyring).unwrap()
    }
}

/// What each layer is, the outermost first.
fn words(opened: &Opened) -> Vec<&'static str> {
    let word = |layer: &Layer| match layer.signature() {
        None => "encrypted",
        Some(Signature::Valid(_)) => "valid",
        Some(Signature::Untrusted(_)) => "untrusted",
        Some(Signature::UnknownSigner) => "unknown",
        Some(Signature::Broken(_)) => "broken",
    };
    opened.layers.iter().map(word).collect()
}

#[test]
fn layers_are_what_the_scenario_says() {
    let world = World::new();
    let table: &[(&str, &[&str])] = &[
        ("[{layer: sign}]", &["valid"]),
        ("[{layer: sign, place: around}]", &["valid"]),
        ("[{layer: sign-opaque}]", &["valid"]),
        ("[{layer: encrypt}]", &["encrypted"]),
        ("[{layer: encrypt, place: around}]", &["encrypted"]),
        ("[{layer: sign}, {layer: encrypt}]", &["encrypted", "valid"]),
        ("[{layer: encrypt}, {layer: sign, place: around}]", &["valid", "encrypted"]),
        ("[{layer: sign, certificate: false}]", &["unknown"]),
        ("[{layer: sign, stranger: true}]", &["untrusted"]),
        ("[{layer: sign, broken: true}]", &["broken"]),
        ("[{layer: sign, broken: true, place: around}]", &["broken"]),
    ];
    for (layers, expected) in table {
        let opened = world.opened(layers);
        assert_eq!((words(&opened), opened.obstacle.as_ref()), (expected.to_vec(), None), "{layers}");
        let object = wire::cpim::decode(&opened.body, 0..opened.body.len()).value;
        assert_eq!((opened.label.as_str(), object.content()), ("message/cpim", &b"The text"[..]), "{layers}");
        assert_eq!(object.from().unwrap().uri(), PEER, "{layers}");
    }
}

#[test]
fn without_keys_there_are_no_layers() {
    let error = compose(Transport::Udp, "{message: im, protect: [{layer: sign}]}").unwrap_err();
    assert_eq!(error, ComposeError::NoKeys);
}
