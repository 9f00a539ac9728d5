//! `allswell link watch`: one link, second by second: redrawn in place on a terminal, a line a second elsewhere.

use std::io::{self, IsTerminal};
use std::time::Duration;

use allswell_model::Timestamp;

use super::page::Page;
use super::peers::find;
use super::told::{Own, Point, Told};
use super::{Refused, Whom, figures, spark};
use crate::config::visible;
use crate::exit::Exit;
use crate::out;
use crate::paint::Paint;

use figures::{NOTHING, age, milliseconds, share};

const EXAMPLES: &str = "\
Examples:
  allswell link watch fra-2
  allswell link watch fra-2 --for 10s >> link.log

Exit codes: 0 the time is over, 64 misuse, 69 nobody can be asked, 130 Ctrl-C.";

/// Show one link live: round trips and loss each way, second by second
///
/// On a terminal it is redrawn in place; elsewhere a line is printed each second. It ends on Ctrl-C.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The other end, as the configuration calls it
    #[arg(value_name = "PEER")]
    peer: String,

    /// End after so long; unset: on Ctrl-C
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    lasts: Option<Duration>,

    #[command(flatten)]
    whom: Whom,
}

/// From one look to the next: so often a link has news.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// So many seconds have their bar, and a line that wraps could not be drawn over.
const BARS: usize = 60;
const WIDTH: usize = 79;

/// `peer_stalled for 3h12m` and the like.
const STATE: usize = 26;

fn duration(text: &str) -> Result<Duration, String> {
    allswell_probe::duration(text)
}

/// Looks until it is told to end.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let page = match Page::find(&arguments.whom) {
        Ok(page) => page,
        Err(refused) => return refused.tell(),
    };
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    let mut screen = Screen { is_terminal: io::stdout().is_terminal() && !dumb, paint: Paint::for_stream(&io::stdout()), drawn: 0 };
    let watched = once(async {
        tokio::select! {
            biased;
            () = interrupt() => Ok(Exit::Interrupted),
            () = over(arguments.lasts) => Ok(Exit::Fine),
            ended = look(&page, &arguments.peer, &mut screen) => ended,
        }
    });
    watched.unwrap_or_else(|refused| refused.tell())
}

/// Runs something that asks, on one thread. A name that is being resolved is not waited for at the end.
///
/// # Errors
/// Those of `work`, or the system gives no event queue.
pub(super) fn once<T>(work: impl Future<Output = Result<T, Refused>>) -> Result<T, Refused> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Refused::Unavailable(format!("the page cannot be asked ({error})")))?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

/// Ctrl-C. Where we cannot hear of it, it ends the process without us.
async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn over(lasts: Option<Duration>) {
    match lasts {
        Some(lasts) => tokio::time::sleep_until(tokio::time::Instant::now() + lasts).await,
        None => std::future::pending().await,
    }
}

async fn look(page: &Page, peer: &str, screen: &mut Screen) -> Result<Exit, Refused> {
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let (_, told) = page.ask().await?;
        let link = find(&told, peer)?;
        if let Err(exit) = screen.show(link, &told) {
            return Ok(exit);
        }
    }
}

/// Where it is drawn.
struct Screen {
    is_terminal: bool,
    paint: Paint,
    /// So many lines stand there from the last time.
    drawn: usize,
}

impl Screen {
    fn show(&mut self, link: &Own, told: &Told) -> Result<(), Exit> {
        if !self.is_terminal {
            return out::deliver(&format!("{}\n", second(link, told.at_us)));
        }
        let lines = drawing(link, told.at_us, self.paint);
        let back = if self.drawn == 0 { String::new() } else { format!("\u{1b}[{}A\u{1b}[J", self.drawn) };
        self.drawn = lines.len();
        out::deliver(&format!("{back}{}\n", lines.join("\n")))
    }
}

/// `2026-12-01T02:34:44Z up rtt 0.213 ms lost there 0 % back 0 %`: of the newest second that is over.
fn second(link: &Own, now_us: i64) -> String {
    let point = link.recent.last();
    let at = point.map_or(now_us, |point| point.at_us);
    let state = point.map_or(link.state.as_str(), |point| point.state.as_str());
    let (rtt, there, back) = point.map_or((None, None, None), |point| (point.rtt_ms, point.loss_forward, point.loss_reverse));
    format!(
        "{} {} rtt {} lost there {} back {}",
        crate::export::shown(Timestamp(at)),
        visible(state),
        milliseconds(rtt),
        share(there),
        share(back)
    )
}

/// The picture, a line each, none of them longer than the narrowest usual terminal.
fn drawing(link: &Own, now_us: i64, paint: Paint) -> Vec<String> {
    let recent = link.recent.get(link.recent.len().saturating_sub(BARS)..).unwrap_or_default();
    let bars = |of: fn(&Point) -> Option<f64>, full: f64| format!("{:>BARS$}", spark::line(recent.iter().map(of), full));
    let state = figures::coloured(paint, &link.state, &visible(&link.state));
    let head = format!("{} at {} ({}): ", visible(&link.peer), visible(&link.address), visible(&link.protocol));
    let quantiles = link.rtt.map_or_else(
        || NOTHING.to_owned(),
        |rtt| {
            format!(
                "p50 {}, p90 {}, p99 {}",
                milliseconds(Some(rtt.p50_ms)),
                milliseconds(Some(rtt.p90_ms)),
                milliseconds(Some(rtt.p99_ms))
            )
        },
    );
    let cut = |text: String| text.chars().take(WIDTH).collect::<String>();
    let head: String = head.chars().take(WIDTH - STATE).collect();
    let newest = |of: fn(&Point) -> Option<f64>| recent.last().and_then(of);
    vec![
        format!("{}{state} for {}", paint.bold(&head), age(link.since_us, now_us)),
        cut(visible(&link.reason)),
        String::new(),
        format!("rtt   {} {}", bars(|point| point.rtt_ms, 0.0), milliseconds(newest(|point| point.rtt_ms))),
        format!("there {} {}", bars(|point| point.loss_forward, 0.1), share(newest(|point| point.loss_forward))),
        format!("back  {} {}", bars(|point| point.loss_reverse, 0.1), share(newest(|point| point.loss_reverse))),
        String::new(),
        cut(format!("last 10 s: {quantiles}; its normal {}", milliseconds(link.rtt_all.map(|rtt| rtt.p50_ms)))),
        cut(format!("lost there {}, back {}; jitter {}", share(link.loss_forward), share(link.loss_reverse), milliseconds(link.jitter_ms))),
        cut(format!(
            "a packet each {}; silence ends it after {}",
            milliseconds(Some(link.interval_ms)),
            milliseconds(Some(link.detection_ms))
        )),
        cut(sessions(link, now_us)),
    ]
}

fn sessions(link: &Own, now_us: i64) -> String {
    let standing = link.standing().map_or_else(|| "no session stands".to_owned(), |session| format!("session {}", visible(&session.id)));
    let Some((end, ended)) = link.last_end().and_then(|end| Some((end, end.ended_us?))) else { return standing };
    let why = end.cause.as_deref().unwrap_or(NOTHING);
    format!("{standing}; the last one ended {} ago: {}", age(ended, now_us), visible(why))
}

#[cfg(test)]
mod tests;
