use bytes::Bytes;

use super::*;
use crate::event::Transport;
use crate::recorder::Recorder;

/// One exchange with everything random in it; `early` lets the report overtake the reply to the command.
fn exchange(seed: &str, early: bool) -> Record {
    let recorder = Recorder::begin("imdn-03/sample", "udp");
    let octets = |text: String| Bytes::from(text);
    let step = StepId(0);
    recorder.push(EventKind::StepBegan { id: step, path: StepPath::default().child(0, 0) });
    recorder.set_step(Some(step));
    let command =
        recorder.push(EventKind::Command { iut: 0, command: serde_json::json!({"command": "dispose"}) });
    let report = |recorder: &Recorder| {
        recorder.push(EventKind::Received {
            peer: "P".into(),
            transport: Transport::Udp,
            from: ([127, 0, 0, 1], 5060).into(),
            novelty: Novelty::Request,
            octets: octets(format!(
                "MESSAGE sip:p SIP/2.0\r\nCall-ID: {seed}\r\n\r\nx.Message-ID: {seed}7\r\n"
            )),
        })
    };
    let reply = EventKind::Reply { to: command, reply: serde_json::json!({"ok": true}) };
    let id = if early {
        let id = report(&recorder);
        recorder.push(reply);
        id
    } else {
        recorder.push(reply);
        report(&recorder)
    };
    recorder.push(EventKind::StepEnded { id: step, outcome: StepOutcome::Done(vec![]) });
    let step = StepId(1);
    recorder.push(EventKind::StepBegan { id: step, path: StepPath::default().child(1, 0) });
    recorder.push(EventKind::StepEnded { id: step, outcome: StepOutcome::Done(vec![id]) });
    recorder.finish()
}

#[test]
fn two_runs_give_one_text() {
    let one = normal_form(&exchange("aaaa", false));
    assert_eq!(one, normal_form(&exchange("b7f3", true)));
    let expected = "imdn-03/sample [udp]\nstep 1: done\n  asks IUT 0 {\"command\":\"dispose\"}\n  IUT replies {\"ok\":true}\n\
                    step 2: done\n  IUT sends to P\n    MESSAGE sip:p SIP/2.0\n    Call-ID: <call-1>\n\n    x.Message-ID: <id-1>\n";
    assert_eq!(one, expected);
}

#[test]
fn a_different_behaviour_gives_another_text() {
    let mut record = exchange("aaaa", false);
    for event in &mut record.events {
        if let EventKind::Received { octets, .. } = &mut event.kind {
            *octets = Bytes::from_static(b"MESSAGE sip:p SIP/2.0\r\nCall-ID: x\r\n\r\nx.Message-ID: \r\n");
        }
    }
    assert_ne!(normal_form(&record), normal_form(&exchange("aaaa", false)));
}

#[test]
fn many_rounds_are_told_by_number() {
    let recorder = Recorder::begin("s", "tcp");
    for round in 0..20 {
        let id = StepId(round);
        recorder.push(EventKind::StepBegan { id, path: StepPath::default().child(0, 0).child(1, round) });
        recorder.push(EventKind::StepEnded { id, outcome: StepOutcome::Done(vec![]) });
    }
    assert_eq!(normal_form(&recorder.finish()), "s [tcp]\nstep 1.2, 20 times: done\n");
}
