//! How a codec writes down its rules: one table, from which the statics and their list come.

/// Declares `pub static` rules and `RULES`, the list of them all, from `IDENT: name, text, source;` lines.
macro_rules! rules {
    ($($ident:ident: $name:literal, $text:literal, $source:literal;)*) => {
        $(
            #[doc = concat!($text, " (", $source, ")")]
            pub static $ident: crate::deviation::Rule =
                crate::deviation::Rule { name: $name, text: $text, source: $source };
        )*
        /// Every rule of this codec.
        pub static RULES: &[&crate::deviation::Rule] = &[$(&$ident),*];
    };
}

pub(crate) use rules;
