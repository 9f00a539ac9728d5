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
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a port")]
    let port = server.figures()?.of("port")? as u16;
    let without = Load::live(Protocol::Tcp, port, LIVE, mode.seconds(1.0, 6.0));
    let with = Load { dead: DEAD, ..without };
    let engine = |load: Load| -> Turn<'static> { Box::new(move || run_role(&["engine", "tcp", &load.told()]).map(Some)) };
    let mut contenders = [("with black holes", engine(with)), ("without", engine(without))];
    let medians = interleaved(&mut contenders, mode.pick(1, 3))?;
    let [Some(with), Some(without)] = medians.as_slice() else { return Err("the engine was not measured".into()) };
    let (with, without) = (with.of("rtt_p50_us")?, without.of("rtt_p50_us")?);
    let what = format!("{LIVE} live tcp targets beside {DEAD} black holes: RTT p50");
    Ok(vec![Row::new(&what, with, "us").budget(Budget(without * 1.1)).against(without, "without them")])
}
