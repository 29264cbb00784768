use std::process::Command;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

/// Made once: keys take their time.
struct World {
    authority: Authority,
    stranger: Authority,
    key: Key,
    alice: Identity,
    bob: Identity,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let (authority, key) = (Key::new().unwrap(), Key::new().unwrap());
    let authority = Authority::new("Tests", &authority).unwrap();
    let (stranger, key) = (Authority::new("Others", &key).unwrap(), key);
    let alice = authority.issue(&key, &["sip:alice@127.0.0.1:5070"]).unwrap();
    let bob = authority.issue(&Key::new().unwrap(), &["sip:bob@example.org", "im:bob@example.org"]).unwrap();
    World { authority, stranger, key, alice, bob }
});

const ENTITY: &[u8] = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello, world\r\n";

const OBJECT: &[u8] = b"From: <sip:alice@127.0.0.1:5070>\r\nTo: <sip:bob@example.org>\r\n\r\n";

/// What Bob has: his key, and whom he believes.
fn bob() -> Keyring {
    let mut keyring = Keyring::default();
    keyring.add_identity(WORLD.bob.clone());
    keyring.add_authority(WORLD.authority.certificate().clone());
    keyring
}

fn object(entity: &[u8]) -> Vec<u8> {
    [OBJECT, entity].concat()
}

fn cpim(entity: &[u8]) -> Vec<u8> {
    [b"Content-Type: message/cpim\r\n\r\n", &object(entity)[..]].concat()
}

fn signed(form: Form) -> Part {
    sign(ENTITY, &WORLD.alice, form, true).unwrap()
}

fn only_signature(opened: &Opened) -> &Signature {
    assert_eq!(opened.layers.len(), 1, "{opened:?}");
    opened.layers[0].signature().unwrap()
}

#[test]
fn what_has_no_layers_is_left_alone() {
    assert_eq!(open("message/cpim", None, &object(ENTITY), &bob()), None);
    assert_eq!(open("text/plain", None, b"pkcs7", &bob()), None);
    assert_eq!(
        open("multipart/signed; boundary=x; protocol=\"application/pkcs7-signature\"", None, b"", &bob()),
        None
    );
}

#[test]
fn both_forms_of_signatures_are_valid_inside_and_around() {
    for form in [Form::Detached, Form::Opaque] {
        let inside = open("message/cpim", None, &object(&signed(form).entity()), &bob()).unwrap();
        assert_eq!((&inside.label[..], &inside.body), ("message/cpim", &object(ENTITY)));
        assert_eq!(inside.layers[0].place, Place::Inside);
        assert_eq!(only_signature(&inside), &Signature::Valid(Some(WORLD.alice.certificate().clone())));

        let around = sign(&cpim(ENTITY), &WORLD.alice, form, true).unwrap();
        let around = open(&around.label, None, &around.content, &bob()).unwrap();
        assert_eq!((&around.label[..], &around.body), ("message/cpim", &object(ENTITY)));
        assert_eq!(around.layers[0].place, Place::Around);
        assert!(only_signature(&around).is_valid());
    }
}

#[test]
fn a_wrong_label_of_an_object_hides_nothing() {
    let signed = object(&signed(Form::Detached).entity());
    let opened = open("message/imdn+xml", None, &signed, &bob()).unwrap();
    assert_eq!((&opened.label[..], &opened.body), ("message/imdn+xml", &object(ENTITY)));
    assert!(only_signature(&opened).is_valid());
}

#[test]
fn envelopes_open_for_who_they_are_for() {
    let sealed = encrypt(ENTITY, &[WORLD.bob.certificate()]).unwrap();
    let opened = open("message/cpim", None, &object(&sealed.entity()), &bob()).unwrap();
    assert_eq!(opened.body, object(ENTITY));
    assert_eq!(opened.layers[0].protection, Protection::Encrypted(WORLD.bob.certificate().clone()));

    let other = encrypt(ENTITY, &[WORLD.alice.certificate()]).unwrap();
    let opened = open("message/cpim", None, &object(&other.entity()), &bob()).unwrap();
    assert_eq!((opened.layers.len(), opened.obstacle), (0, Some(Obstacle::NoKey)));
    assert_eq!(opened.body, object(&other.entity()));
    assert_eq!(encrypt(ENTITY, &[]), Err(Error::NoRecipient));
}

#[test]
fn an_unknown_cipher_is_no_missing_key() {
    let aes: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x01\x02";
    let mut sealed = encrypt(ENTITY, &[WORLD.bob.certificate()]).unwrap();
    let at = memchr::memmem::find(&sealed.content, aes).unwrap();
    sealed.content[at + aes.len() - 1] = 0x7f;
    let opened = open("message/cpim", None, &object(&sealed.entity()), &bob()).unwrap();
    assert!(matches!(opened.obstacle, Some(Obstacle::Unreadable(_))), "{opened:?}");
}

#[test]
fn layers_nest_in_either_order_and_place() {
    let inner = signed(Form::Detached).entity();
    let sealed = encrypt(&inner, &[WORLD.bob.certificate()]).unwrap().entity();
    let outer = sign(&cpim(&sealed), &WORLD.alice, Form::Opaque, true).unwrap();
    let opened = open(&outer.label, Some("binary"), &outer.content, &bob()).unwrap();
    assert_eq!(opened.body, object(ENTITY));
    let places: Vec<_> = opened.layers.iter().map(|layer| (layer.place, layer.is_encryption())).collect();
    assert_eq!(places, [(Place::Around, false), (Place::Inside, true), (Place::Inside, false)]);
    assert!(opened.layers.iter().filter_map(Layer::signature).all(Signature::is_valid));

    let twice =
        encrypt(&encrypt(ENTITY, &[WORLD.bob.certificate()]).unwrap().entity(), &[WORLD.bob.certificate()]);
    let opened = open("message/cpim", None, &object(&twice.unwrap().entity()), &bob()).unwrap();
    assert_eq!((opened.body, opened.layers.len()), (object(ENTITY), 2));
}

#[test]
fn nesting_without_end_ends() {
    let entity = (0..12).fold(ENTITY.to_vec(), |entity, _| {
        sign(&entity, &WORLD.alice, Form::Detached, false).unwrap().entity()
    });
    let opened = open("message/cpim", None, &object(&entity), &bob()).unwrap();
    assert_eq!((opened.layers.len(), opened.obstacle), (8, Some(Obstacle::TooMuch)));
}

#[test]
fn a_changed_content_breaks_the_signature_and_is_shown_all_the_same() {
    let entity = String::from_utf8(signed(Form::Detached).entity()).unwrap().replace("Hello", "Hallo");
    let opened = open("message/cpim", None, &object(entity.as_bytes()), &bob()).unwrap();
    assert!(matches!(only_signature(&opened), Signature::Broken(_)));
    assert!(opened.body.ends_with(b"Hallo, world\r\n"));

    let mut opaque = signed(Form::Opaque);
    let at = memchr::memmem::find(&opaque.content, b"Hello").unwrap();
    opaque.content[at + 1] = b'a';
    let opened = open("message/cpim", None, &object(&opaque.entity()), &bob()).unwrap();
    assert!(matches!(only_signature(&opened), Signature::Broken(_)));
    assert!(opened.body.ends_with(b"Hallo, world\r\n"));
}

#[test]
fn a_changed_signature_is_broken() {
    let mut cms = signed(Form::Opaque);
    let last = cms.content.len() - 1;
    cms.content[last] ^= 1;
    let opened = open("message/cpim", None, &object(&cms.entity()), &bob()).unwrap();
    assert!(matches!(only_signature(&opened), Signature::Broken(_)), "{opened:?}");
}

#[test]
fn strangers_are_not_believed_until_somebody_vouches_for_them() {
    let mallory = WORLD.stranger.issue(&WORLD.key, &["sip:alice@127.0.0.1:5070"]).unwrap();
    let entity = object(&sign(ENTITY, &mallory, Form::Detached, true).unwrap().entity());
    let opened = open("message/cpim", None, &entity, &bob()).unwrap();
    assert_eq!(only_signature(&opened), &Signature::Untrusted(Some(mallory.certificate().clone())));
    let mut keyring = bob();
    keyring.add_certificate(mallory.certificate().clone());
    assert!(only_signature(&open("message/cpim", None, &entity, &keyring).unwrap()).is_valid());
}

#[test]
fn a_certificate_that_does_not_come_along_has_to_be_known() {
    let entity = object(&sign(ENTITY, &WORLD.alice, Form::Detached, false).unwrap().entity());
    let unknown = open("message/cpim", None, &entity, &bob()).unwrap();
    assert_eq!(only_signature(&unknown), &Signature::UnknownSigner);
    let mut keyring = bob();
    keyring.add_certificate(WORLD.alice.certificate().clone());
    assert!(only_signature(&open("message/cpim", None, &entity, &keyring).unwrap()).is_valid());
}

#[test]
fn certificates_that_come_along_can_be_ignored() {
    let entity = object(&signed(Form::Detached).entity());
    let opened = open("message/cpim", None, &entity, &bob().ignoring_embedded(true)).unwrap();
    assert_eq!(only_signature(&opened), &Signature::UnknownSigner);
}

#[test]
fn line_ends_may_have_lost_a_character() {
    let entity = String::from_utf8(signed(Form::Detached).entity()).unwrap().replace("\r\n", "\n");
    let opened = open("message/cpim", None, &object(entity.as_bytes()), &bob()).unwrap();
    assert!(only_signature(&opened).is_valid());
}

#[test]
fn old_names_of_the_media_types_are_as_good() {
    let entity = String::from_utf8(signed(Form::Detached).entity()).unwrap();
    let entity = entity.replace("application/pkcs7-", "application/x-pkcs7-");
    assert!(
        only_signature(&open("message/cpim", None, &object(entity.as_bytes()), &bob()).unwrap()).is_valid()
    );
    let sealed = encrypt(ENTITY, &[WORLD.bob.certificate()]).unwrap();
    let opened = open("APPLICATION/x-pkcs7-mime", Some("base64"), &sealed.content, &bob());
    // What says base64 and is none is taken as it is.
    assert_eq!(opened.unwrap().body, b"Hello, world\r\n");
}

#[test]
fn identities_survive_pem_and_wrong_keys_are_refused() {
    let (certificate, key) = (WORLD.bob.certificate().pem().unwrap(), WORLD.bob.key_pem().unwrap());
    let bob = Identity::from_pem(&certificate, &key).unwrap();
    assert_eq!(bob.certificate(), WORLD.bob.certificate());
    let names = ["sip:bob@example.org", "bob@example.org", "im:bob@example.org", "bob@example.org"];
    assert_eq!(bob.certificate().addresses(), names);
    assert_eq!(WORLD.alice.certificate().addresses(), ["sip:alice@127.0.0.1:5070", "alice@127.0.0.1"]);
    let other = Identity::from_pem(&certificate, &WORLD.alice.key_pem().unwrap());
    assert_eq!(other.unwrap_err(), Error::Mismatch);
    assert!(matches!(Identity::from_pem("x", &key), Err(Error::Certificate(_))));
    assert!(matches!(Identity::from_pem(&certificate, "x"), Err(Error::Key(_))));
}

/// Runs `openssl cms`, if there is such a program, in a folder of its own with these files.
fn cms(arguments: &[&str], files: &[(&str, &[u8])], out: &str) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, octets) in files {
        std::fs::write(folder.path().join(name), octets).unwrap();
    }
    let ran = Command::new("openssl").arg("cms").args(arguments).current_dir(folder.path()).output().ok()?;
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(std::fs::read(folder.path().join(out)).unwrap())
}

#[test]
fn the_program_openssl_reads_what_is_written_here() {
    let authority = WORLD.authority.certificate().pem().unwrap();
    let (certificate, key) = (WORLD.bob.certificate().pem().unwrap(), WORLD.bob.key_pem().unwrap());
    let files: [(&str, &[u8]); 4] = [
        ("ca", authority.as_bytes()),
        ("in", &signed(Form::Detached).entity()),
        ("cert", certificate.as_bytes()),
        ("key", key.as_bytes()),
    ];
    let arguments = ["-verify", "-in", "in", "-CAfile", "ca", "-out", "out"];
    if let Some(content) = cms(&arguments, &files, "out") {
        assert_eq!(content, ENTITY);
    }
    let sealed = encrypt(ENTITY, &[WORLD.bob.certificate()]).unwrap().entity();
    let files = [files[0], ("in", &sealed[..]), files[2], files[3]];
    let arguments = ["-decrypt", "-in", "in", "-recip", "cert", "-inkey", "key", "-out", "out"];
    if let Some(content) = cms(&arguments, &files, "out") {
        assert_eq!(content, ENTITY);
    }
}

#[test]
fn what_the_program_openssl_writes_is_read_here() {
    let (certificate, key) = (WORLD.alice.certificate().pem().unwrap(), WORLD.alice.key_pem().unwrap());
    let recipient = WORLD.bob.certificate().pem().unwrap();
    let files: [(&str, &[u8]); 4] = [
        ("in", ENTITY),
        ("cert", certificate.as_bytes()),
        ("key", key.as_bytes()),
        ("recip", recipient.as_bytes()),
    ];
    for digest in ["sha256", "sha384", "sha1"] {
        let arguments = [
            "-sign", "-in", "in", "-signer", "cert", "-inkey", "key", "-md", digest, "-out", "out",
            "-binary", "-crlfeol",
        ];
        let Some(message) = cms(&arguments, &files, "out") else { return };
        let opened = open("message/cpim", None, &object(&message), &bob()).unwrap();
        assert!(only_signature(&opened).is_valid(), "{digest}: {opened:?}");
        assert_eq!(opened.body, object(ENTITY));
    }
    for cipher in ["-aes-256-cbc", "-aes-128-gcm", "-des3"] {
        let arguments =
            ["-encrypt", cipher, "-in", "in", "-out", "out", "-outform", "DER", "-binary", "recip"];
        let Some(sealed) = cms(&arguments, &files, "out") else { return };
        let opened = open("application/pkcs7-mime", None, &sealed, &bob()).unwrap();
        assert_eq!(
            (&opened.label[..], &opened.body[..]),
            ("text/plain; charset=utf-8", &b"Hello, world\r\n"[..]),
            "{cipher}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn foreign_octets_do_no_harm(label in "(message/cpim|multipart/signed; boundary=b|application/pkcs7-mime)", body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = open(&format!("{label}; x=pkcs7"), None, &body, &bob());
    }

    #[test]
    fn what_was_changed_anywhere_is_never_valid_with_another_content(at in 0usize..2000, flip in 1u8..=255) {
        let mut body = object(&signed(Form::Detached).entity());
        let at = at % body.len();
        body[at] ^= flip;
        if let Some(opened) = open("message/cpim", None, &body, &bob()) {
            let valid = opened.layers.iter().filter_map(Layer::signature).any(Signature::is_valid);
            prop_assert!(!valid || opened.body.ends_with(ENTITY), "{:?}", opened);
        }
    }

    #[test]
    fn broken_structures_do_no_harm(at in 0usize..2000, flip in 1u8..=255, keep in 0usize..2000) {
        let mut sealed = encrypt(ENTITY, &[WORLD.bob.certificate()]).unwrap();
        let at = at % sealed.content.len();
        sealed.content[at] ^= flip;
        sealed.content.truncate(keep.max(20));
        let _ = open("application/pkcs7-mime", None, &sealed.content, &bob());
    }
}
