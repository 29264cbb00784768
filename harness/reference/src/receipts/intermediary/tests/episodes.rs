//! Everything that an intermediary does, in small pieces.

use super::{Subject, UMA, asking, im, member, receipt};
use crate::carrier::Mode::{self, Page, Session};

/// Something that an intermediary does.
pub(super) struct Episode {
    pub(super) name: &'static str,
    pub(super) mode: Mode,
    pub(super) members: usize,
    pub(super) disclosed: bool,
    pub(super) play: fn(&mut Subject),
}

const fn page(name: &'static str, members: usize, play: fn(&mut Subject)) -> Episode {
    Episode { name, mode: Page, members, disclosed: true, play }
}

const fn secret(name: &'static str, play: fn(&mut Subject)) -> Episode {
    Episode { name, mode: Page, members: 2, disclosed: false, play }
}

const fn room(name: &'static str, play: fn(&mut Subject)) -> Episode {
    Episode { name, mode: Session, members: 2, disclosed: true, play }
}

/// Asks for these receipts and has the only copy answered.
fn answered(subject: &mut Subject, receipts: &str, status: Option<u16>) {
    subject.take(&asking("a&b", receipts));
    subject.conclude(1, status);
}

/// Everything that an intermediary does, in small pieces.
pub(super) static EPISODES: &[Episode] = &[
    page("nothing asked", 2, |s| {
        s.take(&im(""));
    }),
    page("empty request", 1, |s| answered(s, "", Some(500))),
    page("one of two refuses", 2, |s| {
        s.take(&asking("m", "negative-delivery"));
        s.conclude(2, Some(404));
        s.conclude(1, Some(200));
    }),
    page("refused", 1, |s| answered(s, "negative-delivery", Some(404))),
    page("redirected", 2, |s| answered(s, "negative-delivery", Some(302))),
    page("silence", 2, |s| answered(s, "negative-delivery", None)),
    page("accepted", 1, |s| answered(s, "positive-delivery", Some(200))),
    page("failed later", 1, |s| {
        answered(s, "negative-delivery", Some(200));
        s.confirm(1, "delivery", "a&amp;b", 480);
        s.confirm(1, "delivery", "a&amp;b", 480);
    }),
    page("failed twice", 1, |s| {
        answered(s, "negative-delivery", Some(404));
        s.confirm(1, "delivery", "a&amp;b", 480);
    }),
    page("receipts of a member", 1, |s| {
        answered(s, "positive-delivery, read", Some(200));
        s.confirm(1, "delivery", "a&amp;b", 200);
        s.confirm(1, "read", "a&amp;b", 485);
    }),
    page("unknown read receipt", 1, |s| {
        s.confirm(1, "read", "bogus", 200);
    }),
    page("bystander", 2, |s| {
        let cpim = asking("m", "negative-delivery").replacen(
            "Message-ID",
            "cc: <sip:x@127.0.0.1:5062>\r\nMessage-ID",
            1,
        );
        s.take(&cpim);
        s.conclude(1, Some(503));
    }),
    secret("secret list", |s| {
        s.take(&asking("m", "positive-delivery, negative-delivery, read"));
        s.conclude(1, Some(200));
        for kind in ["delivery", "read"] {
            s.confirm(1, kind, "m", 200);
            s.confirm(2, kind, "m", 200);
        }
    }),
    secret("secret list, receipt without its mark", |s| {
        s.take(&asking("m", "positive-delivery"));
        s.confirm(1, "delivery", "m", 200);
        let unmarked = receipt(&member(2), UMA, ("delivery", "m", 200), "", "");
        let unmarked = unmarked.replace("Content-Disposition: confirm\r\n", "");
        s.take_from(&member(2), super::LIST, &unmarked);
    }),
    room("room", |s| {
        s.take(&asking("m", "positive-delivery, negative-delivery, read"));
        s.confirm(1, "read", "m", 200);
    }),
    room("room refused", |s| {
        s.take(&asking("m", "negative-delivery"));
        s.conclude(1, Some(413));
        s.conclude(2, Some(200));
    }),
];
