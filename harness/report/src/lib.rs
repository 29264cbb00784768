//! Terminal, JUnit and JSON out of verdicts. Every output is a function of [`Results`] and the ledger; what came
//! from the IUT is hostile text and leaves here escaped.

mod atomic;
mod finding;
mod json;
mod junit;
mod ladder;
mod results;
mod tally;
pub mod terminal;
pub mod text;

pub use atomic::{WriteError, write_atomically};
pub use finding::{Paint, finding};
pub use json::json;
pub use junit::{JunitError, JunitProfile, junit};
pub use ladder::{Ladder, Side, WIDEST};
pub use results::{CaseResult, Results, Source};
pub use tally::Tally;
