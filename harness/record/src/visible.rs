//! Foreign octets as text that is safe to print: nothing in it moves a cursor, changes a colour or hides.

use std::fmt::Write;

/// Octets with everything that is no printable character written as `\xNN` or `\u{N}`.
pub fn visible(octets: &[u8]) -> String {
    let mut out = String::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        chunk.valid().chars().for_each(|c| push_visible(&mut out, c));
        chunk.invalid().iter().for_each(|octet| push_hex(&mut out, *octet));
    }
    out
}

fn push_visible(out: &mut String, c: char) {
    match c {
        '\t' => out.push_str("\\t"),
        c if (c as u32) < 0x80 && c.is_control() => push_hex(out, c as u8),
        c if c.is_control() || hides(c) => {
            let _ = write!(out, "\\u{{{:x}}}", c as u32);
        }
        c => out.push(c),
    }
}

fn push_hex(out: &mut String, octet: u8) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\\x{octet:02x}");
}

/// Characters that reorder or hide what stands around them, and those no XML document may hold.
fn hides(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_harmless() {
        let hostile = b"\x1b[31mred\x07\0 \xff\xe2\x80\xae ok \xc3\xbc\t";
        assert_eq!(visible(hostile), "\\x1b[31mred\\x07\\x00 \\xff\\u{202e} ok ü\\t");
    }
}
