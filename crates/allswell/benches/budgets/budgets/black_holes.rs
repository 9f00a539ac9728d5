//! Whether silent targets disturb the others.

use crate::child::{Running, run_role};
use crate::engine_load::{Load, Protocol};
use crate::figures::Trouble;
use crate::mode::Mode;
use crate::rounds::{Turn, interleaved};
use crate::space;
use crate::table::{Budget, Row};

const LIVE: usize = 100;
const DEAD: usize = 1_000;

pub(crate) fn beside(mode: Mode) -> Result<Vec<Row>, Trouble> {
    space::needs_hole()?;
    let mut server = Running::role(&["serve", "tcp"])?;
    let port = server.port()?;
    let without = Load { measure: mode.seconds(1.0, 6.0), ..Load::live(mode, Protocol::Tcp, port, LIVE) };
    let with = Load { dead: DEAD, ..without };
    let engine = |load: Load| -> Turn<'static> { Box::new(move || run_role(&["engine", "tcp", &load.told()]).map(Some)) };
    let mut contenders = [("with black holes", engine(with)), ("without", engine(without))];
    let medians = interleaved(&mut contenders, mode.pick(1, 3))?;
    let [Some(with), Some(without)] = medians.as_slice() else { return Err("the engine was not measured".into()) };
    let (with, without) = (with.of("rtt_p50_us")?, without.of("rtt_p50_us")?);
    let what = format!("{LIVE} live tcp targets beside {DEAD} black holes: RTT p50");
    Ok(vec![Row::new(&what, with, "us").budget(Budget(without * 1.1)).against(without, "without them")])
}
