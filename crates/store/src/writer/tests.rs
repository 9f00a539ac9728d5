use allswell_model::{DownCause, EventBody, Status};

use super::*;
use crate::samples::{Sample, as_kept, at, degraded, down, id, target, tcp_up, transition};

fn whole(store: &Sample, name: &str) -> Vec<usize> {
    let page = store.reader.results(&id(name), None, 1000).unwrap();
    page.results.iter().rev().enumerate().filter(|(_, kept)| kept.whole).map(|(n, _)| n).collect()
}

#[test]
fn the_last_before_a_failure_and_of_it_the_first_each_change_the_last_and_one_a_minute_are_whole() {
    let mut store = Sample::new();
    let mut all = vec![tcp_up("a", at(0), 300)];
    all.extend((1..100).map(|n| down("a", at(n), DownCause::REFUSED)));
    all.extend((100..105).map(|n| down("a", at(n), DownCause::TIMED_OUT)));
    all.push(tcp_up("a", at(105), 300));
    all.extend((106..110).map(|n| degraded("a", at(n))));
    all.push(tcp_up("a", at(110), 300));
    all.iter().for_each(|result| store.results(std::slice::from_ref(result), result.started));
    assert_eq!(whole(&store, "a"), [0, 1, 61, 99, 100, 104, 105, 106, 109]);
    let store = store.reopened(at(200));
    let page = store.reader.results(&id("a"), None, 1000).unwrap();
    for (kept, result) in page.results.iter().rev().zip(&all) {
        assert_eq!(kept.result, as_kept(result, kept));
    }
}

#[test]
fn a_disk_that_refuses_costs_the_results_of_that_time_and_nothing_else() {
    let mut store = Sample::new();
    store.writer.targets(&[target("a")], at(0)).unwrap();
    store.results(&[tcp_up("a", at(1), 300), down("a", at(2), DownCause::REFUSED)], at(2));
    store.writer.connection.execute_batch("PRAGMA query_only = 1").unwrap();
    for n in 3..6 {
        let results = [Arc::new(down("a", at(n), DownCause::REFUSED))];
        let events = [transition("a", at(n), Status::Unknown, Status::Down)];
        let standings = [Standing { target: id("a"), status: Status::Down, since: at(n), marks: [].into(), incident: None }];
        let refused = store.writer.append(Batch { results: &results, events: &events, standings: &standings, ..Batch::default() }, at(n));
        assert_eq!(refused, Err(WriteError::ReadOnly));
    }
    store.reader.board(|board| {
        assert_eq!(board.row(&id("a")).unwrap().status, Status::Down);
        assert_eq!(board.row(&id("a")).unwrap().last.as_ref().unwrap().started, at(5));
        assert_eq!((board.not_kept.results, board.not_kept.events, board.kept.results), (3, 0, 2));
        assert!(board.unwritable.as_ref().unwrap().contains("can no longer be written"));
    });
    assert_eq!(store.reader.events(Cursor::START, 10).unwrap().events.len(), 1);
    store.writer.connection.execute_batch("PRAGMA query_only = 0").unwrap();
    store.results(&[down("a", at(6), DownCause::REFUSED), tcp_up("a", at(7), 300)], at(7));
    assert_eq!(store.reader.board(|board| board.unwritable.clone()), None);
    let events = store.reader.events(Cursor::START, 10).unwrap().events;
    assert_eq!(events.iter().filter(|event| matches!(event.body, EventBody::Transition(_))).count(), 3);
    let store = store.reopened(at(8));
    let page = store.reader.results(&id("a"), None, 10).unwrap();
    assert_eq!(page.results.iter().rev().map(|kept| kept.result.started).collect::<Vec<_>>(), [at(1), at(2), at(6), at(7)]);
    assert!(page.results.windows(2).all(|pair| pair[0].stamp.seq > pair[1].stamp.seq));
    assert_eq!(store.reader.standing(&id("a")).unwrap().unwrap().status, Status::Down);
}

#[test]
fn a_file_that_is_deleted_or_replaced_is_noticed_and_given_up() {
    for replaced in [false, true] {
        let mut store = Sample::new();
        let path = store.folder.path().join("store");
        store.writer.targets(&[target("a")], at(0)).unwrap();
        store.results(&[tcp_up("a", at(1), 300)], at(1));
        store.writer.maintain(at(1)).unwrap();
        let aside = path.with_file_name("aside");
        std::fs::rename(&path, &aside).unwrap();
        if replaced {
            std::fs::write(&path, "something else").unwrap();
        }
        let gone = WriteError::Gone(path.clone());
        assert_eq!(store.writer.maintain(at(2)), Err(gone.clone()));
        assert_eq!(store.reader.board(|board| board.unwritable.clone()), Some(gone.to_string()));
        assert!(gone.to_string().contains("was deleted or replaced"));
        let results = [Arc::new(tcp_up("a", at(3), 300))];
        let append = |store: &mut Sample, n| store.writer.append(Batch { results: &results, ..Batch::default() }, at(n));
        assert_eq!(append(&mut store, 3), Err(gone.clone()));
        std::fs::rename(&aside, &path).unwrap();
        assert_eq!(append(&mut store, 4), Err(gone.clone()), "until the next start");
        store.reader.board(|board| {
            assert_eq!((board.not_kept.results, board.unwritable.as_ref()), (2, Some(&gone.to_string())));
            assert_eq!(board.row(&id("a")).unwrap().last.as_ref().unwrap().started, at(3));
        });
        assert_eq!(store.writer.close(at(5)), Err(gone));
    }
}

#[test]
fn a_file_that_is_gone_at_the_end_is_told() {
    let mut store = Sample::new();
    let path = store.folder.path().join("store");
    store.results(&[tcp_up("a", at(1), 300)], at(1));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(store.writer.close(at(2)), Err(WriteError::Gone(path)));
}

#[test]
fn a_thousand_changes_of_what_is_watched_leave_nothing_behind_but_history() {
    let mut store = Sample::new();
    let named = |id: &str, group: &str, name: &str| {
        let name = allswell_model::TargetName::new(group, name).unwrap();
        Arc::new(allswell_model::Target { name, ..allswell_model::Target::clone(&target(id)) })
    };
    for n in 0..1000 {
        // One stays, one is renamed each time, one comes and goes, and their groups change.
        let group = format!("group-{}", n % 50);
        let mut targets = vec![target("stays"), named("renamed", &group, &format!("name-{n}"))];
        targets.extend((n % 2 == 0).then(|| named("comes", &group, "comes")));
        store.writer.targets(&targets, at(n)).unwrap();
        store.results(&[tcp_up("stays", at(n), 300), tcp_up("renamed", at(n), 300), tcp_up("comes", at(n), 300)], at(n));
        store.writer.maintain(at(n)).unwrap();
    }
    store.reader.board(|board| {
        assert_eq!((board.len(), board.histograms().count()), (2, 2));
        assert_eq!(&*board.row(&id("renamed")).unwrap().target.name.name, "name-999");
        assert_eq!(board.row(&id("renamed")).unwrap().outcomes.iter().map(|(_, n)| n).sum::<u64>(), 1000);
    });
    assert_eq!((store.writer.slots.len(), store.reader.shared.index().entries.len(), store.writer.waiting.is_empty()), (3, 3, true));
    assert_eq!(store.reader.known_targets(None, 10).unwrap().len(), 3);
    for name in ["stays", "renamed", "comes"] {
        assert_eq!(store.reader.results(&id(name), None, 2000).unwrap().results.len(), 1000, "{name}");
    }
    let events = store.reader.events_of(&id("renamed"), None, 10).unwrap().events;
    assert_eq!(events.len(), 1, "a new name is no new target: {events:?}");
}

#[test]
fn a_commit_of_nothing_tells_nothing_of_the_disk() {
    let mut store = Sample::new();
    store.results(&[tcp_up("a", at(1), 300)], at(1));
    store.writer.connection.execute_batch("PRAGMA query_only = 1").unwrap();
    let results = [Arc::new(tcp_up("a", at(2), 300))];
    store.writer.append(Batch { results: &results, ..Batch::default() }, at(2)).unwrap_err();
    store.writer.append(Batch::default(), at(3)).unwrap();
    assert!(store.reader.board(|board| board.unwritable.is_some()));
    store.writer.connection.execute_batch("PRAGMA query_only = 0").unwrap();
    store.results(&[tcp_up("a", at(4), 300)], at(4));
    assert_eq!(store.reader.board(|board| board.unwritable.clone()), None);
}
