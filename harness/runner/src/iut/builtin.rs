//! The profile of the built-in reference.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ledger::{Document, Role};

use super::{Driver, Exec, Ics, Iut, Ixit, Length, Limits, Windows};

/// How many processes of the reference run at once: one for the cases that share it, the others for cases that
/// restart it or move its clock.
const INSTANCES: u32 = 8;

/// Cases at once where none of them has to wait: enough to keep every processor busy, and little memory.
const AT_ONCE: u32 = 128;

/// What the reference plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceRole {
    /// An end user's agent: it asks for reports, and reports.
    Endpoint,
    /// What stands between such agents: a list exploder, a gateway.
    B2bua,
}

/// The documents by which the reference can live, each in a process of its own (G-7: results in one never count in another).
pub const REFERENCE_DOCUMENTS: [Document; 2] = [Document::Imdn03, Document::Receipts00];

impl ReferenceRole {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Endpoint, Self::B2bua];

    /// The word for it on the command line.
    const fn word(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::B2bua => "b2bua",
        }
    }

    /// The roles of the documents that it comes to.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Endpoint => &[Role::RequestingUac, Role::ReportingUas],
            Self::B2bua => &[Role::B2bua],
        }
    }
}

/// The reference in one role by one document, started as a process of its own from `program`, which is this binary; with
/// `fault`, a deliberate defect. The quiet window is as low as a process on the same machine allows. The reply window is never waited out
/// with a conformant reference, so it can be long enough for any machine; with a fault it often is.
pub fn reference(program: PathBuf, role: ReferenceRole, document: Document, fault: Option<&str>) -> Iut {
    let fixed = ["serve", "--role", role.word(), "--profile", document.as_str()].into_iter();
    let args = fixed.chain(fault.into_iter().flat_map(|name| ["--fault", name])).map(str::to_owned).collect();
    let name = format!("reference {} by {document}", role.word());
    let (reply, parallel) = match fault {
        Some(_) => (Length::seconds(2), Limits::default().parallel),
        None => (Length::seconds(20), AT_ONCE),
    };
    Iut {
        name: fault.map_or_else(|| name.clone(), |fault| format!("{name} with {fault}")),
        ics: Ics { roles: role.roles().to_vec(), documents: vec![document], absent: BTreeMap::new() },
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
        let iut =
            reference("imdnspec".into(), ReferenceRole::Endpoint, Document::Imdn03, Some("silent-on-read"));
        let Driver::Exec(exec) = iut.driver else { panic!("{:?}", iut.driver) };
        assert_eq!(exec.args.last().map(String::as_str), Some("silent-on-read"));
        assert_eq!(iut.name, "reference endpoint by imdn-03 with silent-on-read");
    }
}
