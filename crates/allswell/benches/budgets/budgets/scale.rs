//! Ten thousand targets, each once a second, in one process.

use crate::child::{Running, run_role};
use crate::engine_load::{Load, Protocol};
use crate::figures::Trouble;
use crate::mode::Mode;
use crate::table::{Budget, Row};

const TARGETS: usize = 10_000;

pub(crate) fn many(mode: Mode) -> Result<Vec<Row>, Trouble> {
    let mut server = Running::role(&["serve", "tcp"])?;
    let port = server.port()?;
    let load = Load { measure: mode.seconds(2.0, 30.0), ..Load::live(mode, Protocol::Tcp, port, TARGETS) };
    let figures = run_role(&["engine", "tcp", &load.told()])?;
    let what = |which: &str| format!("{TARGETS} tcp targets every second: {which}");
    let counts = format!(
        "late {:.0}, skipped {:.0}, not run {:.0}, not kept {:.0}",
        figures.of("late")?,
        figures.of("skipped")?,
        figures.of("not_run")?,
        figures.of("not_kept")?
    );
    Ok(vec![
        Row::new(&what("share of a core"), figures.of("share")? * 100.0, "%")
            .budget(Budget(60.0))
            .note(format!("{:.1} us a probe", figures.of("cpu_us")?)),
        Row::new(&what("resident"), figures.of("resident_mb")?, "MB").budget(Budget(120.0)),
        Row::new(&what("start lag p99"), figures.of("lag_p99_ms")?, "ms").budget(Budget(20.0)).note(counts),
    ])
}
