//! Contenders in turns, A B C A B C ..., so that what disturbs the machine disturbs them alike.

use crate::figures::{Figures, Trouble, medians};
use crate::note;

/// One turn of a contender; `None` where it is not installed.
pub(crate) type Turn<'a> = Box<dyn FnMut() -> Result<Option<Figures>, Trouble> + 'a>;

/// Gives each contender so many turns; for each the medians, or why there are none.
pub(crate) fn interleaved(contenders: &mut [(&str, Turn<'_>)], rounds: usize) -> Result<Vec<Option<Figures>>, Trouble> {
    let mut all: Vec<Vec<Figures>> = vec![Vec::new(); contenders.len()];
    for round in 1..=rounds {
        for ((name, turn), figures) in contenders.iter_mut().zip(&mut all) {
            if let Some(measured) = turn().map_err(|trouble| format!("{name}: {trouble}"))? {
                note(&format!("  {round}/{rounds} {name}: {measured}"));
                figures.push(measured);
            }
        }
    }
    Ok(all.iter().map(|figures| (!figures.is_empty()).then(|| medians(figures))).collect())
}
