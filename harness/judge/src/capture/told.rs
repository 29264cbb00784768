//! What the driver of the IUT was asked for, as far as it changes what is right.

use record::EventId;
use serde_json::Value as Json;

/// The commands of a record, kept where they can be found without going through everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// All commands, in the order of the record.
    pub(crate) commands: Vec<EventId>,
    /// Addresses of members that a list was told not to expect reports of, with the command.
    pub(crate) silent: Vec<(EventId, String)>,
}

impl Told {
    pub(super) fn add(&mut self, event: EventId, command: &Json) {
        self.commands.push(event);
        if command.get("command").and_then(Json::as_str) != Some("list") {
            return;
        }
        let members = command.get("members").and_then(Json::as_array).into_iter().flatten();
        let reports =
            |member: &Json| member.get("reports").is_none_or(|reports| *reports == Json::Bool(true));
        let silent =
            members.filter(|member| !reports(member)).filter_map(|member| member.get("uri")?.as_str());
        self.silent.extend(silent.map(|uri| (event, uri.to_owned())));
    }
}
