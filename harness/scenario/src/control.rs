//! The control protocol, version 1, as a table: which commands there are, what they take and what they answer.
//! docs/control-protocol.md says what each of them means.

/// A command that a driver may be asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// Whether it may carry `peer` and then concerns that peer only.
    pub scoped: bool,
    /// Whether it changes the whole process, so that no other scenario may run in it meanwhile.
    pub takes_process: bool,
    /// What it takes.
    pub members: &'static [Member],
    /// Of each group one member has to be there.
    pub needs: &'static [&'static [&'static str]],
    /// What its reply holds besides `ok`.
    pub reply: &'static [Member],
}

/// A member of a command, of a reply, or of an object inside them.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub form: Form,
}

/// What a member holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Form {
    /// Any text; `NAME_base64` may stand in its place for octets that are none.
    Text,
    /// A URI.
    Uri,
    /// true or false.
    Flag,
    /// A whole number.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, true or false.
    FlagOrWord(&'static [&'static str]),
    /// A list.
    List(&'static Form),
    /// An object with these members.
    Object(&'static [Member]),
    /// An object whose keys are free.
    Table(&'static Form),
}

/// The member of `send` that says how the message travels.
pub const MODE: &str = "mode";

const fn member(name: &'static str, form: Form) -> Member {
    Member { name, form }
}

/// A command of one process that takes what it is given and answers nothing.
const PLAIN: Command =
    Command { name: "", scoped: false, takes_process: false, members: &[], needs: &[], reply: &[] };

/// Every command.
pub static COMMANDS: &[Command] = &[
    Command {
        name: "send",
        members: &[
            member("to", Form::Uri),
            member("text", Form::Text),
            member("content_type", Form::Text),
            member("content", Form::Text),
            member("subject", Form::Text),
            member(
                "subjects",
                Form::List(&Form::Object(&[member("text", Form::Text), member("lang", Form::Text)])),
            ),
            member("display_name", Form::Text),
            member("cc", Form::List(&Form::Uri)),
            member(MODE, Form::Word(&["page", "session"])),
            member("profile", Form::Word(&["imdn-03", "receipts-00", "rfc5438"])),
            member("report", Form::Flag),
            member(
                "receipts",
                Form::List(&Form::Word(&[
                    "positive-delivery",
                    "negative-delivery",
                    "read",
                    "processing",
                    "display",
                ])),
            ),
            member("require", Form::Flag),
            member("list_action", Form::Text),
            member("original_from", Form::Flag),
            member("hide_sender", Form::Flag),
            member(
                "recipients",
                Form::List(&Form::Object(&[member("uri", Form::Uri), member("report", Form::Flag)])),
            ),
            member("sign", Form::Flag),
            member("encrypt", Form::Flag),
        ],
        needs: &[&["to"]],
        reply: &[member("message_id", Form::Text), member("message_ids", Form::Table(&Form::Text))],
        ..PLAIN
    },
    Command {
        name: "dispose",
        members: &[
            member("handle", Form::Text),
            member("message_id", Form::Text),
            member("from", Form::Uri),
            member(
                "how",
                Form::Word(&[
                    "read",
                    "delete-unread",
                    "delete",
                    "deny",
                    "ignore",
                    "consent",
                    "delivered",
                    "not-delivered",
                    "not-displayed",
                ]),
            ),
        ],
        needs: &[&["handle", "message_id"], &["how"]],
        ..PLAIN
    },
    Command {
        name: "policy",
        scoped: true,
        members: &[
            member("reports", Form::Word(&["allow", "deny", "ignore", "ask"])),
            member(
                "on_arrival",
                Form::Word(&["hold", "read", "delete", "hold-delivery", "error", "unknown"]),
            ),
            member("read_state", Form::Word(&["known", "unknown"])),
            member("hide_reporter", Form::Flag),
            member("hide_sender", Form::Flag),
            member("hide_target", Form::Flag),
            member("reject_next", Form::Number),
            member("process_reports", Form::Flag),
            member("record_route", Form::Flag),
            member("aggregate", Form::Flag),
            member("store", Form::Flag),
        ],
        ..PLAIN
    },
    Command {
        name: "identity",
        takes_process: true,
        members: &[
            member("certificate_pem", Form::Text),
            member("key_pem", Form::Text),
            member("ca_pem", Form::Text),
            member("sign_responses", Form::Flag),
        ],
        needs: &[&["certificate_pem"], &["key_pem"]],
        ..PLAIN
    },
    Command {
        name: "trust",
        takes_process: true,
        members: &[member("certificate_pem", Form::Text), member("address", Form::Uri)],
        needs: &[&["certificate_pem"]],
        ..PLAIN
    },
    Command {
        name: "credentials",
        members: &[member("realm", Form::Text), member("user", Form::Text), member("password", Form::Text)],
        needs: &[&["realm"], &["user"], &["password"]],
        ..PLAIN
    },
    Command {
        name: "list",
        takes_process: true,
        members: &[
            member("uri", Form::Uri),
            member(
                "members",
                Form::List(&Form::Object(&[
                    member("uri", Form::Uri),
                    member("reports", Form::FlagOrWord(&["refuses"])),
                ])),
            ),
            member("disclosed", Form::Flag),
            member("count_disclosed", Form::Flag),
        ],
        needs: &[&["uri"], &["members"]],
        ..PLAIN
    },
    Command {
        name: "session",
        members: &[member("open", Form::Uri), member("close", Form::Uri), member("from", Form::Uri)],
        needs: &[&["open", "close"]],
        ..PLAIN
    },
    Command {
        name: "log",
        scoped: true,
        reply: &[
            member(
                "shown",
                Form::List(&Form::Object(&[
                    member("handle", Form::Text),
                    member("message_id", Form::Text),
                    member("from", Form::Uri),
                    member("text", Form::Text),
                    member("subject", Form::Text),
                    member("content_type", Form::Text),
                    member("sent", Form::Text),
                    member("signature", Form::Word(&["valid", "invalid"])),
                    member("encrypted", Form::Flag),
                ])),
            ),
            member(
                "reports",
                Form::List(&Form::Object(&[
                    member("message_id", Form::Text),
                    member("recipient", Form::Uri),
                    member("type", Form::Word(&["delivery", "read", "display", "processing"])),
                    member("disposition", Form::Text),
                    member("matched", Form::Flag),
                    member("signature", Form::Word(&["valid", "invalid"])),
                    member("encrypted", Form::Flag),
                ])),
            ),
        ],
        ..PLAIN
    },
    Command {
        name: "advance_clock",
        takes_process: true,
        members: &[member("seconds", Form::Number)],
        needs: &[&["seconds"]],
        ..PLAIN
    },
    Command { name: "reset", scoped: true, ..PLAIN },
    Command { name: "restart", takes_process: true, ..PLAIN },
];

/// The command of that name.
pub fn command(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

/// The names of all commands.
pub fn command_names() -> Vec<&'static str> {
    COMMANDS.iter().map(|command| command.name).collect()
}

/// The member of that name, or of that name without `_base64` where it is a text.
pub fn find<'a>(members: &'a [Member], name: &str) -> Option<&'a Member> {
    let exact = members.iter().find(|member| member.name == name);
    exact.or_else(|| {
        let name = name.strip_suffix("_base64")?;
        members.iter().find(|member| member.name == name && member.form == Form::Text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_needs_it_also_takes() {
        for command in COMMANDS {
            for name in command.needs.iter().copied().flatten() {
                assert!(find(command.members, name).is_some(), "{}: {name}", command.name);
            }
        }
    }

    #[test]
    fn octets_stand_in_for_texts_only() {
        let send = command("send").unwrap();
        assert!(find(send.members, "content_base64").is_some());
        assert!(find(send.members, "report_base64").is_none());
    }
}
