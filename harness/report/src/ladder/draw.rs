//! Rows as lines of text.

use super::rows::{Kind, Row};
use super::{Side, what};
use crate::finding::{Paint, word};

/// Columns of text for time and step.
const GUTTER: usize = 19;

/// Columns of text for what stands left and right of the outermost lifelines.
const MARGIN: usize = 4;

/// Fewest columns of text between two lifelines.
const NARROWEST: usize = 14;

/// Most columns of text between two lifelines.
const WIDEST_GAP: usize = 34;

/// The name of the IUT.
const IUT: &str = "IUT";

/// The name of the lifeline that several peers share.
const OTHERS: &str = "others";

/// The lifelines and where they stand.
pub(super) struct Board {
    /// Peers and the IUT from left to right, each with its column of text.
    lines: Vec<(String, usize)>,
    iut: usize,
    /// Where peers stand that have no lifeline of their own.
    others: usize,
    /// One past the last column of text.
    end: usize,
    paint: Paint,
}

/// What may be left out where there is no room: the usual methods.
const METHODS: &[&str] = &["MESSAGE ", "SEND "];

/// What an arrow is drawn with.
struct Stroke {
    line: char,
    crossing: char,
    left: char,
    right: char,
}

const SOLID: Stroke = Stroke { line: '─', crossing: '┼', left: '◀', right: '▶' };
const THIN: Stroke = Stroke { line: '╌', crossing: '┼', left: '◁', right: '▷' };
const MARKED: Stroke = Stroke { line: '━', crossing: '┿', left: '◀', right: '▶' };

impl Board {
    /// Lifelines for the peers that the rows need, as far as there is room.
    pub(super) fn new(peers: &[(String, Side)], rows: &[Row], width: usize, paint: Paint) -> Self {
        let room = width.saturating_sub(GUTTER + 2 * MARGIN) / NARROWEST;
        let names = names(peers, rows, room.max(2));
        let gaps = names.len().saturating_sub(1).max(1);
        let gap = (width.saturating_sub(GUTTER + 2 * MARGIN) / gaps).clamp(NARROWEST, WIDEST_GAP);
        let lines: Vec<(String, usize)> = names
            .into_iter()
            .enumerate()
            .map(|(index, name)| (name, GUTTER + MARGIN + index * gap))
            .collect();
        let column = |wanted: &str| lines.iter().find(|(name, _)| name == wanted).map(|(_, column)| *column);
        let last = lines.last().map_or(GUTTER, |(_, column)| *column);
        Self {
            iut: column(IUT).unwrap_or(last),
            others: column(OTHERS).unwrap_or(last),
            end: (last + MARGIN).max(width),
            lines,
            paint,
        }
    }

    /// The names of the lifelines.
    pub(super) fn head(&self) -> [String; 1] {
        let mut line = self.blank();
        for (name, column) in &self.lines {
            let name = what::cut(name, NARROWEST - 2);
            put(&mut line, column.saturating_sub(name.chars().count() / 2).max(GUTTER), &name);
        }
        put(&mut line, 0, "     time step");
        [line.into_iter().collect()]
    }

    /// A row, and what is wrong with it.
    pub(super) fn row(&self, row: &Row) -> Vec<String> {
        let mut line = self.lifelines();
        put(&mut line, 0, &format!("{:>9.3} {}", row.at.as_secs_f64(), what::cut(&row.step, GUTTER - 12)));
        let mut above = None;
        match &row.kind {
            Kind::Arrow { peer, from_iut, again, text } => {
                above = self.arrow(&mut line, row, (peer, *from_iut, *again), text);
            }
            Kind::AtIut(text) => {
                put(&mut line, self.iut, "◆");
                let text = what::cut(text, self.end.saturating_sub(self.iut + 3));
                put(&mut line, self.iut + 2, &text);
            }
            Kind::Remark(text) => {
                put(&mut line, GUTTER + MARGIN + 2, &what::cut(text, self.end - GUTTER - MARGIN - 2));
            }
        }
        let lines = above.into_iter().chain([line.into_iter().collect()]);
        lines.chain(self.marks(row)).collect()
    }

    /// Draws an arrow with its text on it; where there is no room, the text becomes a line of its own.
    fn arrow(
        &self,
        line: &mut [char],
        row: &Row,
        (peer, from_iut, again): (&str, bool, bool),
        text: &str,
    ) -> Option<String> {
        let column = self.column(peer);
        let (left, right) = (column.min(self.iut), column.max(self.iut));
        let stroke = match (row.marks.is_empty(), again) {
            (false, _) => &MARKED,
            (true, true) => &THIN,
            (true, false) => &SOLID,
        };
        for cell in &mut line[left + 1..right] {
            *cell = if *cell == '│' { stroke.crossing } else { stroke.line };
        }
        if from_iut == (self.iut < column) {
            line[right - 1] = stroke.right;
        } else {
            line[left + 1] = stroke.left;
        }
        let named = |text: &str| match self.has(peer) {
            true => text.to_owned(),
            false => format!("{}: {text}", what::short(peer.as_bytes())),
        };
        let room = right.saturating_sub(left + 6);
        let bare = METHODS.iter().find_map(|method| text.strip_prefix(method)).unwrap_or(text);
        let texts = [named(text), named(bare)];
        if let Some(text) = texts.iter().find(|text| text.chars().count() <= room) {
            put(line, left + 3, &format!(" {text} "));
            return None;
        }
        let mut above = self.lifelines();
        put(&mut above, left + 2, &what::cut(&texts[1], self.end.saturating_sub(left + 3)));
        Some(above.into_iter().collect())
    }

    /// Which requirements a row breaks, below it.
    fn marks(&self, row: &Row) -> Option<String> {
        let worst = row.marks.iter().map(|mark| mark.verdict).max()?;
        let ids: Vec<&str> = row.marks.iter().map(|mark| mark.requirement.as_str()).collect();
        let from = match &row.kind {
            Kind::Arrow { peer, .. } => self.column(peer).min(self.iut),
            Kind::AtIut(_) => self.iut,
            Kind::Remark(_) => GUTTER + MARGIN,
        };
        let lead = "╰ ";
        let text = format!("{} {}", word(worst), ids.join(", "));
        let room = self.end.saturating_sub(from + 3);
        // Findings at the right edge have more room on the left.
        let from = if text.chars().count() > room { GUTTER } else { from };
        let mut line = self.lifelines();
        put(&mut line, from + 1, &format!("{lead}{} ", what::cut(&text, self.end.saturating_sub(from + 5))));
        let line: String = line.into_iter().collect();
        Some(line.replacen(
            &format!("{lead}{}", word(worst)),
            &(lead.to_owned() + &self.paint.verdict(worst)),
            1,
        ))
    }

    /// Rows that are not shown.
    pub(super) fn gap(&self, hidden: usize) -> String {
        let mut line = self.blank();
        self.lines.iter().for_each(|(_, column)| line[*column] = '┊');
        put(&mut line, GUTTER + MARGIN + 2, &format!("… {hidden} more …"));
        line.into_iter().collect()
    }

    /// A line below the ladder.
    pub(super) fn remark(&self, text: &str) -> String {
        format!("  {}", what::cut(&record::visible(text.as_bytes()), self.end.saturating_sub(2)))
    }

    fn has(&self, peer: &str) -> bool {
        self.lines.iter().any(|(name, _)| name == peer)
    }

    /// Where a peer's lifeline stands.
    fn column(&self, peer: &str) -> usize {
        let own = self.lines.iter().find(|(name, _)| name == peer);
        own.map_or(self.others, |(_, column)| *column)
    }

    fn lifelines(&self) -> Vec<char> {
        let mut line = self.blank();
        self.lines.iter().for_each(|(_, column)| line[*column] = '│');
        line
    }

    fn blank(&self) -> Vec<char> {
        vec![' '; self.end]
    }
}

/// Who gets a lifeline, from left to right: upstream peers, the IUT, downstream peers, bystanders. Where there is no
/// room for all, the last but the bystanders share one.
fn names(peers: &[(String, Side)], rows: &[Row], room: usize) -> Vec<String> {
    let seen: std::collections::HashSet<&str> = rows
        .iter()
        .filter_map(|row| match &row.kind {
            Kind::Arrow { peer, .. } => Some(peer.as_str()),
            _ => None,
        })
        .collect();
    let of = |side: Side| peers.iter().filter(move |(_, own)| *own == side).map(|(name, _)| name.clone());
    let everybody: Vec<String> = of(Side::Upstream)
        .chain([IUT.to_owned()])
        .chain(of(Side::Downstream))
        .chain(of(Side::Bystander))
        .collect();
    if everybody.len() <= room {
        return everybody;
    }
    let mut shown: Vec<String> =
        everybody.into_iter().filter(|name| name == IUT || seen.contains(name.as_str())).collect();
    if shown.len() > room {
        shown.truncate(room - 1);
        if !shown.iter().any(|name| name == IUT) {
            shown.pop();
            shown.push(IUT.to_owned());
        }
        shown.push(OTHERS.to_owned());
    }
    shown
}

/// Writes text over a line, as far as it goes.
fn put(line: &mut [char], at: usize, text: &str) {
    for (cell, character) in line.iter_mut().skip(at).zip(text.chars()) {
        *cell = character;
    }
}
