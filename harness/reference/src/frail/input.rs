//! Input as a program sees it that looks no closer than it has to.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Octets taken apart by blank lines and line ends.
pub(super) struct Input<'a> {
    /// All of them, as far as they are text.
    text: String,
    /// Lines of the SIP head.
    pub(super) head: Vec<String>,
    /// The SIP body.
    pub(super) body: &'a [u8],
    /// Lines of the CPIM headers, where the body is CPIM.
    pub(super) cpim: Vec<String>,
    /// Lines of the headers of its content.
    pub(super) entity: Vec<String>,
    /// The content.
    content: String,
}

const BLANK: &[u8] = b"\r\n\r\n";

impl<'a> Input<'a> {
    pub(super) fn read(octets: &'a [u8]) -> Self {
        let (head, body) = parted(octets);
        let mut input = Self {
            text: lossy(octets),
            head: lines(head),
            body,
            cpim: Vec::new(),
            entity: Vec::new(),
            content: lossy(body),
        };
        if input.is_cpim() {
            let (cpim, rest) = parted(body);
            let (entity, content) = parted(rest);
            (input.cpim, input.entity, input.content) = (lines(cpim), lines(entity), lossy(content));
        }
        input
    }

    pub(super) fn has(&self, needle: &str) -> bool {
        self.text.contains(needle)
    }

    pub(super) fn count(&self, needle: &str) -> usize {
        self.text.matches(needle).count()
    }

    /// The first text between two others.
    pub(super) fn between(&self, before: &str, behind: &str) -> Option<&str> {
        self.text.split_once(before)?.1.split_once(behind).map(|(inside, _)| inside)
    }

    /// The first address with that beginning, as far as the quote that ends it.
    pub(super) fn url(&self, scheme: &str) -> Option<String> {
        let from = self.text.find(&format!("\"{scheme}"))? + 1;
        self.text[from..].split('"').next().map(str::to_owned)
    }

    /// The values of a SIP header field.
    pub(super) fn sip(&self, name: &str) -> impl Iterator<Item = &str> {
        self.head.iter().filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The content coding, unless the body is as it is.
    pub(super) fn coding(&self) -> Option<&str> {
        self.sip("Content-Encoding").next()
    }

    fn is_cpim(&self) -> bool {
        let is_plain = self.coding().is_none();
        is_plain
            && self.sip("Content-Type").any(|label| label.to_ascii_lowercase().starts_with("message/cpim"))
    }

    pub(super) fn is_composing(&self) -> bool {
        self.has("application/im-iscomposing+xml")
    }

    /// The length of the body as the head says it, if it says it once and in digits, and as it is.
    pub(super) fn lengths(&self) -> Option<(usize, usize)> {
        let mut said = self.sip("Content-Length");
        let one = said.next().filter(|value| value.len() <= 9)?.parse().ok()?;
        said.next().is_none().then_some((one, self.body.len()))
    }

    /// The line with the identifier.
    pub(super) fn message_id(&self) -> Option<&str> {
        let is_id = |line: &&str| line.starts_with("Message-ID:") || line.starts_with("imdn.Message-ID:");
        self.cpim.iter().map(String::as_str).find(is_id)
    }

    /// CPIM lines but namespaces and identifiers.
    pub(super) fn plain_cpim(&self) -> impl Iterator<Item = &String> {
        let id = self.message_id();
        self.cpim.iter().filter(move |line| !line.starts_with("NS:") && Some(line.as_str()) != id)
    }

    /// Whether the document type declaration names an external subset before its internal one.
    pub(super) fn names_external_subset(&self) -> bool {
        let declaration =
            self.between("<!DOCTYPE ", ">").map(|inside| inside.split('[').next().unwrap_or(inside));
        declaration.is_some_and(|outside| outside.contains(" SYSTEM ") || outside.contains(" PUBLIC "))
    }

    /// Whether the content is a report document, and no XML parser comes to its end.
    pub(super) fn has_broken_document(&self) -> bool {
        let is_document = self.entity.iter().any(|line| line.contains("+xml"));
        is_document && !is_whole(&self.content)
    }

    /// Whether the content says that it has another length than it has.
    pub(super) fn claims_wrong_length_of_content(&self) -> bool {
        let said = self.entity.iter().filter_map(|line| line.split_once(':'));
        let mut said = said.filter(|(name, _)| name.eq_ignore_ascii_case("Content-length"));
        said.any(|(_, value)| value.trim().parse() != Ok(self.content.len()))
    }

    /// Whether a CPIM object ends before its content begins.
    pub(super) fn is_truncated_cpim(&self) -> bool {
        self.is_cpim() && self.body.windows(BLANK.len()).filter(|window| *window == BLANK).count() < 2
    }

    /// Whether a multipart does not say what its parts are delimited by.
    pub(super) fn lacks_boundary(&self) -> bool {
        let labels = self.head.iter().chain(&self.entity).filter(|line| line.contains("multipart/"));
        let mut boundaries = labels.map(|line| boundary(line));
        boundaries.any(|boundary| boundary.is_none_or(|boundary| boundary.is_empty()))
    }

    /// The boundaries of all multiparts, the outermost first.
    pub(super) fn boundaries(&self) -> Vec<String> {
        let labels = self.text.split("\r\n").filter(|line| line.contains("multipart/"));
        labels.filter_map(boundary).filter(|boundary| !boundary.is_empty()).collect()
    }

    /// Whether one boundary of a few begins like another.
    pub(super) fn has_overlapping_boundaries(&self) -> bool {
        let all = self.boundaries();
        let [outer, inner] = all.as_slice() else { return false };
        inner.starts_with(outer.as_str()) || !self.ends_inside(outer, inner)
    }

    fn ends_inside(&self, outer: &str, inner: &str) -> bool {
        let end = |boundary: &str| self.text.find(&format!("--{boundary}--"));
        end(inner) < end(outer)
    }
}

fn boundary(label: &str) -> Option<String> {
    let (_, value) = label.split_once("boundary=")?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// Whether a parser comes to the end of a document with a root, every element of which is closed.
fn is_whole(document: &str) -> bool {
    let mut reader = Reader::from_str(document);
    let (mut depth, mut has_root) = (0_u32, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => (depth, has_root) = (depth + 1, true),
            Ok(Event::Empty(_)) => has_root = true,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) => return has_root && depth == 0,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// What stands before and behind the first blank line.
fn parted(octets: &[u8]) -> (&[u8], &[u8]) {
    match octets.windows(BLANK.len()).position(|window| window == BLANK) {
        Some(at) => (&octets[..at], &octets[at + BLANK.len()..]),
        None => (octets, &[]),
    }
}

fn lines(octets: &[u8]) -> Vec<String> {
    lossy(octets).split("\r\n").map(str::to_owned).collect()
}

fn lossy(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}
