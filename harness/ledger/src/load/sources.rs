//! The files of a catalogue.

use crate::Document;

/// What the records of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Requirements of a document.
    Requirements(Document),
    /// Readings of ambiguous passages.
    Readings,
    /// General rules of judging.
    Rules,
    /// Forms met in the field.
    FieldForms,
    /// Entries that may go red together.
    Groups,
    /// Entries that gather others.
    RollUps,
    /// What faults turn red beside their own entry.
    SideEffects,
    /// Reasons why entries have no scenario.
    LeftOut,
}

/// A file of a catalogue: a YAML list in block style whose items begin with `- ` in the first column.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Its path relative to the catalogue's folder, for messages.
    pub name: &'a str,
    /// What its records are.
    pub content: Content,
    /// Its text.
    pub text: &'a str,
}

/// One line a file: the path below `requirements/` and what it holds.
macro_rules! embed {
    ($($path:literal => $content:expr,)+) => {
        &[$(SourceFile {
            name: $path,
            content: $content,
            text: include_str!(concat!("../../requirements/", $path)),
        },)+]
    };
}

pub(crate) const EMBEDDED: &[SourceFile<'static>] = embed![
    "imdn-03.yaml" => Content::Requirements(Document::Imdn03),
    "receipts-00.yaml" => Content::Requirements(Document::Receipts00),
    "message.yaml" => Content::Requirements(Document::Message),
    "cpim.yaml" => Content::Requirements(Document::Cpim),
    "imdn-02.yaml" => Content::Requirements(Document::Imdn02),
    "rfc5438.yaml" => Content::Requirements(Document::Rfc5438),
    "rfc3862.yaml" => Content::Requirements(Document::Rfc3862),
    "robustness.yaml" => Content::Requirements(Document::Robustness),
    "interpretations/drafts.yaml" => Content::Readings,
    "interpretations/rfcs.yaml" => Content::Readings,
    "interpretations/rules.yaml" => Content::Rules,
    "interpretations/field-forms.yaml" => Content::FieldForms,
    "interpretations/groups.yaml" => Content::Groups,
    "interpretations/rollups.yaml" => Content::RollUps,
    "interpretations/side-effects.yaml" => Content::SideEffects,
    "left-out.yaml" => Content::LeftOut,
];
