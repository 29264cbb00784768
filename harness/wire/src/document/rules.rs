//! Which rule stands for which fault, for a profile's documents.

use crate::deviation::Rule;

/// The rules of one document type. Each names its own sources.
#[derive(Debug, PartialEq, Eq)]
pub struct Rules {
    /// Well-formedness.
    pub not_well_formed: &'static Rule,
    /// No document type declaration.
    pub doctype: &'static Rule,
    /// Size of the document.
    pub too_large: &'static Rule,
    /// Depth of nesting.
    pub too_deep: &'static Rule,
    /// Octets in the declared encoding.
    pub encoding: &'static Rule,
    /// Encodings that are read here.
    pub encoding_unread: &'static Rule,
    /// The charset parameter.
    pub charset: &'static Rule,
    /// Name of the root.
    pub root: &'static Rule,
    /// Elements without a namespace.
    pub namespace_missing: &'static Rule,
    /// A namespace in another case.
    pub namespace_case: &'static Rule,
    /// Another namespace.
    pub namespace_wrong: &'static Rule,
    /// A mandatory child.
    pub child_missing: &'static Rule,
    /// A child too many.
    pub child_repeated: &'static Rule,
    /// An element that is not defined.
    pub child_unknown: &'static Rule,
    /// A child that is none of the root's.
    pub child_misplaced: &'static Rule,
    /// Order of the children.
    pub order: &'static Rule,
    /// Text directly under the root.
    pub root_text: &'static Rule,
    /// An attribute that is not defined.
    pub attribute: &'static Rule,
    /// Elements where text belongs.
    pub element_in_text: &'static Rule,
    /// White space around a value.
    pub padded: &'static Rule,
    /// An empty value.
    pub empty: &'static Rule,
    /// A word that is not defined.
    pub value: &'static Rule,
    /// Exactly one of the children that are a choice.
    pub choice: Option<&'static Rule>,
    /// A child without the one that it needs.
    pub needs: Option<&'static Rule>,
    /// Something in an element that has to be empty.
    pub not_empty: Option<&'static Rule>,
    /// An extension at a place that is open for none.
    pub extension_misplaced: Option<&'static Rule>,
}

/// What a profile demands of its documents as XML. XML itself is content with more.
#[derive(Debug, PartialEq, Eq)]
pub struct XmlRules {
    /// XML 1.0.
    pub version: &'static Rule,
    /// UTF-8, by octets, declaration and charset parameter.
    pub encoding: &'static Rule,
    /// No byte order mark.
    pub mark: &'static Rule,
}
