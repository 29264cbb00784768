//! What a check has to say.

use record::EventId;
use wire::deviation::Span;

use crate::capture::{Message, Place, View};
use crate::evidence;
use crate::verdict::{Evidence, Verdict};

/// One thing that a check saw and that is not simply right.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    pub(crate) verdict: Verdict,
    /// The requirements it is charged to; all of the check's if empty.
    pub(crate) charged: Vec<&'static str>,
    /// The requirements it is charged to where no assertion asks for the check; those of `charged` if empty.
    pub(crate) usual: Vec<&'static str>,
    /// Whether it is charged to what a scenario asks the check for beyond the check's own requirements, by their level.
    pub(crate) foreign: bool,
    /// Requirements to which nothing is charged for what never came, since it came here.
    pub(crate) excuses: &'static [&'static str],
    pub(crate) message: String,
    pub(crate) admissible: String,
    pub(crate) reading: Option<&'static str>,
    pub(crate) evidence: Vec<Evidence>,
    /// The event it belongs to, where that is not the message looked at.
    pub(crate) event: Option<EventId>,
}

impl Observation {
    fn new(verdict: Verdict, message: impl Into<String>) -> Self {
        Self {
            verdict,
            charged: Vec::new(),
            usual: Vec::new(),
            foreign: false,
            excuses: &[],
            message: message.into(),
            admissible: String::new(),
            reading: None,
            evidence: Vec::new(),
            event: None,
        }
    }

    /// A requirement is violated.
    pub(crate) fn fail(message: impl Into<String>) -> Self {
        Self::new(Verdict::Fail, message)
    }

    /// A SHOULD is not met, or only a second reading is.
    pub(crate) fn warn(message: impl Into<String>) -> Self {
        Self::new(Verdict::Warning, message)
    }

    /// A pass, with something to say about it.
    pub(crate) fn remark(message: impl Into<String>) -> Self {
        Self::new(Verdict::Pass, message)
    }

    /// There is no basis for a verdict. Kept only where an assertion asks for the check.
    pub(crate) fn unclear(message: impl Into<String>) -> Self {
        Self::new(Verdict::Inconclusive, message)
    }

    /// What would have been right.
    pub(crate) fn right(mut self, admissible: impl Into<String>) -> Self {
        self.admissible = admissible.into();
        self
    }

    /// The interpretation it rests on.
    pub(crate) fn reading(mut self, reading: &'static str) -> Self {
        self.reading = Some(reading);
        self
    }

    /// Charges some of the check's requirements only.
    pub(crate) fn charge(mut self, requirements: &[&'static str]) -> Self {
        self.charged = requirements.to_vec();
        self
    }

    /// Charges some of the check's requirements only, or some of those charged, unless a scenario says which are meant.
    pub(crate) fn usually(mut self, requirements: &[&'static str]) -> Self {
        self.usual = requirements.to_vec();
        self
    }

    /// Charges what a scenario asks the check for, the check's own requirements excepted.
    pub(crate) fn foreign(mut self) -> Self {
        self.foreign = true;
        self
    }

    /// Takes back what is charged to these requirements because nothing came: it came, only wrongly (G-10).
    pub(crate) fn excuses(mut self, requirements: &'static [&'static str]) -> Self {
        self.excuses = requirements;
        self
    }

    /// Points at octets of the message's body buffer.
    pub(crate) fn in_body(self, view: &View<'_>, span: Span, label: impl Into<String>) -> Self {
        self.at(view.message, view.message.in_body(span), label)
    }

    /// Points at octets of the report document.
    pub(crate) fn in_document(self, view: &View<'_>, span: Span, label: impl Into<String>) -> Self {
        self.at(view.message, view.in_document(span), label)
    }

    /// Points at octets.
    pub(crate) fn at(mut self, message: &Message, place: Place, label: impl Into<String>) -> Self {
        self.evidence.push(evidence::at(message, place, label));
        self.event.get_or_insert(message.event);
        self
    }

    /// Shows a whole message.
    pub(crate) fn seen(mut self, message: &Message) -> Self {
        self.evidence.push(evidence::whole(message, ""));
        self.event.get_or_insert(message.event);
        self
    }

    /// Shows something else beside it.
    pub(crate) fn beside(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }
}

/// What a check saw: everything that is not simply right, or why it cannot look.
pub(crate) type Look = Result<Vec<Observation>, Box<Observation>>;

/// Exactly one observation.
pub(crate) fn one(observation: Observation) -> Look {
    Ok(vec![observation])
}

/// Everything is right.
pub(crate) fn nothing() -> Look {
    Ok(Vec::new())
}
