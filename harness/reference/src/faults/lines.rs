//! Message headers as lines, for defects that no builder writes.

use wire::cpim::Builder;

/// The lines of a header block, their ends included.
#[derive(Debug)]
pub(super) struct Lines(Vec<Vec<u8>>);

impl Lines {
    /// Changes the lines of an object that is being written.
    pub(super) fn edit(object: &mut Builder, change: impl FnOnce(&mut Self)) {
        let octets = object.encode();
        let block = octets.strip_suffix(b"\r\n").unwrap_or(&octets);
        let mut lines = Self(block.split_inclusive(|octet| *octet == b'\n').map(<[u8]>::to_vec).collect());
        change(&mut lines);
        *object = Builder::new().raw(lines.0.concat());
    }

    /// Changes the lines of an object that is complete.
    pub(super) fn edit_object(object: &mut Vec<u8>, change: impl FnOnce(&mut Self)) {
        let entity = wire::cpim::decode(object, 0..object.len()).value.mime_entity().start;
        let rest = object.split_off(entity);
        let mut block = Builder::new().raw(object.strip_suffix(b"\r\n").unwrap_or(object));
        Self::edit(&mut block, change);
        *object = [block.encode(), rest].concat();
    }

    /// Puts the lines in the order of these numbers; lines of one number stay as they are.
    pub(super) fn sort(&mut self, number: impl Fn(&str) -> usize) {
        self.0.sort_by_key(|line| number(&String::from_utf8_lossy(line)));
    }

    /// Every line whose name, up to colon or dot, is that.
    fn named(&mut self, name: &str) -> impl Iterator<Item = &mut Vec<u8>> {
        let ends = |line: &[u8]| matches!(line.get(name.len()), Some(b':' | b'.'));
        self.0.iter_mut().filter(move |line| line.starts_with(name.as_bytes()) && ends(line))
    }

    /// Gives each line of that name, or whose prefix it is, another text.
    pub(super) fn change(&mut self, name: &str, text: impl Fn(&str) -> String) {
        for line in self.named(name) {
            *line = text(&String::from_utf8_lossy(line)).into_bytes();
        }
    }

    /// Gives each line of that name other octets.
    pub(super) fn change_octets(&mut self, name: &str, octets: impl Fn(&[u8]) -> Vec<u8>) {
        for line in self.named(name) {
            *line = octets(line);
        }
    }

    /// Gives every line another text.
    pub(super) fn change_all(&mut self, text: impl Fn(&str) -> String) {
        for line in &mut self.0 {
            *line = text(&String::from_utf8_lossy(line)).into_bytes();
        }
    }

    /// Puts the values of all lines of that name into the first of them.
    pub(super) fn join(&mut self, name: &str) {
        let lines: Vec<_> = self.named(name).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let values: Vec<_> =
            lines.iter().filter_map(|line| Some(line.trim_end().split_once(": ")?.1)).collect();
        if values.len() > 1 {
            let joined = format!("{name}: {}\r\n", values.join(", ")).into_bytes();
            let place = self.0.iter().position(|line| line.starts_with(name.as_bytes()));
            self.remove(name);
            self.0.insert(place.unwrap_or(self.0.len()).min(self.0.len()), joined);
        }
    }

    /// Takes the lines of that name out.
    pub(super) fn take(&mut self, name: &str) -> Vec<u8> {
        let taken = self.named(name).flat_map(|line| line.clone()).collect();
        self.remove(name);
        taken
    }

    /// Leaves out the lines of that name.
    pub(super) fn remove(&mut self, name: &str) {
        let is_named = |line: &[u8]| {
            line.starts_with(name.as_bytes()) && matches!(line.get(name.len()), Some(b':' | b'.'))
        };
        self.0.retain(|line| !is_named(line));
    }

    /// Adds a line below the others, its end included.
    pub(super) fn push(&mut self, line: impl Into<Vec<u8>>) {
        self.0.push(line.into());
    }

    /// Leaves out the lines of that text.
    pub(super) fn without(&mut self, text: &str) {
        self.0.retain(|line| line != text.as_bytes());
    }

    /// Adds a line above the first one of that name, its end included.
    pub(super) fn put_above(&mut self, name: &str, line: impl Into<Vec<u8>>) {
        let place = self.named_at(name).unwrap_or(self.0.len());
        self.0.insert(place, line.into());
    }

    /// Adds a line below the first one of that name, its end included.
    pub(super) fn put_below(&mut self, name: &str, line: impl Into<Vec<u8>>) {
        let place = self.named_at(name).map_or(self.0.len(), |place| place + 1);
        self.0.insert(place, line.into());
    }

    fn named_at(&self, name: &str) -> Option<usize> {
        let ends = |line: &[u8]| matches!(line.get(name.len()), Some(b':' | b'.'));
        self.0.iter().position(|line| line.starts_with(name.as_bytes()) && ends(line))
    }

    /// Adds a line above the others, its end included.
    pub(super) fn prepend(&mut self, line: impl Into<Vec<u8>>) {
        self.0.insert(0, line.into());
    }

    /// Writes the lines of that name twice.
    pub(super) fn double(&mut self, name: &str) {
        let copies: Vec<u8> = self.named(name).flat_map(|line| line.clone()).collect();
        self.0.push(copies);
    }

    /// How many lines of that name there are.
    pub(super) fn count(&mut self, name: &str) -> usize {
        self.named(name).count()
    }

    /// Whether a line of that name is there.
    pub(super) fn has(&mut self, name: &str) -> bool {
        self.count(name) > 0
    }

    /// Turns the order of the lines of that name round.
    pub(super) fn reverse(&mut self, name: &str) {
        let mut texts: Vec<_> = self.named(name).map(|line| line.clone()).collect();
        for line in self.named(name) {
            *line = texts.pop().unwrap_or_default();
        }
    }
}

/// The line folded behind each so many characters, at a blank where there is one.
pub(super) fn folded(line: &str) -> String {
    /// Where mail programs fold.
    const WIDTH: usize = 78;
    let mut out = String::new();
    let mut rest = line.trim_end();
    while rest.chars().count() > WIDTH {
        let limit = rest.char_indices().nth(WIDTH).map_or(rest.len(), |(at, _)| at);
        // Not behind the colon: that would leave a header without a value.
        let least = rest.find(": ").map_or(1, |colon| colon + 2);
        let at = rest[..limit].rfind(' ').filter(|at| *at > least).unwrap_or(limit);
        out.push_str(rest[..at].trim_end());
        out.push_str("\r\n ");
        rest = rest[at..].trim_start();
    }
    out.push_str(rest);
    out.push_str("\r\n");
    out
}
