//! Profiles, good and bad.

use scenario::Style;
use scenario::model::TransportName;

use super::*;
use crate::iut::Addressing;

fn read(text: &str) -> Result<Iut, String> {
    let ledger = Ledger::builtin().unwrap();
    load("iut.yaml", text, Path::new("lab"), &ledger).map_err(|problems| problems.render(Style::Plain))
}

#[test]
fn a_short_profile_is_enough() {
    let iut = read(
        "name: Example UA\nics: {roles: [reporting-uas], documents: [imdn-03]}\n\
         driver: {exec: {program: ./ua.py, args: [--proxy, '{harness}']}}\n",
    )
    .unwrap();
    assert_eq!((iut.ixit.instances, iut.ixit.scale), (1, 1.0));
    let Driver::Exec(exec) = iut.driver else { panic!() };
    assert_eq!(exec.program, Path::new("lab/./ua.py"));
}

#[test]
fn a_long_profile_says_everything() {
    let iut = read(
        "name: Phone\n\
         ics:\n  roles: [reporting-uas, requesting-uac]\n  documents: [imdn-03]\n\
         \x20 absent: {IMDN-8.1-5: there is no way to insist}\n\
         ixit:\n  windows: {reply: 3s, quiet: 500}\n  scale: 2.5\n  transports: [udp]\n  addressing: aor\n\
         \x20 domain: lab.test\n  listen: 127.0.0.2\n  port: 5070\n  endpoints: ['sip:10.0.0.7:5060;transport=udp']\n\
         \x20 addresses: ['im:bob@lab.test']\n  scoped: false\n\
         \x20 static-lists: [{uri: 'im:l@lab.test', members: ['im:d@peer.test'], disclosed: false}]\n  limits: {parallel: 4, events: 1000}\n\
         driver: {manual: {}}\n",
    )
    .unwrap();
    assert_eq!(iut.ixit.addressing, Addressing::Aor);
    assert_eq!(iut.ixit.transports, [TransportName::Udp]);
    assert_eq!(iut.ixit.windows.quiet, Length::millis(500));
    assert!(!iut.ixit.static_lists[0].disclosed);
    assert_eq!(iut.ixit.limits.ready, Length::seconds(10));
}

#[test]
fn every_mistake_has_its_place() {
    let head = "name: X\nics: {roles: [reporting-uas], documents: [imdn-03]}\n";
    let exec = "driver: {exec: {program: ua}}\n";
    let table = [
        (format!("{head}{exec}ixti: {{}}\n"), "4:1", "ixit"),
        (format!("{head}driver: {{exec: {{program: ua, arg: []}}}}\n"), "3:30", "args"),
        (format!("{head}ixit: {{windows: {{reply: soon}}}}\n{exec}"), "3:25", ""),
        (format!("{head}ixit: {{scale: -1}}\n{exec}"), "3:15", "positive"),
        (format!("{head}ixit: {{listen: 0.0.0.0}}\n{exec}"), "3:16", "reaches this machine"),
        (format!("{head}ixit: {{endpoints: [bob]}}\n{exec}"), "3:20", "sip:bob@127.0.0.1:5060"),
        (
            format!("{head}ixit: {{static-lists: [{{uri: 'sip:l@h', members: ['sip:h']}}]}}\n{exec}"),
            "3:50",
            "names no user",
        ),
        (
            format!(
                "{head}ixit: {{static-lists: [{{uri: 'sip:l@h', members: ['sip:d@h', 'sip:d@i']}}]}}\n{exec}"
            ),
            "3:61",
            "told apart by the user part",
        ),
        (format!("{head}ixit: {{commands: [dispos]}}\n{exec}"), "3:19", "did you mean `dispose`?"),
        (
            format!("{head}ixit: {{instances: 2}}\ndriver: {{tcp: {{address: 'localhost:7000'}}}}\n"),
            "3:19",
            "exec",
        ),
        (format!("{head}driver: {{tcp: {{address: localhost}}}}\n"), "3:25", "127.0.0.1:7000"),
        (format!("{head}driver: {{none: {{}}}}\n"), "3:9", "`endpoints`"),
        (format!("{head}driver: {{exec: {{program: ua}}, none: {{}}}}\n"), "3:", ""),
        (
            "name: X\nics: {roles: [reporting-uas], documents: [imdn-03], absent: {IMDN-9.1-x: no}}\n"
                .to_owned()
                + exec,
            "2:",
            "did you mean `IMDN-9.1-",
        ),
        (format!("name: X\nics: {{roles: [reporter], documents: [imdn-03]}}\n{exec}"), "2:15", ""),
    ];
    for (text, place, part) in table {
        let problems = read(&text).unwrap_err();
        assert!(problems.contains(&format!("iut.yaml:{place}")), "{place}\n{problems}");
        assert!(problems.contains(part), "{part}\n{problems}");
    }
}
