//! Messages in a few words.

use record::visible;
use wire::cpim;
use wire::mime::Entity;
use wire::profile::Profile;
use wire::sip;

/// Longest piece of foreign text, in characters.
const LONGEST: usize = 24;

/// How deep reports are looked for inside one another.
const DEEPEST: usize = 4;

/// A SIP message: method or status, and what it carries.
pub(super) fn message(octets: &[u8], profile: Option<&Profile>) -> String {
    let message = sip::read(octets);
    if let Some(status) = message.status() {
        return status.to_string();
    }
    let Some(method) = message.method() else { return "octets that are no SIP".into() };
    let method = short(method.0);
    let media_type = message.content_type().map(|value| String::from_utf8_lossy(&value).to_ascii_lowercase());
    match carried(media_type.as_deref(), message.body(), profile) {
        Some(carries) => format!("{method} {carries}"),
        None => method,
    }
}

/// What a body of that type is; nothing for an empty one.
pub(super) fn carried(media_type: Option<&str>, body: &[u8], profile: Option<&Profile>) -> Option<String> {
    match media_type {
        Some(media_type) if media_type.starts_with("message/cpim") => {
            Some(object(body, &cpim::decode(body, 0..body.len()).value, profile, 0))
        }
        Some(media_type) if !body.is_empty() => Some(short(media_type.as_bytes())),
        _ => None,
    }
}

/// What a CPIM object is: IM-req and IM as the catalogue calls them, or a kind of report.
fn object(octets: &[u8], object: &cpim::Message<'_>, profile: Option<&Profile>, depth: usize) -> String {
    if let Some(report) = report(octets, object.entity(), profile, depth) {
        return report;
    }
    let asks = profile.is_some_and(|profile| {
        let name = profile.headers.request;
        match profile.cpim_namespace {
            Some(urn) => object.namespaced(urn, name).next().is_some(),
            None => object.bare(name).next().is_some(),
        }
    });
    if asks { "IM-req".into() } else { "IM".into() }
}

/// What kind of report an entity is, if it is one.
fn report(octets: &[u8], entity: &Entity<'_>, profile: Option<&Profile>, depth: usize) -> Option<String> {
    let is = |media_type: &str| entity.is(media_type);
    if depth > DEEPEST {
        return None;
    }
    if profile.is_some_and(|profile| profile.media_types.iter().any(|known| is(known.name))) {
        return Some(format!("report {}", disposition(octets, entity, profile?)).trim_end().to_owned());
    }
    if is("message/cpim") {
        let inner = cpim::decode(octets, entity.content_span()).value;
        return Some(format!("wrapped {}", object(octets, &inner, profile, depth + 1)));
    }
    if is("multipart/signed") {
        let parts = entity.parts().value;
        return Some(format!("signed {}", report(octets, parts.first()?, profile, depth + 1)?));
    }
    is("application/pkcs7-mime").then(|| "encrypted".into())
}

fn disposition(octets: &[u8], entity: &Entity<'_>, profile: &Profile) -> String {
    let document = wire::imdn::decode_entity(octets, entity, profile).value;
    document
        .value(profile.report.roles.disposition, profile)
        .map_or_else(String::new, |text| short(text.as_bytes()))
}

/// Foreign text in one word.
pub(super) fn short(octets: &[u8]) -> String {
    cut(&visible(octets), LONGEST)
}

/// At most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
