//! What can stand on the time line.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Place of an event in its record, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventId(pub u32);

/// One execution of one step; a step inside `repeat` has one for every round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepId(pub u32);

/// Where a step stands in its scenario: for every level of nesting, the index of the step (from 0) and the round
/// of the enclosing `repeat` (0 where there is none).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StepPath(pub Vec<(u32, u32)>);

impl StepPath {
    /// The path of the step at `index` inside this one, in the given round.
    pub fn child(&self, index: u32, round: u32) -> Self {
        let mut levels = self.0.clone();
        levels.push((index, round));
        Self(levels)
    }

    /// The indices alone: the same for all rounds of a repeated step.
    pub fn indices(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|(index, _)| *index)
    }
}

impl fmt::Display for StepPath {
    /// Counted from 1, as people count steps: `3`, or `4#2.1` for the first step in the second round of step 4.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, (index, _)) in self.0.iter().enumerate() {
            if let Some((_, round)) = self.0.get(depth + 1) {
                write!(f, "{}#{}.", index + 1, round + 1)?;
            } else {
                write!(f, "{}", index + 1)?;
            }
        }
        Ok(())
    }
}

/// What carries octets, and what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// RFC 3261 18, one SIP message a datagram.
    Udp,
    /// RFC 3261 18.3, SIP messages framed by Content-Length.
    Tcp,
    /// RFC 4975 over TCP, chunks, responses and reports framed by end-lines.
    Msrp,
}

impl Transport {
    /// The word used in URIs, scenarios and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Msrp => "msrp",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a peer sent octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A request that a step told the peer to send, in a transaction.
    Request,
    /// The answer to a request that stands in the record.
    Answer(EventId),
    /// The same octets once more, by a timer of RFC 3261 17 or because the request came again.
    Retransmission(EventId),
    /// Octets outside any transaction.
    Raw,
}

/// What received octets are to the transaction layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Novelty {
    /// A request of a transaction not seen before.
    Request,
    /// A request that came again in its transaction; absorbed and answered as before.
    Retransmission(EventId),
    /// A response to a request that a peer sent.
    Response(EventId),
    /// A response that fits no open transaction.
    StrayResponse,
    /// Octets that are no SIP message.
    Garbage,
}

/// How a transaction that a peer started came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// A final response arrived.
    Final(EventId),
    /// Timer F ran out (RFC 3261 17.1.2.2), or the reply window where that is shorter.
    TimedOut,
    /// The transport failed; the text says how.
    Broken(String),
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// It did what it says; the events are those that it waited for (none for a step that only acts).
    Done(Vec<EventId>),
    /// Its window ended and what it waited for had not come. For `quiet` this is the good end.
    Elapsed,
    /// The driver cannot do what the step asks; the text names the command or member.
    Unsupported(String),
    /// The driver tried and failed, in its own words.
    Refused(String),
    /// It was not carried out because an earlier step left no basis for it; the text says which.
    Skipped(String),
}

/// Who is to blame for trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blame {
    /// The implementation under test: it is not there, died, or drowned the harness.
    Iut,
    /// The driver: it broke the control protocol.
    Driver,
    /// The scenario: it asks for something that makes no sense in this run.
    Scenario,
    /// The harness or the machine it runs on.
    Harness,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Time since the record was begun, on the harness's monotonic clock.
    pub at: Duration,
    /// The step that was under way, if any.
    pub step: Option<StepId>,
    /// What it was.
    pub kind: EventKind,
}

/// The kinds of things that happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A peer put octets on the wire.
    Sent {
        /// Name of the peer in the scenario.
        peer: Arc<str>,
        /// What carried them.
        transport: Transport,
        /// Where they went.
        to: SocketAddr,
        /// Why.
        purpose: Purpose,
        /// All of them.
        #[serde(with = "crate::event::octets")]
        octets: Bytes,
    },
    /// Octets came to a peer.
    Received {
        /// Name of the peer in the scenario.
        peer: Arc<str>,
        /// What carried them.
        transport: Transport,
        /// Where they came from.
        from: SocketAddr,
        /// What they are to the transaction layer.
        novelty: Novelty,
        /// All of them.
        #[serde(with = "crate::event::octets")]
        octets: Bytes,
    },
    /// A transaction that a peer started is over.
    Transaction {
        /// Its request.
        request: EventId,
        /// How it ended.
        ending: Ending,
    },
    /// A connection came or went; never a verdict by itself.
    Connection {
        /// The other side.
        remote: SocketAddr,
        /// "accepted", "opened", "closed by the IUT", …
        what: String,
    },
    /// The harness asked the driver for something.
    Command {
        /// Which IUT process, counted from 0.
        iut: u32,
        /// The JSON object as sent, without its `id`.
        command: serde_json::Value,
    },
    /// The driver answered a command.
    Reply {
        /// The command.
        to: EventId,
        /// The JSON object as received, without its `id`.
        reply: serde_json::Value,
    },
    /// The driver spoke unasked.
    DriverEvent {
        /// Which IUT process, counted from 0.
        iut: u32,
        /// The JSON object as received.
        event: serde_json::Value,
    },
    /// A step begins; it is known by this id from here on.
    StepBegan {
        /// The execution.
        id: StepId,
        /// Where it stands in the scenario.
        path: StepPath,
    },
    /// A step is over.
    StepEnded {
        /// The execution.
        id: StepId,
        /// How.
        outcome: StepOutcome,
    },
    /// A name of the scenario got a value: a generated text, a number of a round, a member of a reply.
    Bound {
        /// The name, without `${}`.
        name: String,
        /// The value.
        value: serde_json::Value,
    },
    /// A name of the scenario stands from here on for the message of an event.
    Named {
        /// The name, without `${}`.
        name: String,
        /// The event that holds its octets.
        event: EventId,
    },
    /// A wait begins: what for, and at most how long.
    Window {
        /// "reply" or "quiet".
        window: String,
        /// Its length after scaling.
        length: Duration,
    },
    /// Somebody fetched what hostile input named and nobody else knows of; each address is that of one case.
    Fetched {
        /// What it was, as the input named it.
        url: String,
        /// What was sent to fetch it, as far as anything was.
        #[serde(with = "crate::event::octets")]
        octets: Bytes,
    },
    /// The scenario could not be carried out as written, and not because a requirement was broken.
    Trouble {
        /// Who is to blame.
        blame: Blame,
        /// A stable word for machines: `iut-unreachable`, `iut-crashed`, `iut-hung`, `iut-flood`, `no-answer`, `driver-garbage`,
        /// `driver-silent`, `harness`.
        class: String,
        /// What happened and what to do, for people.
        text: String,
    },
    /// Something worth reading beside the octets; never judged.
    Note(
        /// The text.
        String,
    ),
}

/// Octets in a record file: text where they are text, base64 where they are not.
pub(crate) mod octets {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Form<'a> {
        Text(std::borrow::Cow<'a, str>),
        Base64(String),
    }

    pub(crate) fn serialize<S: Serializer>(octets: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(octets) {
            Ok(text) => Form::Text(text.into()),
            Err(_) => Form::Base64(STANDARD.encode(octets)),
        }
        .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        match Form::deserialize(deserializer)? {
            Form::Text(text) => Ok(Bytes::from(text.into_owned())),
            Form::Base64(text) => STANDARD.decode(text).map(Bytes::from).map_err(D::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_count_from_one() {
        let repeated = StepPath::default().child(3, 0).child(0, 1);
        assert_eq!(StepPath::default().child(2, 0).to_string(), "3");
        assert_eq!(repeated.to_string(), "4#2.1");
        assert_eq!(repeated.indices().collect::<Vec<_>>(), [3, 0]);
    }

    #[test]
    fn octets_survive_a_file() {
        for sample in [&b"MESSAGE\r\n"[..], &[0xff, 0x00, 0x80]] {
            let event = Event {
                at: Duration::from_micros(5),
                step: Some(StepId(1)),
                kind: EventKind::Received {
                    peer: "P".into(),
                    transport: Transport::Udp,
                    from: ([127, 0, 0, 1], 5060).into(),
                    novelty: Novelty::Request,
                    octets: Bytes::copy_from_slice(sample),
                },
            };
            let line = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event);
        }
    }
}
