//! How a peer protects what it sends, by S/MIME.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Scenario, Step};

/// Commands that give keys and certificates to the IUT.
const COMMANDS: [&str; 2] = ["identity", "trust"];

/// One layer of S/MIME. Peers sign with keys of their own and encrypt for the IUT; all of these are made at the start of a run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Protect {
    /// What it does.
    pub layer: Layer,
    /// Where it goes.
    #[serde(default)]
    pub place: Place,
    /// For signatures: `false` leaves the certificate of the signer out.
    #[serde(default = "yes")]
    pub certificate: bool,
    /// For signatures: `true` has a certificate signed by an authority that nobody was told of.
    #[serde(default)]
    pub stranger: bool,
    /// For `sign`: `true` makes the signature over something else.
    #[serde(default)]
    pub broken: bool,
}

/// What a layer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Signs, with the signature beside the content in `multipart/signed`.
    Sign,
    /// Signs, with the signature around the content in `application/pkcs7-mime`.
    SignOpaque,
    /// Encrypts, in `application/pkcs7-mime`.
    Encrypt,
}

/// Where a layer goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Around the entity inside the CPIM object, whose headers stay outside.
    #[default]
    Inside,
    /// Around the whole CPIM object, as in RFC 3862 section 5.2.
    Around,
}

impl Protect {
    /// Whether it signs.
    pub fn signs(&self) -> bool {
        self.layer != Layer::Encrypt
    }
}

impl Scenario {
    /// Whether peers or IUT need keys and certificates.
    pub fn needs_certificates(&self) -> bool {
        Step::all(&self.steps).into_iter().any(|step| match step {
            Step::Send(send) => !send.protect.is_empty(),
            Step::Command(command) => COMMANDS.contains(&command.ask.as_str()),
            _ => false,
        })
    }
}

const fn yes() -> bool {
    true
}
