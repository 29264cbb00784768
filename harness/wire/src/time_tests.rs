use super::*;
use proptest::prelude::*;

fn rules_of(text: &str) -> Vec<&'static str> {
    decode(text.as_bytes(), 0..text.len()).deviations.iter().map(|found| found.rule.name).collect()
}

fn read(text: &str) -> Option<Timestamp> {
    decode(text.as_bytes(), 0..text.len()).value
}

#[test]
fn examples_of_rfc_3339_section_5_8_pass() {
    for text in [
        "1985-04-12T23:20:50.52Z",
        "1996-12-19T16:39:57-08:00",
        "1990-12-31T23:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "1937-01-01T12:00:27.87+00:20",
    ] {
        assert_eq!(rules_of(text), Vec::<&str>::new(), "{text}");
        assert!(read(text).is_some(), "{text}");
    }
    assert!(read("1990-12-31T23:59:60Z").is_some_and(|time| time.leap_second));
}

#[test]
fn each_departure_is_named_and_read() {
    let strict = |text| read(text).map(|time| time.instant);
    for (text, rule, same_as) in [
        ("2005-10-18T09:27:22-5", "time.offset-hour-only", "2005-10-18T09:27:22-05:00"),
        ("2005-10-18T09:30:18+1", "time.offset-hour-only", "2005-10-18T09:30:18+01:00"),
        ("2005-10-18T09:30:18+01", "time.offset-hour-only", "2005-10-18T09:30:18+01:00"),
        ("2005-10-18T09:30:18+0100", "time.offset-form", "2005-10-18T09:30:18+01:00"),
        ("2005-10-18T09:30:18+1:00", "time.offset-form", "2005-10-18T09:30:18+01:00"),
        ("2005-10-18T09:30:18", "time.offset-missing", "2005-10-18T09:30:18Z"),
        ("2005-10-18t09:30:18Z", "time.lower-case", "2005-10-18T09:30:18Z"),
        ("2005-10-18T09:30:18z", "time.lower-case", "2005-10-18T09:30:18Z"),
        ("2005-10-18 09:30:18Z", "time.separator", "2005-10-18T09:30:18Z"),
        ("2005-10-18T09:30:18.Z", "time.fraction-empty", "2005-10-18T09:30:18Z"),
        (" 2005-10-18T09:30:18Z", "time.padded", "2005-10-18T09:30:18Z"),
        ("2005-10-18T09:30:60Z", "time.leap-second", "2005-10-18T09:30:59Z"),
    ] {
        assert_eq!(rules_of(text), [rule], "{text}");
        assert!(strict(text).is_some());
        assert_eq!(strict(text), strict(same_as), "{text}");
    }
}

#[test]
fn what_is_no_time_is_refused() {
    for text in
        ["", "now", "2005-02-30T00:00:00Z", "2005-10-18T24:00:00Z", "2005-10-18", "2005-10-18T09:30:18+99:00"]
    {
        assert_eq!(rules_of(text), ["time.malformed"], "{text}");
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn spans_point_at_the_zone() {
    let octets = b"DateTime: 2005-10-18T09:27:22-5\r\n";
    let decoded = decode(octets, 10..31);
    assert_eq!(decoded.deviations[0].span, 29..31);
    assert_eq!(&octets[decoded.deviations[0].span.clone()], b"-5");
}

#[test]
fn utc_is_z_or_plus_zero() {
    for (text, rules) in [
        ("2005-10-18T09:30:18Z", vec![]),
        ("2005-10-18T09:30:18+00:00", vec![]),
        ("2005-10-18T09:30:18-00:00", vec!["time.offset-unknown"]),
        ("2005-10-18T09:30:18+02:00", vec!["time.not-utc"]),
        ("2005-10-18T09:30:18", vec!["time.offset-missing"]),
    ] {
        let decoded = decode_utc(text.as_bytes(), 0..text.len());
        assert_eq!(
            decoded.deviations.iter().map(|found| found.rule.name).collect::<Vec<_>>(),
            rules,
            "{text}"
        );
    }
    assert_eq!(rules_of("2005-10-18T09:30:18-00:00"), Vec::<&str>::new());
}

#[test]
fn sip_date_is_the_example_of_rfc_3261() {
    let text = b"Sat, 13 Nov 2010 23:29:00 GMT";
    let decoded = decode_sip_date(text, 0..text.len());
    assert!(decoded.deviations.is_empty());
    let date = decoded.value.unwrap();
    assert_eq!(encode_sip_date(date).unwrap().as_bytes(), text);
    assert_eq!(encode(date).unwrap(), "2010-11-13T23:29:00Z");
    for wrong in ["Sun, 13 Nov 2010 23:29:00 GMT", "Sat, 13 Nov 2010 23:29:00 CET", "yesterday"] {
        assert!(decode_sip_date(wrong.as_bytes(), 0..wrong.len()).breaks(&rule::SIP_DATE), "{wrong}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..64)) {
        for decoded in [decode(&octets, 0..octets.len()), decode_utc(&octets, 0..octets.len() + 3)] {
            prop_assert_eq!(decoded.value.is_none(), decoded.breaks(&rule::MALFORMED));
        }
        decode_sip_date(&octets, 0..octets.len());
    }

    #[test]
    fn near_timestamps_are_survived(text in "[09][09]99-12-31[Tt ]23:59:[56][09](\\.[0-9]{0,12})?([Zz]|[+-][0-9]{0,2}:?[0-9]{0,3})?") {
        for found in decode_utc(text.as_bytes(), 0..text.len()).deviations {
            prop_assert!(found.span.end <= text.len());
        }
    }

    #[test]
    fn what_is_written_is_read(seconds in 0_i64..253_402_300_800) {
        let instant = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        let text = encode(instant).unwrap();
        let decoded = decode_utc(text.as_bytes(), 0..text.len());
        prop_assert_eq!(decoded.value.map(|time| time.instant), Some(instant));
        prop_assert!(decoded.deviations.is_empty());
        let date = encode_sip_date(instant).unwrap();
        prop_assert_eq!(decode_sip_date(date.as_bytes(), 0..date.len()).value, Some(instant));
    }
}
