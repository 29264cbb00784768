//! The profile of the built-in reference.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ledger::{Document, Role};

use super::{Driver, Exec, Ics, Iut, Ixit, Length, Windows};

/// How many processes of the reference run at once: one for the cases that share it, the others for cases that
/// restart it or move its clock.
const INSTANCES: u32 = 8;

/// The reference, started as a process of its own from `program`, which is this binary; with `fault`, a deliberate
/// defect. Its windows are as low as a process on the same machine allows.
pub fn reference(program: PathBuf, fault: Option<&str>) -> Iut {
    let fixed = ["serve", "--role", "endpoint", "--profile", "imdn-03"].into_iter();
    let args = fixed.chain(fault.into_iter().flat_map(|name| ["--fault", name])).map(str::to_owned).collect();
    Iut {
        name: fault.map_or_else(|| "reference".to_owned(), |name| format!("reference with {name}")),
        ics: Ics {
            roles: vec![Role::RequestingUac, Role::ReportingUas],
            documents: vec![Document::Imdn03],
            absent: BTreeMap::new(),
        },
        ixit: Ixit {
            windows: Windows { reply: Length::seconds(2), quiet: Length::millis(150) },
            instances: INSTANCES,
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
        let iut = reference("imdnspec".into(), Some("silent-on-read"));
        let Driver::Exec(exec) = iut.driver else { panic!("{:?}", iut.driver) };
        assert_eq!(exec.args.last().map(String::as_str), Some("silent-on-read"));
        assert_eq!(iut.name, "reference with silent-on-read");
    }
}
