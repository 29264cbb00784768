//! What can be wrong with the reference: one deliberate defect for every testable requirement of the documents that it
//! follows, but for those about signatures and envelopes, of which it knows nothing.
//!
//! The table is data. A defect is asked for where the conformant code takes the decision it breaks; what it does to
//! a message that is otherwise complete stands in the modules below, one a stage.

macro_rules! faults {
    ($wrongs:ident, $document:ident;
     $($wrong:ident: $name:literal, $requirement:literal, $roles:ident, $does:literal;)*) => {
        /// What an agent does wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $wrongs { $($wrong),* }

        pub(super) const FAULTS: &[Fault] = &[$(Fault {
            name: $name,
            requirement: $requirement,
            roles: $roles,
            does: $does,
            wrong: Wrong::$document($wrongs::$wrong),
        }),*];
    };
}

pub(crate) mod copy;
mod drafts;
pub(crate) mod forwarded;
mod frailties;
pub(crate) mod letter;
mod lines;
pub(crate) mod meaning;
pub(crate) mod notification;
pub(crate) mod object;
pub(crate) mod own_report;
pub(crate) mod reading;
pub(crate) mod receipt;
pub(crate) mod relay;
pub(crate) mod relayed;
pub(crate) mod report;
pub(crate) mod request;
pub(crate) mod rfc_letter;
mod rfc_relays;
mod rfcs;

pub(crate) use self::drafts::Defect;
pub(crate) use self::frailties::Frailty;
pub(crate) use self::rfc_relays::Slip;
pub(crate) use self::rfcs::Flaw;
use crate::serve::{Profile, Role};

/// A deliberate defect of the reference, named and described as the ledger has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Name in the ledger, in kebab case; what `--fault` takes.
    pub name: &'static str,
    /// The requirement it breaks, and the only one outside its group.
    pub requirement: &'static str,
    /// Where it shows.
    pub roles: &'static [Role],
    /// What it does, in one line.
    pub does: &'static str,
    wrong: Wrong,
}

impl Fault {
    /// The first fault of that name, if there is one.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Self::named(name).next()
    }

    /// The fault of that name that breaks a rule of these documents, if there is one.
    pub fn of(profile: Profile, name: &str) -> Option<&'static Self> {
        Self::named(name).find(|fault| fault.goes_by(profile))
    }

    /// All faults of that name: documents that share a rule share the name of what breaks it.
    pub fn named(name: &str) -> impl Iterator<Item = &'static Self> {
        FAULTS.iter().filter(move |fault| fault.name == name)
    }

    /// Whether it shows in what an agent in that role says by that document. A frailty shows in nothing that is said.
    pub fn shows_in(&self, role: Role, profile: Profile) -> bool {
        self.roles.contains(&role) && self.profile() == Some(profile)
    }

    /// Whether an agent in that role by that document can have it.
    pub fn fits(&self, role: Role, profile: Profile) -> bool {
        self.roles.contains(&role) && self.goes_by(profile)
    }

    /// Whether an agent that goes by these documents can have it.
    pub fn goes_by(&self, profile: Profile) -> bool {
        self.profile().is_none_or(|own| own == profile)
    }

    /// Whose rule it breaks; `None` for a frailty, which every agent can have.
    pub fn profile(&self) -> Option<Profile> {
        Some(match self.wrong {
            Wrong::Draft(_) if self.requirement.starts_with("RCPT-") => Profile::Receipts00,
            Wrong::Draft(_) => Profile::Imdn03,
            Wrong::Rfc(_) | Wrong::Relay(_) => Profile::Rfc5438,
            Wrong::Frail(_) => return None,
        })
    }
}

/// All faults, document by document, those of intermediaries by the RFCs behind the others, and frailties last; each table in the
/// order of the ledger.
pub fn faults() -> &'static [Fault] {
    &FAULTS
}

const TABLES: [&[Fault]; 4] = [drafts::FAULTS, rfcs::FAULTS, rfc_relays::FAULTS, frailties::FAULTS];
const COUNT: usize = TABLES[0].len() + TABLES[1].len() + TABLES[2].len() + TABLES[3].len();

static FAULTS: [Fault; COUNT] = {
    let mut all = [TABLES[0][0]; COUNT];
    let (mut at, mut table, mut row) = (0, 0, 0);
    while at < COUNT {
        if row == TABLES[table].len() {
            (table, row) = (table + 1, 0);
        }
        all[at] = TABLES[table][row];
        (at, row) = (at + 1, row + 1);
    }
    all
};

/// What a fault is to the agent that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// It goes by one of the drafts.
    Draft(Defect),
    /// It goes by RFC 5438 and RFC 3862.
    Rfc(Flaw),
    /// The same, and it is an intermediary.
    Relay(Slip),
    /// It goes by any of them, and cannot stand some input.
    Frail(Frailty),
}

/// The one thing that an agent does wrong, or nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Conduct(Option<Wrong>);

impl Conduct {
    /// Without a fault everything is as the documents want it, and so it is with a fault of another role.
    pub(crate) fn new(fault: Option<&'static Fault>, role: Role) -> Self {
        Self(fault.filter(|fault| fault.roles.contains(&role)).map(|fault| fault.wrong))
    }

    /// Whether this is the defect asked for.
    pub(crate) fn is(self, defect: Defect) -> bool {
        self.0 == Some(Wrong::Draft(defect))
    }

    /// Whether this is the flaw asked for.
    pub(crate) fn has(self, flaw: Flaw) -> bool {
        self.0 == Some(Wrong::Rfc(flaw))
    }

    /// As much of a Message-ID as this agent can store.
    pub(crate) fn stored(self, id: &str) -> &str {
        let room = if self.is(Defect::TruncateId1024) { 1024.min(id.len()) } else { id.len() };
        let end = (0..=room).rev().find(|end| id.is_char_boundary(*end));
        &id[..end.unwrap_or_default()]
    }

    /// The defect, for code that looks it up in a table.
    pub(crate) fn defect(self) -> Option<Defect> {
        match self.0? {
            Wrong::Draft(defect) => Some(defect),
            Wrong::Rfc(_) | Wrong::Relay(_) | Wrong::Frail(_) => None,
        }
    }

    /// The flaw, for code that looks it up in a table.
    pub(crate) fn flaw(self) -> Option<Flaw> {
        match self.0? {
            Wrong::Rfc(flaw) => Some(flaw),
            Wrong::Draft(_) | Wrong::Relay(_) | Wrong::Frail(_) => None,
        }
    }

    /// Whether this is the slip asked for.
    pub(crate) fn slips(self, slip: Slip) -> bool {
        self.0 == Some(Wrong::Relay(slip))
    }

    /// The slip, for code that looks it up in a table.
    pub(crate) fn slip(self) -> Option<Slip> {
        match self.0? {
            Wrong::Relay(slip) => Some(slip),
            Wrong::Draft(_) | Wrong::Rfc(_) | Wrong::Frail(_) => None,
        }
    }

    /// What it cannot stand.
    pub(crate) fn frailty(self) -> Option<Frailty> {
        match self.0? {
            Wrong::Frail(frailty) => Some(frailty),
            Wrong::Draft(_) | Wrong::Rfc(_) | Wrong::Relay(_) => None,
        }
    }
}

const ENDPOINT: &[Role] = &[Role::Endpoint];
const B2BUA: &[Role] = &[Role::B2bua];
const BOTH: &[Role] = &[Role::Endpoint, Role::B2bua];

#[cfg(test)]
#[path = "faults/tests.rs"]
mod tests;
