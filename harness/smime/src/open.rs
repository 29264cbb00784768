//! Takes layers off.

use std::borrow::Cow;

use memchr::memmem;
use wire::mime::{self, Entity};
use wire::{cpim, deviation::Span};

use crate::envelope::decrypt;
use crate::keyring::Keyring;
use crate::layers::{Layer, Obstacle, Place, Protection};
use crate::signature::{verify_detached, verify_opaque};

/// Layers taken off one body.
const MOST_LAYERS: usize = 8;

/// Octets of a body that is looked into.
const MOST_OCTETS: usize = 8 << 20;

const PKCS7_MIME: [&str; 2] = ["application/pkcs7-mime", "application/x-pkcs7-mime"];

const PKCS7_SIGNATURE: [&str; 2] = ["application/pkcs7-signature", "application/x-pkcs7-signature"];

/// Object identifiers of what a CMS structure holds (RFC 5652 sections 5.1 and 6.1, RFC 5083 section 2.1), as DER.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const ENVELOPED_DATA: [&[u8]; 2] = [
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
];

/// Octets within which a CMS structure says what it is.
const HEAD: usize = 32;

/// A body without its layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The Content-Type of what is left, with its parameters; empty where it says none.
    pub label: String,
    /// What is left: as far as layers could be taken off, and without the headers that stand in [`Opened::label`].
    pub body: Vec<u8>,
    /// The layers that were there, the outermost first.
    pub layers: Vec<Layer>,
    /// Why there is another one.
    pub obstacle: Option<Obstacle>,
}

/// What is around the innermost entity so far.
struct Peeling<'k> {
    keyring: &'k Keyring,
    layers: Vec<Layer>,
    place: Place,
    obstacle: Option<Obstacle>,
}

/// What one layer holds.
enum Step {
    Inner(Vec<u8>, Protection),
    Stuck(Obstacle),
    Plain,
}

/// Whether a body could have layers of S/MIME at all, at a glance: all of its labels hold that word.
pub fn may_hold(label: &str, body: &[u8]) -> bool {
    let named =
        |octets: &[u8]| ["pkcs7", "PKCS7"].iter().any(|word| memmem::find(octets, word.as_bytes()).is_some());
    named(label.as_bytes()) || named(body)
}

/// Takes all layers off a body that a carrier labels so: those around it, and those around the entity inside its CPIM object.
/// `coding` is the Content-Transfer-Encoding that the carrier says, if it says any.
///
/// `None` if there is no layer, which includes what only looks like one.
pub fn open(label: &str, coding: Option<&str>, body: &[u8], keyring: &Keyring) -> Option<Opened> {
    if body.len() > MOST_OCTETS || !may_hold(label, body) {
        return None;
    }
    let coding = coding.map(|coding| format!("Content-Transfer-Encoding: {}\r\n", one_line(coding)));
    let head = format!("Content-Type: {}\r\n{}\r\n", one_line(label), coding.unwrap_or_default());
    let mut peeling = Peeling { keyring, layers: Vec::new(), place: Place::Around, obstacle: None };
    let outer = peeling.peel([head.as_bytes(), body].concat());
    let (label, content) = split(&outer);
    // What is wrong with the label of an object is not for who looks for layers (G-11).
    let body = peeling.inside(outer.get(content).unwrap_or_default().to_vec());
    let Peeling { layers, obstacle, .. } = peeling;
    (!layers.is_empty() || obstacle.is_some()).then_some(Opened { label, body, layers, obstacle })
}

impl Peeling<'_> {
    /// The CPIM object with the entity inside it freed of its layers.
    fn inside(&mut self, object: Vec<u8>) -> Vec<u8> {
        let entity = cpim::decode(&object, 0..object.len()).value.mime_entity();
        self.place = Place::Inside;
        let before = self.layers.len();
        let inner = self.peel(object.get(entity.clone()).unwrap_or_default().to_vec());
        if self.layers.len() == before {
            return object;
        }
        [object.get(..entity.start).unwrap_or_default(), &inner].concat()
    }

    /// The entity that is left when all layers around this one are off.
    fn peel(&mut self, mut octets: Vec<u8>) -> Vec<u8> {
        loop {
            let step = step(&octets, self.keyring);
            if !matches!(step, Step::Plain) && self.layers.len() >= MOST_LAYERS {
                self.obstacle = Some(Obstacle::TooMuch);
                return octets;
            }
            match step {
                Step::Inner(inner, protection) => {
                    self.layers.push(Layer { place: self.place, protection });
                    octets = inner;
                }
                Step::Stuck(obstacle) => {
                    self.obstacle = Some(obstacle);
                    return octets;
                }
                Step::Plain => return octets,
            }
        }
    }
}

/// One layer of an entity.
fn step(octets: &[u8], keyring: &Keyring) -> Step {
    let entity = mime::decode(octets, 0..octets.len()).value;
    if entity.is("multipart/signed") {
        return detached(&entity, keyring);
    }
    if !PKCS7_MIME.iter().any(|kind| entity.is(kind)) {
        return Step::Plain;
    }
    let der = der(&entity);
    let head = der.get(..der.len().min(HEAD)).unwrap_or_default();
    if memmem::find(head, SIGNED_DATA).is_some() {
        return match verify_opaque(&der, keyring) {
            (signature, Some(content)) => Step::Inner(content, Protection::Signed(signature)),
            (signature, None) => Step::Stuck(Obstacle::Unreadable(format!("{signature:?}"))),
        };
    }
    if !ENVELOPED_DATA.iter().any(|kind| memmem::find(head, kind).is_some()) {
        return Step::Stuck(Obstacle::Unreadable("no signed or enveloped data".to_owned()));
    }
    match decrypt(&der, keyring) {
        Ok((content, recipient)) => Step::Inner(content, Protection::Encrypted(recipient)),
        Err(obstacle) => Step::Stuck(obstacle),
    }
}

/// `multipart/signed` (RFC 1847 section 2.1) with a signature of S/MIME.
fn detached(entity: &Entity<'_>, keyring: &Keyring) -> Step {
    let parts = entity.parts().value;
    match &parts[..] {
        [content, signature] if PKCS7_SIGNATURE.iter().any(|kind| signature.is(kind)) => {
            let worth = verify_detached(&der(signature), content.octets(), keyring);
            Step::Inner(content.octets().to_vec(), Protection::Signed(worth))
        }
        _ => Step::Plain,
    }
}

/// The CMS structure in an entity. What is base64 is decoded, also where no header says that it is.
fn der<'a>(entity: &Entity<'a>) -> Cow<'a, [u8]> {
    match entity.decoded_content() {
        Ok(octets) if octets.first() == Some(&0x30) => octets,
        Ok(octets) => unlabelled_base64(&octets).map_or(octets, Cow::Owned),
        Err(_) => Cow::Borrowed(entity.content()),
    }
}

fn unlabelled_base64(octets: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine;
    let packed: Vec<u8> = octets.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(packed).ok()
}

/// The Content-Type of an entity, and where its content stands.
fn split(octets: &[u8]) -> (String, Span) {
    let entity = mime::decode(octets, 0..octets.len()).value;
    let label = entity.header("Content-Type").map(|header| header.value().into_owned());
    (label.unwrap_or_default(), entity.content_span())
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
