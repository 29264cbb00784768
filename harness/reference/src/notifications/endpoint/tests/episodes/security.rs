//! S/MIME (RFC 5438 section 14; RFC 3862 section 5.2).

use smime::{Authority, Form, Identity, Key, Keyring, Layer};

use super::*;

pub(in super::super) const EPISODES: &[Episode] = &[
    ("who has a certificate signs", Page, |s| {
        adopt(s);
        s.take(&asking("m1", "positive-delivery, display"));
        s.dispose("read");
        tell_sent(s);
    }),
    ("without a certificate nothing is signed, and what was signed is shown", Page, |s| {
        s.take(&signed(&asking("m1", "positive-delivery"), &WORLD.alice));
        tell_sent(s);
    }),
    ("the answer to an encrypted message is encrypted and signed", Page, |s| {
        adopt(s);
        s.take(&encrypted(&asking("m1", "positive-delivery, display")));
        s.dispose("read");
        tell_sent(s);
    }),
    ("without the certificate of the sender there is no answer to an encrypted message", Page, |s| {
        s.ask(identity());
        s.take(&encrypted(&asking("m1", "positive-delivery, display")));
        s.dispose("read");
        tell_sent(s);
    }),
    ("what cannot be decrypted is refused", Page, |s| s.take(&encrypted(&asking("m1", "display")))),
    ("signatures are worth what their certificates are", Page, |s| {
        s.ask(identity());
        s.take(&signed(&asking("m1", "display"), &WORLD.alice));
        s.take(&signed(&asking("m2", "display"), &WORLD.stranger));
        s.log();
    }),
    ("notifications are verified", Page, |s| {
        adopt(s);
        let id = s.send_with(json!({"receipts": ["display"], "sign": true}));
        s.take(
            &signed(&telling("display", "displayed", &id), &WORLD.alice).replace("displayed", "forbidden"),
        );
        s.log();
        tell_sent(s);
    }),
    ("messages are sent as they were asked for", Page, |s| {
        s.send_with(json!({"sign": true}));
        s.send_with(json!({"encrypt": true}));
        adopt(s);
        s.send_with(json!({"encrypt": true}));
        s.send_with(json!({"sign": true, "encrypt": true}));
        tell_sent(s);
    }),
    ("objects are unwrapped", Page, |s| {
        s.said.push(s.agent.accepts().join(", "));
        s.ask(identity());
        let entity = format!("Content-Type: message/cpim\r\n\r\n{}", asking("m1", "display"));
        let around = smime::sign(entity.as_bytes(), &WORLD.alice, Form::Opaque, true).unwrap();
        let message = incoming(s.mode, ALICE, BOB, "");
        s.take_as(&Incoming { content_type: Some(around.label), body: around.content.into(), ..message });
        s.log();
    }),
];

struct World {
    authority: Authority,
    alice: Identity,
    stranger: Identity,
    bob: Identity,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let authority = Authority::new("Tests", &Key::new().unwrap()).unwrap();
    let (alice, bob) = (Key::new().unwrap(), Key::new().unwrap());
    World {
        stranger: Authority::new("Others", &alice).unwrap().issue(&alice, &[ALICE]).unwrap(),
        alice: authority.issue(&alice, &[ALICE]).unwrap(),
        bob: authority.issue(&bob, &[BOB]).unwrap(),
        authority,
    }
});

fn identity() -> Value {
    let World { authority, bob, .. } = &*WORLD;
    json!({
        "command": "identity", "certificate_pem": bob.certificate().pem().unwrap(),
        "key_pem": bob.key_pem().unwrap(), "ca_pem": authority.certificate().pem().unwrap(),
    })
}

/// Bob gets his own certificate and Alice's.
fn adopt(s: &mut Subject) {
    s.ask(identity());
    let alice = WORLD.alice.certificate().pem().unwrap();
    s.ask(json!({"command": "trust", "certificate_pem": alice, "address": ALICE}));
}

fn inside(object: &str, protect: impl FnOnce(&[u8]) -> smime::Part) -> String {
    let start = wire::cpim::decode(object.as_bytes(), 0..object.len()).value.mime_entity().start;
    let (head, entity) = object.split_at(start);
    format!("{head}{}", String::from_utf8(protect(entity.as_bytes()).entity()).unwrap())
}

fn signed(object: &str, by: &Identity) -> String {
    inside(object, |entity| smime::sign(entity, by, Form::Detached, true).unwrap())
}

fn encrypted(object: &str) -> String {
    inside(object, |entity| smime::encrypt(entity, &[WORLD.bob.certificate()]).unwrap())
}

/// What Alice makes of all that came, in place of its octets, of which many are new in every run.
fn tell_sent(s: &mut Subject) {
    let mut keyring = Keyring::default();
    keyring.add_identity(WORLD.alice.clone());
    keyring.add_authority(WORLD.authority.certificate().clone());
    s.said.retain(|said| !said.contains("pkcs7"));
    for sent in &s.sent {
        let opened = smime::open(&sent.content_type, None, &sent.body, &keyring);
        let (layers, body) =
            opened.map_or((Vec::new(), sent.body.clone()), |opened| (opened.layers, opened.body));
        let word = |layer: &Layer| match layer.signature() {
            Some(signature) if signature.is_valid() => "signed",
            Some(_) => "badly signed",
            None => "encrypted",
        };
        let words: Vec<_> = layers.iter().map(word).collect();
        s.said.push(masked(&format!("{}: {}", words.join(", "), String::from_utf8_lossy(&body))));
    }
}
