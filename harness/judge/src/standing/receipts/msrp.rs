//! What MSRP itself says of receipts and messages: reports, responses (7.1.1, 7.1.2).

use std::sync::Arc;

use record::Ending;
use wire::msrp::{FailureReport, HeaderId};

use super::kind::in_session;
use crate::capture::{Class, Message, View};
use crate::evidence;
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "no-msrp-report",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-7.1.1-3"],
        run: no_msrp_report,
    },
    Check {
        name: "failure-report-no",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-7.1.1-4"],
        run: failure_report_no,
    },
    Check {
        name: "msrp-responses",
        looks_at: LooksAt::Record,
        requirements: &["RCPT-7.1.2-1"],
        run: msrp_responses,
    },
    Check {
        name: "no-response-to-receipt",
        looks_at: LooksAt::Record,
        requirements: &["RCPT-7.1.2-2"],
        run: no_response_to_receipt,
    },
];

/// The receipt, where it came in a session.
fn of_session<'c>(context: &Context<'c>) -> Result<&'c View<'c>, Box<Observation>> {
    let view = context.view()?;
    let receipt = context.scene.capture.is_report(view.message.event);
    match receipt && in_session(view) {
        true => Ok(view),
        false => Err(Box::new(Observation::unclear("This is no receipt in a session.").seen(view.message))),
    }
}

fn no_msrp_report(context: &Context<'_>) -> Look {
    let view = of_session(context)?;
    let right = "Failure-Report: no, and Success-Report: no or none.";
    for chunk in view.message.chunks() {
        let decoded = chunk.decode();
        let failure = decoded.header(HeaderId::FailureReport);
        let asks = failure.filter(|_| decoded.failure_report() != FailureReport::No);
        let success = decoded.header(HeaderId::SuccessReport).filter(|_| decoded.success_report());
        if let Some(header) = success.or(asks) {
            let shown = view.message.of_chunk(chunk);
            let place = shown.in_octets(header.line_span());
            let observation = Observation::fail("The receipt asks for reports of MSRP.").right(right);
            return one(observation.reading("I-50").at(&shown, place, "here"));
        }
    }
    nothing()
}

fn failure_report_no(context: &Context<'_>) -> Look {
    let view = of_session(context)?;
    for chunk in view.message.chunks() {
        let decoded = chunk.decode();
        let header = decoded.header(HeaderId::FailureReport);
        if header.is_some() && decoded.failure_report() == FailureReport::No {
            continue;
        }
        let shown = view.message.of_chunk(chunk);
        let (message, span) = match header {
            Some(header) => ("The receipt does not say Failure-Report: no.", header.line_span()),
            None => ("The receipt has no Failure-Report, and the default is yes.", decoded.head_span()),
        };
        let place = shown.in_octets(span);
        let observation =
            Observation::fail(message).right("Failure-Report: no on every chunk.").reading("I-50");
        return one(observation.at(&shown, place, "in this chunk"));
    }
    nothing()
}

fn msrp_responses(context: &Context<'_>) -> Look {
    let capture = context.scene.capture;
    let mut seen = false;
    let mut found = Vec::new();
    for message in capture.sends_of_peers().filter(|message| message.class != Class::Report) {
        for chunk in message.chunks() {
            seen = true;
            let wanted = chunk.decode().failure_report();
            let mut answers = capture.responses(chunk.event);
            let late = || matches!(capture.ending(chunk.event), Some(Ending::TimedOut));
            let (text, right, answer) = match wanted {
                FailureReport::Yes if late() && answers.next().is_none() => {
                    ("A SEND that asks for a response got none.", "A response.", None)
                }
                FailureReport::Yes => continue,
                FailureReport::Partial => match answers.find(|answer| is_success(answer)) {
                    Some(answer) => (
                        "A SEND that asks to hear of failures alone got a success.",
                        "No response.",
                        Some(answer),
                    ),
                    None => continue,
                },
                FailureReport::No => match answers.next() {
                    Some(answer) => {
                        ("A SEND that asks for no response got one.", "No response.", Some(answer))
                    }
                    None => continue,
                },
            };
            let shown = answer.unwrap_or(message);
            let observation = Observation::fail(text).right(right).seen(shown);
            found.push(observation.beside([evidence::whole(message, "the SEND")]));
        }
    }
    if !seen {
        return one(Observation::unclear("No peer sent a message in a session."));
    }
    Ok(found)
}

fn is_success(answer: &Arc<Message>) -> bool {
    answer.status.is_some_and(|status| (200..300).contains(&status))
}

fn no_response_to_receipt(context: &Context<'_>) -> Look {
    let capture = context.scene.capture;
    let mut seen = false;
    let mut found = Vec::new();
    for receipt in capture.sends_of_peers().filter(|message| message.class == Class::Report) {
        for chunk in receipt.chunks() {
            // What a receipt that asks for responses is to get, is open (I-50).
            if chunk.decode().failure_report() != FailureReport::No {
                continue;
            }
            seen = true;
            found.extend(capture.responses(chunk.event).map(|answer| {
                Observation::fail("A receipt in a session was answered.")
                    .right("No response, whatever the receipt is about.")
                    .reading("I-50")
                    .seen(answer)
                    .beside([evidence::whole(receipt, "the receipt")])
            }));
        }
    }
    if !seen {
        return one(Observation::unclear("No peer sent a receipt that asks for no response in a session."));
    }
    Ok(found)
}
