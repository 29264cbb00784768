//! Which status an answer has in MSRP.

use crate::Answer;

/// The status codes of RFC 4975 section 10 that a scenario may ask for as they are.
const KNOWN: [u16; 9] = [400, 403, 408, 413, 415, 423, 481, 501, 506];

/// The status of a response (RFC 4975 section 10) for an answer in terms of SIP: 200 for every success, 403 for every
/// refusal that MSRP has no code for. `None` if there shall be no final response.
pub(crate) fn status(answer: &Answer) -> Option<u16> {
    match answer {
        Answer::Silent | Answer::Status { code: ..200, .. } => None,
        Answer::Status { code: 200..=299, .. } => Some(200),
        Answer::Status { code, .. } => Some(KNOWN.into_iter().find(|known| known == code).unwrap_or(403)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_put_into_the_words_of_msrp() {
        let codes = [
            (100, None),
            (200, Some(200)),
            (202, Some(200)),
            (413, Some(413)),
            (486, Some(403)),
            (603, Some(403)),
        ];
        for (code, expected) in codes {
            assert_eq!(status(&Answer::status(code)), expected, "{code}");
        }
        assert_eq!(status(&Answer::Silent), None);
    }
}
