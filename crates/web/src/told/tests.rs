use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Alert, AlertKey, Alerting, ChannelName, IncidentId, NodeId};

use super::*;
use crate::sample::{NOW, target};

fn told(channel: &str, number: u32, attempts: u32, ended: Option<Sent>) -> Told {
    let alert = Alert {
        key: AlertKey::new(&format!("fra-1-1-{number}-{channel}")).unwrap(),
        channel: ChannelName::new(channel).unwrap(),
        kind: if number == 0 { AlertKind::Firing } else { AlertKind::Reminder },
        incident: IncidentId(1),
        number,
        decided: NOW - Duration::from_secs(600),
        began: NOW - Duration::from_secs(600),
        ended: None,
        node: NodeId::new("fra-1").unwrap(),
        location: "".into(),
        status: Status::Down,
        stage: None,
        cause: None,
        summary: String::new(),
        first: target("prod", "db", "tcp://db:5432").id,
        total: 1,
        targets: Vec::new(),
    };
    let at = ended.map(|_| NOW - Duration::from_secs(180));
    Told { alert: Arc::new(alert), attempts, ended, at, detail: if attempts > 0 { "HTTP 200".to_owned() } else { String::new() } }
}

#[test]
fn each_way_says_how_it_went() {
    let due = NOW + Duration::from_secs(40);
    for (told, state, ago, detail) in [
        (told("oncall", 0, 1, Some(Sent::Delivered)), State::Told, "3 min", "HTTP 200"),
        (told("oncall", 0, 4, Some(Sent::Delivered)), State::Told, "3 min", "HTTP 200, tried 4 times"),
        (told("oncall", 0, 0, None), State::Telling, "10 min", "on its way"),
        (told("oncall", 0, 1, Some(Sent::Again(due))), State::Failing, "10 min", "HTTP 200; tried once, again in 40 s"),
        (told("oncall", 0, 2, Some(Sent::Again(NOW))), State::Failing, "10 min", "HTTP 200; tried 2 times, again now"),
        (told("oncall", 0, 9, Some(Sent::GivenUp)), State::NotTold, "10 min", "HTTP 200; tried 9 times, given up"),
    ] {
        let line = lines(&[told], NOW).pop().unwrap();
        assert_eq!((line.state, line.at.ago.as_str(), line.detail.as_str()), (state, ago, detail));
    }
}

#[test]
fn in_short_only_the_newest_of_each_way_counts() {
    let all = [told("oncall", 0, 1, Some(Sent::Delivered)), told("mail", 1, 9, Some(Sent::GivenUp)), told("oncall", 2, 0, None)];
    let short: Vec<_> = newest(&all, NOW).into_iter().map(|line| (line.channel, line.state, line.what)).collect();
    assert_eq!(short, [("oncall".to_owned(), State::Telling, "that it lasts"), ("mail".to_owned(), State::NotTold, "that it lasts")]);
    assert_eq!(lines(&all, NOW).first().map(|line| line.state), Some(State::Telling), "the newest first");
}

#[test]
fn only_one_alert_of_a_way_is_tried_and_the_rest_wait_behind_it() {
    let due = NOW + Duration::from_secs(40);
    let mut hung = told("oncall", 1, 1, Some(Sent::Again(due)));
    hung.detail = "no reply within 10 s.".to_owned();
    let waiting = |number| told("oncall", number, 0, None);
    let all = [told("oncall", 0, 1, Some(Sent::Delivered)), hung, waiting(2), told("mail", 2, 0, None), waiting(3)];
    let hung = "no reply within 10 s; tried once, again in 40 s; 2 more wait behind it";
    let said = |lines: Vec<Line>| lines.into_iter().map(|line| (line.channel, line.state, line.detail)).collect::<Vec<_>>();
    let one = |channel: &str, state, detail: &str| (channel.to_owned(), state, detail.to_owned());
    assert_eq!(
        said(lines(&all, NOW)),
        [one("oncall", State::Failing, hung), one("mail", State::Telling, "on its way"), one("oncall", State::Told, "HTTP 200")]
    );
    assert_eq!(said(newest(&all, NOW)), [one("oncall", State::Failing, hung), one("mail", State::Telling, "on its way")]);
    let first = said(lines(&[waiting(0), waiting(1)], NOW));
    assert_eq!(first, [one("oncall", State::Telling, "on its way; one more waits behind it")]);
}

#[test]
fn what_was_told_again_and_again_is_one_line_with_a_count() {
    let mut all = vec![told("oncall", 0, 1, Some(Sent::Delivered))];
    all.extend((1..10).map(|number| told("oncall", number, 1, Some(Sent::Delivered))));
    all.last_mut().unwrap().at = Some(NOW - Duration::from_secs(60));
    all.extend((10..12).map(|number| told("oncall", number, 9, Some(Sent::GivenUp))));
    let said: Vec<_> = lines(&all, NOW).into_iter().map(|line| (line.state, line.what, line.times, line.at.ago)).collect();
    let one = |state, what, times: Option<&str>, ago: &str| (state, what, times.map(str::to_owned), ago.to_owned());
    assert_eq!(
        said,
        [
            one(State::NotTold, "that it lasts", Some("2"), "10 min"),
            one(State::Told, "that it lasts", Some("9"), "1 min"),
            one(State::Told, "that it began", None, "3 min"),
        ]
    );
}

#[test]
fn where_nobody_is_told_it_says_why() {
    let mut db = target("prod", "db", "tcp://db:5432");
    assert_eq!(silence(&db, Status::Down), "not told: nobody is named in its `alert`");
    db.alerting = Alerting { channels: [ChannelName::new("oncall").unwrap()].into(), ..Alerting::default() };
    assert_eq!(silence(&db, Status::Degraded), "not told: `alert_on` leaves out degraded");
    assert_eq!(silence(&db, Status::Unknown), "not told yet: unknown must last before it wakes anybody");
    db.protocol = "link";
    let said = silence(&db, Status::Down);
    assert_eq!(said, "not told from here: down must last before it wakes anybody, and the first node that sees it tells of it");
}
