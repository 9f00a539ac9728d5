use std::time::Duration;

use super::*;
use crate::samples::{Sample, alert, at, attempted, id, incident};
use crate::{Batch, ReadError, Standing};
use allswell_model::{Incident, Status};

fn keys(waiting: &[Pending]) -> Vec<u32> {
    waiting.iter().map(|pending| pending.alert.number).collect()
}

impl Sample {
    fn decide(&mut self, incidents: &[Incident], alerts: &[Alert]) {
        self.writer.append(Batch { incidents, alerts, ..Batch::default() }, at(0)).unwrap();
    }

    fn attempt(&mut self, attempts: &[Attempted]) {
        self.writer.append(Batch { attempts, ..Batch::default() }, at(0)).unwrap();
    }
}

#[test]
fn an_alert_waits_from_its_commit_until_it_is_delivered_or_given_up_also_across_restarts() {
    let mut store = Sample::new();
    let trouble = incident(at(1), "a");
    let alerts = [0, 1, 2].map(|number| alert(&trouble, number));
    store.decide(std::slice::from_ref(&trouble), &alerts);
    assert_eq!(keys(&store.reader.waiting()), [0, 1, 2]);
    assert_eq!(store.reader.board(|board| board.waiting), 3);
    let again = Sent::Again(at(60));
    store.attempt(&[attempted(&alerts[0], at(2), again), attempted(&alerts[1], at(3), Sent::Delivered)]);
    for reopened in [false, true] {
        if reopened {
            store = store.reopened(at(9));
        }
        let waiting = store.reader.waiting();
        assert_eq!(keys(&waiting), [0, 2]);
        assert_eq!((&*waiting[0].alert, waiting[0].attempts, waiting[0].due), (&alerts[0], 1, at(60)));
        assert_eq!((waiting[1].attempts, waiting[1].due), (0, alerts[2].decided));
        let told = store.reader.alerts_of(trouble.id).unwrap();
        let ends: Vec<_> = told.iter().map(|told| (told.alert.number, told.attempts, told.ended, told.at)).collect();
        assert_eq!(ends, [(0, 1, Some(again), Some(at(2))), (1, 1, Some(Sent::Delivered), Some(at(3))), (2, 0, None, None)]);
        assert_eq!(told[0].detail, attempted(&alerts[0], at(2), again).detail);
    }
    store.attempt(&[attempted(&alerts[0], at(60), Sent::GivenUp), attempted(&alerts[2], at(61), Sent::Delivered)]);
    assert!(store.reader.waiting().is_empty());
    let store = store.reopened(at(99));
    assert!(store.reader.waiting().is_empty());
    assert_eq!(store.reader.alerts_of(trouble.id).unwrap()[0].ended, Some(Sent::GivenUp));
}

#[test]
fn what_is_told_twice_counts_once() {
    let mut store = Sample::new();
    let trouble = incident(at(1), "a");
    let first = alert(&trouble, 0);
    store.decide(&[], &[first.clone(), first.clone()]);
    store.decide(&[], std::slice::from_ref(&first));
    store.attempt(&[attempted(&first, at(2), Sent::Delivered), attempted(&first, at(3), Sent::GivenUp)]);
    store.attempt(&[attempted(&first, at(4), Sent::Again(at(9)))]);
    let told = store.reader.alerts_of(trouble.id).unwrap();
    assert_eq!(told.iter().map(|told| (told.attempts, told.ended)).collect::<Vec<_>>(), [(1, Some(Sent::Delivered))]);
    assert!(store.reader.waiting().is_empty());
}

#[test]
fn incidents_that_last_are_on_the_board_and_found_again_with_their_targets() {
    let mut store = Sample::new();
    store.writer.targets(&[crate::samples::target("a")], at(0)).unwrap();
    let (ends, mut lasts) = (incident(at(1), "a"), incident(at(2), "a"));
    let standing = Standing { target: id("a"), status: Status::Down, since: at(1), marks: [].into(), incident: Some(lasts.id) };
    let both = [ends.clone(), lasts.clone()];
    store.writer.append(Batch { incidents: &both, standings: &[standing], ..Batch::default() }, at(2)).unwrap();
    lasts.targets = 7;
    store.decide(&[Incident { ended: Some(at(3)), ..ends }, lasts.clone()], &[]);
    for reopened in [false, true] {
        if reopened {
            store = store.reopened(at(9));
            assert_eq!(store.reader.standing(&id("a")).unwrap().unwrap().incident, Some(lasts.id));
            store.writer.targets(&[crate::samples::target("a")], at(9)).unwrap();
        }
        assert_eq!(store.reader.open_incidents().unwrap(), [lasts.clone()]);
        store.reader.board(|board| {
            assert_eq!(board.row(&id("a")).unwrap().incident, Some(lasts.id));
            assert_eq!(board.incidents.keys().copied().collect::<Vec<_>>(), [lasts.id]);
        });
    }
    // A target that is no longer watched is in none.
    store.writer.targets(&[], at(10)).unwrap();
    store.writer.targets(&[crate::samples::target("a")], at(11)).unwrap();
    assert_eq!(store.reader.board(|board| board.row(&id("a")).unwrap().incident), None);
}

#[test]
fn while_the_disk_refuses_alerts_wait_all_the_same_and_are_written_later_under_their_keys() {
    let mut store = Sample::new();
    let mut trouble = incident(at(1), "a");
    let alerts = [0, 1, 2].map(|number| alert(&trouble, number));
    store.decide(std::slice::from_ref(&trouble), &alerts[..1]);
    store.writer.connection.execute_batch("PRAGMA query_only = 1").unwrap();
    trouble.targets = 5;
    let refused = [
        Batch { incidents: &[trouble.clone()], alerts: &alerts[1..], ..Batch::default() },
        Batch {
            attempts: &[attempted(&alerts[0], at(2), Sent::Delivered), attempted(&alerts[1], at(3), Sent::Delivered)],
            ..Batch::default()
        },
        Batch { attempts: &[attempted(&alerts[2], at(4), Sent::Again(at(30)))], ..Batch::default() },
    ]
    .map(|batch| store.writer.append(batch, at(4)));
    assert_eq!(refused, [const { Err(crate::WriteError::ReadOnly) }; 3]);
    let ends = |store: &Sample| -> Vec<_> {
        store.reader.alerts_of(trouble.id).unwrap().into_iter().map(|told| (told.alert.key.clone(), told.attempts, told.ended)).collect()
    };
    let expected = [Some(Sent::Delivered), Some(Sent::Delivered), Some(Sent::Again(at(30)))];
    let expected: Vec<_> = alerts.iter().zip(expected).map(|(alert, ended)| (alert.key.clone(), 1, ended)).collect();
    let all = |store: &Sample| {
        assert_eq!(keys(&store.reader.waiting()), [2]);
        assert_eq!(ends(store), expected);
        assert_eq!(store.reader.open_incidents().unwrap(), [trouble.clone()]);
        assert_eq!(store.reader.board(|board| (board.waiting, board.not_kept.alerts, board.not_kept.incidents)), (1, 0, 0));
    };
    all(&store);
    assert!(store.reader.board(|board| board.unwritable.is_some()));
    store.writer.connection.execute_batch("PRAGMA query_only = 0").unwrap();
    store.decide(&[], &[]);
    all(&store);
    all(&store.reopened(at(9)));
}

#[test]
fn of_too_many_alerts_the_oldest_are_given_up_and_counted() {
    let mut store = Sample::new();
    let trouble = incident(at(1), "a");
    let alerts: Vec<_> = (0..MOST_WAITING as u32 + 3).map(|number| alert(&trouble, number)).collect();
    store.decide(&[], &alerts);
    assert_eq!(keys(&store.reader.waiting()), (3..MOST_WAITING as u32 + 3).collect::<Vec<_>>());
    let told = store.reader.alerts_of(trouble.id).unwrap();
    assert_eq!(told[2].ended, Some(Sent::GivenUp));
    assert_eq!((told[2].detail.as_str(), told[3].ended), (TOO_MANY, None));
    assert_eq!(store.reader.board(|board| (board.waiting, board.not_kept.alerts)), (MOST_WAITING, 3));
    assert_eq!(store.reopened(at(9)).reader.waiting().len(), MOST_WAITING);
}

#[test]
fn what_waits_for_the_disk_is_bounded_and_what_is_forgotten_is_counted() {
    let mut outbox = Outbox::default();
    let trouble = incident(at(1), "a");
    for number in 0..MOST_UNWRITTEN as u32 + 5 {
        let one = alert(&trouble, number);
        let lost = outbox.take(std::slice::from_ref(&one), &[attempted(&one, at(2), Sent::Delivered)], at(2));
        assert_eq!(lost, u64::from(number >= MOST_UNWRITTEN as u32), "{number}");
    }
    assert_eq!((outbox.unwritten().count(), outbox.len(), outbox.places.len()), (MOST_UNWRITTEN, 0, MOST_UNWRITTEN));
    let mut incidents = (0..5000).map(|n| incident(at(n), "a")).map(|one| (one.id, one)).collect();
    assert_eq!(crate::incidents::give_up(&mut incidents), 0);
    incidents.values_mut().for_each(|one| one.ended = Some(one.began + Duration::from_secs(1)));
    assert_eq!(crate::incidents::give_up(&mut incidents), 5000 - 4096);
    assert_eq!(incidents.keys().next().unwrap().0, at(5000 - 4096).0);
}

#[test]
fn an_alert_of_a_version_that_is_not_known_is_refused() {
    let mut store = Sample::new();
    let trouble = incident(at(1), "a");
    store.decide(std::slice::from_ref(&trouble), &[alert(&trouble, 0)]);
    store.writer.connection.execute_batch("UPDATE outbox SET version = 9").unwrap();
    assert!(matches!(store.reader.alerts_of(trouble.id), Err(ReadError::Corrupt(_))));
    let path = store.folder.path().join("store");
    let crate::samples::Sample { folder: _folder, writer, reader } = store;
    drop((writer, reader));
    assert!(matches!(crate::open(&crate::samples::settings(path.parent().unwrap()), at(9)), Err(crate::OpenError::Corrupt { .. })));
}
