//! What answers a message in a session, and what does not.

use super::*;

/// The verdict on the answer to a message in a session.
fn answered(way: Way, status: Option<u16>, answer: &str) -> Vec<(String, imdnspec_judge::Verdict)> {
    let mut run = Run::new();
    run.session_exchange(0, "im", &way.chunked(300).chunks(&object(IM)), status);
    run.begin(&[(1, 0)]);
    run.end(StepOutcome::Elapsed);
    let judgements = run.judge(&scenario(&format!(
        "{{id: s, title: t, role: reporting-uas, steps: [{{send: {{message: im-req, as: im{answer}}}}}, \
         {{quiet: {{judges: IMDN-9.2-3}}}}]}}"
    )));
    judgements.into_iter().map(|judgement| (judgement.requirement, judgement.verdict)).collect()
}

#[test]
fn the_answer_in_a_session_is_the_msrp_response() {
    let way = || Way::to_iut("im01");
    let quietly = || way().failure_report(FailureReport::No);
    let partial = || way().failure_report(FailureReport::Partial);
    let (ok, none) =
        (", answer: {is: [2xx], judges: IMDN-9.2-4}", ", answer: {is: [none], judges: IMDN-9.2-4}");
    let both = |one, other| vec![("IMDN-9.2-3".to_owned(), other), ("IMDN-9.2-4".to_owned(), one)];
    assert_eq!(answered(way(), Some(200), ok), both(Pass, Pass));
    assert_eq!(answered(way(), Some(413), ok), both(Fail, Inconclusive));
    assert_eq!(answered(way(), None, ok), both(Fail, Inconclusive));
    assert_eq!(answered(quietly(), None, ok), both(Inconclusive, Pass));
    assert_eq!(answered(quietly(), None, none), both(Pass, Pass));
    assert_eq!(answered(way(), None, none), both(Pass, Pass));
    assert_eq!(answered(quietly(), Some(200), none), both(Fail, Pass));
    // Without a word about it, acceptance is a precondition; where no response is due, silence is acceptance.
    let follows = |verdict| vec![("IMDN-9.2-3".to_owned(), verdict)];
    assert_eq!(answered(way(), Some(200), ""), follows(Pass));
    assert_eq!(answered(way(), None, ""), follows(Inconclusive));
    assert_eq!(answered(partial(), None, ""), follows(Pass));
    assert_eq!(answered(partial(), Some(415), ""), follows(Inconclusive));
}

#[test]
fn a_session_that_is_refused_is_no_answer_to_the_message() {
    for (status, why) in [(Some(488), "with 488"), (Some(200), "cannot be used"), (None, "not answered")] {
        let mut run = Run::new();
        run.begin(&[(0, 0)]);
        let invite = "INVITE sip:bob@127.0.0.1:5062 SIP/2.0\nCall-ID: c1\nCSeq: 1 INVITE\n\n";
        let request = run.sent(Purpose::Request, common::wire(invite));
        let outcome = match status {
            Some(status) => {
                let answer = edit(&common::response(status), "CSeq: 1 MESSAGE", "CSeq: 1 INVITE");
                let answer = run.received(Novelty::Response(request), common::wire(&answer));
                run.push(EventKind::Transaction { request, ending: record::Ending::Final(answer) });
                run.sent(Purpose::Request, common::wire(&invite.replace("INVITE", "ACK")));
                StepOutcome::Done(vec![answer])
            }
            None => StepOutcome::Elapsed,
        };
        run.end(outcome);
        run.begin(&[(1, 0)]);
        run.end(StepOutcome::Elapsed);
        for answer in ["2xx", "4xx", "none"] {
            let judgements = run.judge(&scenario(&format!(
                "{{id: s, title: t, role: reporting-uas, steps: [{{send: {{message: im-req, as: im, answer: \
                 {{is: ['{answer}'], judges: IMDN-9.2-4}}}}}}, {{quiet: {{judges: IMDN-9.2-3}}}}]}}"
            )));
            let both = [("IMDN-9.2-3", Inconclusive), ("IMDN-9.2-4", Inconclusive)];
            assert_eq!(blamed(&judgements), both, "{answer}");
            let message = &judgements[1].findings[0].message;
            assert!(message.contains(why), "{message}");
        }
    }
}

#[test]
fn a_message_that_is_stopped_halfway_was_refused() {
    let chunks = Way::to_iut("im01").chunked(100).chunks(&object(IM));
    let given_up = String::from_utf8(chunks[2].to_vec()).unwrap().replace("+\r\n", "#\r\n");
    let refused = |done: fn(EventId, EventId) -> Vec<EventId>| {
        let mut run = Run::new();
        run.begin(&[(0, 0)]);
        let first = run.msrp_sent(Purpose::Request, chunks[0].clone());
        run.msrp_sent(Purpose::Request, chunks[1].clone());
        let refusal = respond(&decode(&chunks[0]).value, 413).into();
        let refusal = run.msrp_received(Novelty::Response(first), refusal);
        let last = run.msrp_sent(Purpose::Request, given_up.clone().into());
        run.end(StepOutcome::Done(done(last, refusal)));
        let judgements = run.judge(&scenario(
            "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im, answer: \
             {is: ['413'], judges: IMDN-9.2-4}}}]}",
        ));
        verdict_on(&judgements, "IMDN-9.2-4")
    };
    assert_eq!(refused(|last, refusal| vec![last, refusal]), Some(Pass));
    assert_eq!(refused(|_, _| Vec::new()), Some(Pass));
}

#[test]
fn an_empty_send_is_not_the_message() {
    let judged = |fill: &dyn Fn(&mut Run)| {
        let mut run = Run::new();
        run.begin(&[(0, 0)]);
        fill(&mut run);
        run.end(StepOutcome::Elapsed);
        let judgements = run.judge(&scenario(
            "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im, answer: \
             {is: [2xx], judges: IMDN-9.2-4}}}]}",
        ));
        verdict_on(&judgements, "IMDN-9.2-4")
    };
    let bind = |run: &mut Run| {
        let empty = Builder::request("SEND", "bind01", IUT, P).message_id("b1b1").encode();
        let request = run.msrp_sent(Purpose::Request, empty.clone().into());
        run.msrp_received(Novelty::Response(request), respond(&decode(&empty).value, 200).into());
    };
    let halfway = |run: &mut Run| {
        bind(run);
        run.msrp_sent(Purpose::Request, Way::to_iut("im01").chunked(200).chunks(&object(IM))[0].clone());
    };
    assert_eq!(judged(&halfway), Some(Fail), "the message itself was not answered");
    assert_eq!(judged(&|_| {}), Some(Inconclusive), "nothing was sent");
}

#[test]
fn a_connection_that_breaks_is_no_answer() {
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    let request = run.msrp_sent(Purpose::Request, Way::to_iut("im01").chunks(&object(IM))[0].clone());
    run.push(EventKind::Transaction { request, ending: record::Ending::Broken("connection reset".into()) });
    run.end(StepOutcome::Elapsed);
    let judgements = run.judge(&scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im, answer: \
         {is: [2xx], judges: IMDN-9.2-4}}}]}",
    ));
    assert_eq!(blamed(&judgements), [("IMDN-9.2-4", Inconclusive)]);
    assert!(judgements[0].findings[0].message.contains("connection reset"));
}
