//! The rival fping: a whole run of it, so many echoes to each address.

use crate::child::{installed, run_rival};
use crate::figures::{Figures, Trouble};

/// `None` where it is not installed.
pub(crate) fn run(addresses: &[String], echoes: u32) -> Result<Option<Figures>, Trouble> {
    if !installed("fping") {
        return Ok(None);
    }
    // Each address every 20 ms, and no pause between two packets: as fast as it goes while it still waits for each answer.
    let count = echoes.to_string();
    let options = ["-q", "-c", &count, "-p", "20", "-i", "0", "-t", "500"];
    let words: Vec<&str> = options.into_iter().chain(addresses.iter().map(String::as_str)).collect();
    let (cpu, said) = run_rival("fping", &words)?;
    let answered = said.lines().filter(|line| line.contains("%loss = ") && line.contains("/0%")).count();
    if answered != addresses.len() {
        return Err(format!("fping reached {answered} of {} addresses", addresses.len()).into());
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of echoes")]
    let all = (addresses.len() * echoes as usize) as f64;
    Ok(Some(Figures::default().with("cpu_us", cpu / all)))
}
