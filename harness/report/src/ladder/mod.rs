//! A ladder diagram of one case for the terminal: who sent what to whom, and which arrow broke which requirement.
//!
//! [`rows`] reads the record, [`session`] makes messages of chunks, [`what`] puts them into words, [`draw`] turns rows into lines. What came from the IUT
//! is hostile text and leaves here escaped.

mod draw;
mod rows;
mod session;
mod what;

use judge::Judgement;
use record::Record;

use crate::finding::Paint;
use draw::Board;
use rows::{Row, rows};

/// Most columns of text that a ladder takes.
pub const WIDEST: usize = 120;

/// More rows than this are not all shown.
const MOST_ROWS: usize = 240;

/// How many rows around a marked one are shown where not all are, and how many at the beginning and the end.
const AROUND: usize = 6;
const AT_THE_ENDS: usize = 60;

/// On which side of the IUT a peer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// It sends messages; drawn to the left of the IUT.
    Upstream,
    /// It is reached by way of the IUT; drawn to the right.
    Downstream,
    /// It takes no part; drawn outermost.
    Bystander,
}

/// What a ladder is drawn of.
#[derive(Clone, Copy, Debug)]
pub struct Ladder<'a> {
    /// What happened.
    pub record: &'a Record,
    /// What was found.
    pub judgements: &'a [Judgement],
    /// Short name of the document, whose names of headers and elements are meant.
    pub document: &'a str,
    /// The peers in the order of the scenario.
    pub peers: &'a [(String, Side)],
    /// Columns of text, at most [`WIDEST`] of which are used.
    pub width: usize,
    /// How words are set off.
    pub paint: Paint,
}

impl Ladder<'_> {
    /// The diagram, ending in a line end.
    pub fn draw(&self) -> String {
        let rows = rows(self.record, self.judgements, wire::profile::by_name(self.document));
        let board = Board::new(self.peers, &rows, self.width.min(WIDEST), self.paint);
        let mut lines = vec![String::new(), format!("{} [{}]", self.record.scenario, self.record.variant)];
        lines.extend(board.head());
        let mut hidden = 0;
        for (index, row) in rows.iter().enumerate() {
            if !is_shown(&rows, index) {
                hidden += 1;
                continue;
            }
            if hidden > 0 {
                lines.push(board.gap(std::mem::take(&mut hidden)));
            }
            lines.extend(board.row(row));
        }
        lines.extend(self.elsewhere(&rows).map(|text| board.remark(&text)));
        lines.into_iter().map(|line| line.trim_end().to_owned() + "\n").collect()
    }

    /// Findings that point to no row.
    fn elsewhere(&self, rows: &[Row]) -> impl Iterator<Item = String> {
        let marked = |id: &str| rows.iter().any(|row| row.marks.iter().any(|mark| mark.requirement == id));
        let offences = self.judgements.iter().filter(|one| one.verdict >= judge::Verdict::Warning);
        offences.filter(move |one| !marked(&one.requirement)).map(|one| {
            let found = one.findings.iter().find(|found| found.verdict == one.verdict);
            let why = found.map_or_else(String::new, |found| format!(": {}", found.message));
            format!("{} {}{why}", crate::finding::word(one.verdict), one.requirement)
        })
    }
}

/// Of a long ladder only beginning, end and what surrounds marked rows is shown.
fn is_shown(rows: &[Row], index: usize) -> bool {
    let near =
        rows.get(index.saturating_sub(AROUND)..(index + AROUND + 1).min(rows.len())).unwrap_or_default();
    rows.len() <= MOST_ROWS
        || index < AT_THE_ENDS
        || index + AT_THE_ENDS >= rows.len()
        || near.iter().any(|row| !row.marks.is_empty())
}
