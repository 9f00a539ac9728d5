//! What can wait a moment: rows for the peers, results, figures, what pages show. It takes longer than to judge a silence, so it is
//! done while no silence is about to be judged.

use std::time::Duration;

use allswell_link::ids::Node;
use allswell_link::terms::Terms;
use allswell_link::time::Moment;

use super::members::terms;
use super::{Driver, MANY, now};

/// Figures are made, told and judged this often.
const EACH: Duration = Duration::from_secs(1);

/// What changes is told at once, but no more often than this: where many links change together, that is told once.
const BETWEEN: Duration = Duration::from_millis(20);

/// Telling takes less than this, but with very many links.
const LEISURE: Duration = Duration::from_millis(2);

/// So long at most are peers told of links in one go: where there are hundreds, the next ones get their turn after what is due.
const IN_ONE_GO: Duration = Duration::from_millis(1);

/// It waits no longer than this, however many silences there are to judge.
const AT_LATEST: Duration = Duration::from_millis(20);

/// When what is to be told.
#[derive(Debug)]
pub(super) struct Tells {
    figures: Moment,
    /// A link has changed.
    change: Option<Moment>,
    /// The peers are to hear of it.
    report: Option<Moment>,
    reported: Moment,
    /// How many are still to hear of it, who have their turn after this one.
    left: usize,
    after: Node,
    /// Others say something else of their links.
    picture: Option<Moment>,
}

impl Tells {
    pub(super) fn beginning(now: Moment) -> Self {
        Self { figures: now, change: None, report: None, reported: Moment::default(), left: 0, after: Node(0), picture: None }
    }

    /// All peers are to hear of something, though not too often.
    fn has_news(&mut self, moment: Moment) {
        self.left = usize::MAX;
        self.report.get_or_insert(moment.max(self.reported + BETWEEN));
    }

    fn first(&self) -> Moment {
        [self.change, self.report, self.picture].into_iter().flatten().fold(self.figures, Moment::min)
    }
}

impl Driver {
    /// When something is to be told. What was put off is looked at again after the silence that it waits for.
    pub(super) fn next_telling(&self) -> Moment {
        let first = self.tells.first();
        if first <= now() { first + AT_LATEST } else { first }
    }

    /// Tells what is due.
    pub(super) fn tell(&mut self) {
        let moment = now();
        if self.board.has_changed() {
            self.tells.change.get_or_insert(moment);
        }
        if self.board.is_retold() {
            self.tells.picture.get_or_insert(moment + BETWEEN);
            // Whoever is cut off from where it came hears of it from us.
            self.tells.has_news(moment);
        }
        let judges_soon = self.endpoint.next_alarm().is_some_and(|at| at < moment + LEISURE);
        let first = self.tells.first();
        if first > moment || judges_soon && moment < first + AT_LATEST {
            return;
        }
        let is_due = |at: &Moment| *at <= moment;
        if self.tells.change.take_if(|at| is_due(at)).is_some() {
            self.board.publish(moment, &self.endpoint);
            self.tells.has_news(moment);
        }
        if self.tells.report.take_if(|at| is_due(at)).is_some() {
            self.report(moment);
        }
        if self.tells.picture.take_if(|at| is_due(at)).is_some() {
            self.board.show(moment, &self.endpoint);
        }
        if is_due(&self.tells.figures) {
            self.tells.figures = moment + EACH;
            self.second(moment);
        }
    }

    fn second(&mut self, moment: Moment) {
        self.tells.left = usize::MAX;
        self.report(moment);
        self.follow_plan(moment);
        self.is_busy = std::mem::take(&mut self.packets) > MANY;
        let shown = self.bfd.shown((self.board.utc(), moment));
        self.board.bfd((shown, &self.bfd.own_faults()), false);
        let terms = terms(&self.settings);
        for (peer, multiplier) in self.board.second(moment, &self.endpoint, &self.stalls) {
            self.endpoint.renegotiate(peer, Terms { multiplier, ..terms });
        }
        if self.kernels.may_ask() {
            for peer in self.board.asks_kernels() {
                self.ask_kernel(peer);
            }
        }
        self.flush();
    }

    fn ask_kernel(&mut self, peer: Node) {
        if let Some(link) = self.endpoint.link(peer) {
            let asked = self.kernels.ask(peer, link.address()).is_ok();
            self.board.kernel_asked(peer, asked, now());
        }
    }

    /// Tells the peers what they should know of our links and of others'.
    fn report(&mut self, moment: Moment) {
        let mut peers = self.board.peers();
        let next = peers.partition_point(|peer| *peer <= self.tells.after);
        peers.rotate_left(next);
        peers.truncate(self.tells.left);
        let Tells { reported, left, .. } = &mut self.tells;
        (*reported, *left) = (moment, peers.len());
        for peer in peers {
            if now().since(moment) >= IN_ONE_GO {
                self.tells.report = Some(moment + BETWEEN);
                break;
            }
            self.tells.after = peer;
            self.tells.left -= 1;
            self.report_to(peer, moment);
        }
    }

    fn report_to(&mut self, peer: Node, moment: Moment) {
        let link = self.endpoint.link(peer);
        if !link.and_then(allswell_link::machine::Link::session).is_some_and(|session| session.is_confirmed()) {
            return;
        }
        while let Some(content) = self.board.next_report(peer, moment) {
            if let Some((to, bytes)) = self.endpoint.report(peer, &content) {
                // What keeps it here keeps the next probe here, and that is noted.
                let _ = self.sockets.send(to, bytes, None);
            }
        }
    }
}
