//! Random lives beside a naive model that knows, of each connection, what was asked until when.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Add(u32),
    Remove(u32),
    Pong(u32),
    WrongPong(u32, u64),
    Heard(u32),
    /// Time passes, and every beat is fetched when it is due.
    Pass(u32),
    /// Time passes, and nobody looks meanwhile.
    Stall(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0_u32..5;
    prop_oneof![
        2 => key.clone().prop_map(Step::Add),
        1 => key.clone().prop_map(Step::Remove),
        4 => key.clone().prop_map(Step::Pong),
        1 => (key.clone(), 0..u64::MAX).prop_map(|(key, number)| Step::WrongPong(key, number)),
        1 => key.prop_map(Step::Heard),
        6 => (1_u32..700).prop_map(Step::Pass),
        1 => (1_u32..2500).prop_map(Step::Stall),
    ]
}

/// What is so of one connection. `question` is its number and when it was first asked; `deadline` is set while an answer is awaited.
#[derive(Debug, Default)]
struct Life {
    question: Option<(u64, Instant)>,
    deadline: Option<Instant>,
    again: bool,
    back: bool,
    lost: bool,
    missed: u32,
    idle_since: Option<Instant>,
}

impl Life {
    fn answered(&mut self, now: Instant) {
        if self.deadline.is_some() || self.again || self.lost {
            self.back |= self.missed > 0;
            *self = Self { question: self.question, back: self.back, idle_since: Some(now), ..Self::default() };
        }
    }

    fn said(&mut self, beat: Beat, now: Instant, heartbeat: &Heartbeat, numbers: &mut BTreeSet<u64>) {
        match beat {
            Beat::Ping(number) => {
                if self.again {
                    assert_eq!(Some(number), self.question.map(|question| question.0));
                } else {
                    assert!(self.deadline.is_none() && !self.lost && !self.back, "{self:?}");
                    assert!(numbers.insert(number), "no number comes twice");
                    self.question = Some((number, now));
                }
                (self.again, self.deadline, self.idle_since) = (false, Some(now + heartbeat.timeout()), None);
            }
            Beat::Missed(miss) | Beat::Lost(miss) => {
                let late = now - self.deadline.take().unwrap();
                assert!(late <= heartbeat.tolerance(), "{late:?}");
                self.missed += 1;
                self.lost = self.missed > heartbeat.misses_allowed();
                self.again = !self.lost;
                assert_eq!((miss.missed, matches!(beat, Beat::Lost(_))), (self.missed, self.lost));
                assert_eq!(Some((miss.number, now - miss.waited)), self.question);
            }
            Beat::Late(by) => {
                assert!(by > heartbeat.tolerance());
                assert_eq!(Some(now - by), self.deadline.replace(now + heartbeat.timeout()));
            }
            Beat::Back(_) => assert!(std::mem::take(&mut self.back)),
        }
    }

    /// Nothing that was due by now was left out.
    fn settled(&self, now: Instant, heartbeat: &Heartbeat) {
        assert!(!self.again && !self.back, "{self:?}");
        assert!(self.deadline.is_none_or(|deadline| deadline > now), "{self:?}");
        assert!(
            self.idle_since.is_none_or(|since| now < since + heartbeat.interval() + heartbeat.jitter()),
            "nobody is forgotten: {self:?}"
        );
    }
}

#[derive(Debug)]
struct World {
    beats: Beats<u32>,
    heartbeat: Heartbeat,
    lives: BTreeMap<u32, Life>,
    numbers: BTreeSet<u64>,
    now: Instant,
}

impl World {
    fn poll(&mut self) {
        while let Some((key, beat)) = self.beats.poll(self.now) {
            let life = self.lives.get_mut(&key).expect("nothing is said of who is gone");
            life.said(beat, self.now, &self.heartbeat, &mut self.numbers);
        }
        self.lives.values().for_each(|life| life.settled(self.now, &self.heartbeat));
        assert!(self.beats.next_due().is_none_or(|due| due > self.now));
    }

    fn pass(&mut self, ms: u32) {
        let end = self.now + MS * ms;
        while let Some(due) = self.beats.next_due().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.poll();
        }
        self.now = end;
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Add(key) => {
                self.beats.add(key, self.now);
                self.lives.insert(key, Life { idle_since: Some(self.now), ..Life::default() });
            }
            Step::Remove(key) => assert_eq!(self.beats.remove(&key), self.lives.remove(&key).is_some()),
            Step::Pong(key) => {
                let Some(life) = self.lives.get_mut(&key) else { return };
                let Some((number, asked)) = life.question.take() else { return };
                assert_eq!(self.beats.pong(&key, number, self.now), Some(self.now - asked));
                life.answered(self.now);
            }
            Step::WrongPong(key, number) => assert_eq!(self.beats.pong(&key, number, self.now), None),
            Step::Heard(key) => {
                self.beats.heard(&key, self.now);
                self.lives.entry(key).and_modify(|life| life.answered(self.now));
            }
            Step::Pass(ms) => self.pass(ms),
            Step::Stall(ms) => self.now += MS * ms,
        }
        self.poll();
    }
}

proptest! {
    #[test]
    fn every_beat_is_one_that_the_model_expects(
        steps in prop::collection::vec(step(), 1..120),
        seed: u64,
        timeout in 50_u32..1500,
        jitter in 0.0..0.9,
        misses_allowed in 0_u32..4,
    ) {
        let settings = Settings { timeout: MS * timeout, jitter, misses_allowed, ..settings() };
        let heartbeat = settings.check().unwrap();
        let beats = Beats::new(heartbeat, seed);
        let mut world = World { beats, heartbeat, lives: BTreeMap::new(), numbers: BTreeSet::new(), now: Instant::now() };
        for step in &steps {
            world.take(step);
        }
        prop_assert_eq!(world.beats.len(), world.lives.len());
    }

    #[test]
    fn who_answers_in_time_is_never_missed(delays in prop::collection::vec(0_u32..=1000, 1..200), seed: u64) {
        let settings = Settings { timeout: MS * 1000, jitter: 0.3, ..settings() };
        let mut beats = Beats::new(settings.check().unwrap(), seed);
        let mut now = Instant::now();
        beats.add(1, now);
        for delay in delays {
            now = now.max(beats.next_due().unwrap());
            let Some((1, Beat::Ping(number))) = beats.poll(now) else { panic!("nothing but pings") };
            now += MS * delay;
            prop_assert_eq!(beats.pong(&1, number, now), Some(MS * delay));
            prop_assert_eq!(beats.poll(now), None);
        }
    }
}
