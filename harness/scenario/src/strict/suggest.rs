//! What somebody probably meant.

/// The candidate nearest to `word`, if one is near enough to be meant. Case and the choice between `-` and `_` do not
/// count.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let meant = plain(word);
    let allowed = 1 + meant.chars().count() / 4;
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&meant, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean …", or else all there is to choose from.
pub(crate) fn instead(word: &str, candidates: &[&str], are: &str) -> String {
    match closest(word, candidates.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("{are} {}", listed(candidates)),
    }
}

/// "`a`, `b` and `c`".
pub(crate) fn listed(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => "none".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_understood() {
        let words = ["transports", "transports-reason", "title", "id"];
        for (slip, meant) in [
            ("transport", Some("transports")),
            ("transports_reason", Some("transports-reason")),
            ("titel", Some("title")),
            ("ID", Some("id")),
            ("colour", None),
            ("x", None),
        ] {
            assert_eq!(closest(slip, words), meant, "{slip}");
        }
    }
}
