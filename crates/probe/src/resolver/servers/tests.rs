use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn server(last: u8) -> SocketAddr {
    ([10, 0, 0, last], 53).into()
}

#[test]
fn only_another_name_of_the_last_minute_speaks_for_a_server() {
    let mut servers = Servers::default();
    let now = Instant::now();
    servers.answered(server(2), "db", now);
    assert_eq!(servers.answered_others(server(2), "db", now), None);
    assert_eq!(servers.answered_others(server(3), "web", now), None);
    assert_eq!(servers.answered_others(server(2), "web", now + SECOND * 60), Some(SECOND * 60));
    assert_eq!(servers.answered_others(server(2), "web", now + SECOND * 61), None);
}

#[test]
fn the_last_answer_for_another_name_is_remembered_behind_many_for_this_one() {
    let mut servers = Servers::default();
    let now = Instant::now();
    servers.answered(server(2), "web", now);
    for n in 1..=5 {
        servers.answered(server(2), "db", now + SECOND * n);
    }
    assert_eq!(servers.answered_others(server(2), "db", now + SECOND * 6), Some(SECOND * 6));
    assert_eq!(servers.answered_others(server(2), "web", now + SECOND * 6), Some(SECOND));
}

#[test]
fn a_silent_server_is_asked_last_for_a_while() {
    let mut servers = Servers::default();
    let now = Instant::now();
    let all = [server(2), server(3)];
    servers.silent(server(2), now);
    assert_eq!(servers.arranged(&all, now), [server(3), server(2)]);
    assert_eq!(servers.arranged(&all, now + AVOIDED), all);
    servers.spoke(server(2));
    assert_eq!(servers.arranged(&all, now), all);
}
