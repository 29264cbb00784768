//! The profile of the built-in reference.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ledger::{Document, Role};

use super::{Driver, Exec, Ics, Iut, Ixit, Length, Limits, Windows};

/// How many processes of the reference run at once: one for the cases that share it, the others for cases that
/// restart it or move its clock.
const INSTANCES: u32 = 8;

/// Cases at once where none of them has to wait. Half a second each, of which a few milliseconds are work: all parts together
/// keep two processors busy, and every case more costs a quarter of a megabyte.
const AT_ONCE: u32 = 28;

/// What the reference plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceRole {
    /// An end user's agent: it asks for reports, and reports.
    Endpoint,
    /// What stands between such agents: a list exploder, a gateway.
    B2bua,
}

/// What one process of the reference is: a role, by a document (G-7: results in one never count in another).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferencePart {
    /// What it plays.
    pub role: ReferenceRole,
    /// By which document.
    pub document: Document,
}

impl ReferencePart {
    /// Those that are run where no other implementation is named: each of them is proved by its faults.
    pub const ALL: [Self; 6] = [
        Self { role: ReferenceRole::Endpoint, document: Document::Imdn03 },
        Self { role: ReferenceRole::B2bua, document: Document::Imdn03 },
        Self { role: ReferenceRole::Endpoint, document: Document::Receipts00 },
        Self { role: ReferenceRole::B2bua, document: Document::Receipts00 },
        Self { role: ReferenceRole::Endpoint, document: Document::Rfc5438 },
        Self { role: ReferenceRole::B2bua, document: Document::Rfc5438 },
    ];

    /// The documents that it implements: RFC 5438 rests on RFC 3862 and says so with it.
    pub const fn documents(self) -> &'static [Document] {
        match self.document {
            Document::Imdn03 => &[Document::Imdn03],
            Document::Receipts00 => &[Document::Receipts00],
            Document::Rfc5438 | Document::Rfc3862 => &[Document::Rfc5438, Document::Rfc3862],
            Document::Message | Document::Cpim | Document::Imdn02 | Document::Robustness => &[],
        }
    }

    /// The roles of its documents that it comes to.
    pub const fn roles(self) -> &'static [Role] {
        match (self.role, self.document) {
            (ReferenceRole::Endpoint, Document::Rfc5438) => &[Role::ImSender, Role::ImRecipient],
            (ReferenceRole::B2bua, Document::Rfc5438) => &[Role::Intermediary],
            (ReferenceRole::Endpoint, _) => &[Role::RequestingUac, Role::ReportingUas],
            (ReferenceRole::B2bua, _) => &[Role::B2bua],
        }
    }
}

impl ReferenceRole {
    /// The word for it on the command line.
    const fn word(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::B2bua => "b2bua",
        }
    }
}

/// A part of the reference, started as a process of its own from `program`, which is this binary; with `fault`, a
/// deliberate defect. The quiet window is as low as a process on the same machine allows. The reply window is never waited
/// out with a conformant reference, so it can be long enough for any machine; with a fault it often is.
pub fn reference(program: PathBuf, part: ReferencePart, fault: Option<&str>) -> Iut {
    let ReferencePart { role, document } = part;
    let fixed = ["serve", "--role", role.word(), "--profile", document.as_str()].into_iter();
    let args = fixed.chain(fault.into_iter().flat_map(|name| ["--fault", name])).map(str::to_owned).collect();
    let name = format!("reference {} by {document}", role.word());
    let (reply, parallel) = match fault {
        Some(_) => (Length::seconds(2), Limits::default().parallel),
        None => (Length::seconds(20), AT_ONCE),
    };
    Iut {
        name: fault.map_or_else(|| name.clone(), |fault| format!("{name} with {fault}")),
        ics: Ics {
            roles: part.roles().to_vec(),
            documents: part.documents().to_vec(),
            absent: BTreeMap::new(),
        },
        ixit: Ixit {
            windows: Windows { reply, quiet: Length::millis(150) },
            instances: INSTANCES,
            limits: Limits { parallel, ..Limits::default() },
            ..Ixit::default()
        },
        driver: Driver::Exec(Exec { program, args, env: BTreeMap::new(), directory: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_passed_on() {
        let part = ReferencePart::ALL[0];
        let iut = reference("imdnspec".into(), part, Some("silent-on-read"));
        let Driver::Exec(exec) = iut.driver else { panic!("{:?}", iut.driver) };
        assert_eq!(exec.args.last().map(String::as_str), Some("silent-on-read"));
        assert_eq!(iut.name, "reference endpoint by imdn-03 with silent-on-read");
    }
}
