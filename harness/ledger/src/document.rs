//! The documents whose requirements the ledger holds.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A source of requirements, by its short name.
    Document {
        /// draft-burger-simple-imdn-03.
        Imdn03 = "imdn-03",
        /// draft-khartabil-simple-im-receipts-00.
        Receipts00 = "receipts-00",
        /// The IESG action on draft-ietf-sip-message-07.
        Message = "message",
        /// The IMPP minutes of the 49th IETF.
        Cpim = "cpim",
        /// The open issues of draft-burger-sipping-imdn-02.
        Imdn02 = "imdn-02",
        /// RFC 5438.
        Rfc5438 = "rfc5438",
        /// RFC 3862.
        Rfc3862 = "rfc3862",
        /// No document at all: what is expected of every program that takes input from the network.
        Robustness = "robustness",
    }
}

vocabulary! {
    /// The two families of documents. Their profiles run separately (rules G-7 and G-17), so a fault may carry the same
    /// name in both.
    Family {
        /// The drafts of 2006 and their forerunners.
        Drafts = "drafts",
        /// What the drafts became.
        Rfcs = "rfcs",
        /// Hostile input, apart from all conformance.
        Robustness = "robustness",
    }
}

/// What is said of a document in one line of a table.
struct Facts {
    document: Document,
    title: &'static str,
    id_prefix: &'static str,
    family: Family,
    /// Where numbered sections of the text can be read on line, up to the section number.
    sections: Option<&'static str>,
}

const FACTS: &[Facts] = &[
    Facts {
        document: Document::Imdn03,
        title: "draft-burger-simple-imdn-03, Instant Message Delivery Notification (IMDN) for CPIM",
        id_prefix: "IMDN-",
        family: Family::Drafts,
        sections: Some("https://datatracker.ietf.org/doc/html/draft-burger-simple-imdn-03#section-"),
    },
    Facts {
        document: Document::Receipts00,
        title: "draft-khartabil-simple-im-receipts-00, Instant Message Delivery and Read Receipts",
        id_prefix: "RCPT-",
        family: Family::Drafts,
        sections: Some(
            "https://datatracker.ietf.org/doc/html/draft-khartabil-simple-im-receipts-00#section-",
        ),
    },
    Facts {
        document: Document::Message,
        title: "IESG action on draft-ietf-sip-message-07, SIP MESSAGE",
        id_prefix: "MSG-",
        family: Family::Drafts,
        sections: None,
    },
    Facts {
        document: Document::Cpim,
        title: "IMPP minutes of the 49th IETF, consensus on CPIM",
        id_prefix: "CPIM-49-",
        family: Family::Drafts,
        sections: None,
    },
    Facts {
        document: Document::Imdn02,
        title: "Open issues of draft-burger-sipping-imdn-02",
        id_prefix: "ISS-",
        family: Family::Drafts,
        sections: None,
    },
    Facts {
        document: Document::Rfc5438,
        title: "RFC 5438, Instant Message Disposition Notification",
        id_prefix: "I5438-",
        family: Family::Rfcs,
        sections: Some("https://www.rfc-editor.org/rfc/rfc5438#section-"),
    },
    Facts {
        document: Document::Rfc3862,
        title: "RFC 3862, Common Presence and Instant Messaging: Message Format",
        id_prefix: "C3862-",
        family: Family::Rfcs,
        sections: Some("https://www.rfc-editor.org/rfc/rfc3862#section-"),
    },
    Facts {
        document: Document::Robustness,
        title: "Robustness against hostile input",
        id_prefix: "ROB-",
        family: Family::Robustness,
        sections: None,
    },
];

impl Document {
    /// The table has one row a document, in the order of the enum.
    fn facts(self) -> &'static Facts {
        &FACTS[self as usize]
    }

    /// The document's name in full.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// How the ids of its requirements begin.
    #[must_use]
    pub fn id_prefix(self) -> &'static str {
        self.facts().id_prefix
    }

    /// The family it belongs to.
    #[must_use]
    pub fn family(self) -> Family {
        self.facts().family
    }

    /// Whether its entries are about what an implementation withstands, and not about what a document demands of it.
    #[must_use]
    pub fn is_robustness(self) -> bool {
        self == Self::Robustness
    }

    /// The document whose requirements are named like `id`.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        FACTS.iter().find(|facts| id.starts_with(facts.id_prefix)).map(|facts| facts.document)
    }

    /// Where to read a section on line: the first one, if several are named. `None` for documents without numbered
    /// sections.
    #[must_use]
    pub fn section_anchor(self, section: &str) -> Option<String> {
        let first = section.split(',').next().unwrap_or(section).trim();
        let numbered = first.starts_with(|c: char| c.is_ascii_digit());
        self.facts().sections.filter(|_| numbered).map(|base| format!("{base}{first}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        assert!(FACTS.iter().map(|facts| facts.document).eq(Document::ALL.iter().copied()));
    }

    #[test]
    fn ids_tell_their_document() {
        assert_eq!(Document::of_id("CPIM-49-3"), Some(Document::Cpim));
        assert_eq!(Document::of_id("C3862-2-1"), Some(Document::Rfc3862));
        assert_eq!(Document::of_id("I-08"), None);
    }

    #[test]
    fn an_anchor_leads_to_the_first_section_named() {
        let anchor = Document::Rfc5438.section_anchor("3,7.2.1");
        assert_eq!(anchor.as_deref(), Some("https://www.rfc-editor.org/rfc/rfc5438#section-3"));
        assert_eq!(Document::Imdn02.section_anchor("Issue 1"), None);
    }
}
