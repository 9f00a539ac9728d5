use std::sync::Arc;

use allswell_model::ChannelName;
use proptest::prelude::*;

use super::*;

/// d down, u unknown, g degraded, + up, p paused; `.` in no incident.
fn status(letter: char) -> Option<Status> {
    match letter {
        'd' => Some(Status::Down),
        'u' => Some(Status::Unknown),
        'g' => Some(Status::Degraded),
        '+' => Some(Status::Up),
        'p' => Some(Status::Paused),
        _ => None,
    }
}

fn asks(channels: &[&str], on: &str) -> Alerting {
    let channels = channels.iter().map(|name| ChannelName::new(name).unwrap()).collect();
    Alerting { channels, on: on.chars().filter_map(status).collect::<Arc<[_]>>(), remind: None, after: std::time::Duration::ZERO }
}

/// Which of them is wished, as a letter: N nowhere, S stay, J join, W wait.
fn letter(wish: Wish) -> char {
    match wish {
        Wish::Nowhere => 'N',
        Wish::Stay => 'S',
        Wish::Join => 'J',
        Wish::Wait => 'W',
    }
}

#[test]
fn the_whole_rule() {
    // Down the rows: what is asked for, and the incident it is in. Across: the status it has by now.
    let columns = "pgud+";
    let table = [
        // on, within, expected
        ("du", '.', "NNWJN"),
        ("du", 'u', "NNSJN"),
        ("du", 'd', "NNSSN"),
        ("gud", '.', "NJWJN"),
        ("gud", 'g', "NSSJN"),
        ("gud", 'u', "NSSJN"),
        ("gud", 'd', "NSSSN"),
        ("d", '.', "NNNJN"),
        ("d", 'd', "NNSSN"),
        ("u", '.', "NNWNN"),
        ("u", 'u', "NNSNN"),
        ("g", '.', "NJNNN"),
        ("g", 'g', "NSSNN"),
        // Its policy was another when it joined.
        ("u", 'd', "NNSNN"),
        ("g", 'd', "NSSNN"),
        ("d", 'g', "NNSJN"),
        ("", '.', "NNNNN"),
        ("", 'd', "NNNNN"),
    ];
    for (on, within, expected) in table {
        let asks = asks(&["oncall"], on);
        let wished: String = columns.chars().map(|now| letter(wish(&asks, status(now).unwrap(), status(within)))).collect();
        assert_eq!(wished, expected, "on {on:?}, in an incident of {within:?}");
    }
}

proptest! {
    #[test]
    fn without_a_channel_nobody_is_told(now in "[pgud+]", on in "[gud]{0,3}", within in "[.gud]") {
        let [now, within] = [now, within].map(|text| status(text.chars().next().unwrap()));
        prop_assert_eq!(wish(&asks(&[], &on), now.unwrap(), within), Wish::Nowhere);
    }

    #[test]
    fn unknown_ends_nothing_while_anything_is_asked_for(on in "[gud]{1,3}", within in "[gud]") {
        prop_assert_eq!(wish(&asks(&["oncall"], &on), Status::Unknown, within.chars().next().and_then(status)), Wish::Stay);
    }
}
