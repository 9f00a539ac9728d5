//! Bytes on disk of one result after a day of probes every second, roll-ups and indexes included. The day is simulated.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Target, Timestamp};
use allswell_store::{Batch, Writer};

use crate::engine_load::{Protocol, plan, store};
use crate::figures::Trouble;
use crate::mode::Mode;
use crate::sample::Samples;
use crate::table::{Budget, Row};

const TARGETS: usize = 10;

/// Some morning.
const BEGIN: Timestamp = Timestamp(1_800_000_000_000_000);

/// As often as the engine does it.
const MAINTAIN_EVERY: u64 = 5;

pub(crate) fn per_result(mode: Mode) -> Result<Vec<Row>, Trouble> {
    let hours = mode.pick(2, 24);
    let row = |protocol: Protocol, budget| -> Result<Row, Trouble> {
        let bytes = day(protocol, hours * 3600)?;
        let row = Row::new(&format!("disk per raw {} result, every second for {hours} h", protocol.word()), bytes, "bytes");
        Ok(if mode == Mode::Whole { row.budget(Budget(budget)) } else { row.note("the budget is for 24 h") })
    };
    Ok(vec![row(Protocol::Tcp, 12.0)?, row(Protocol::Http, 18.0)?])
}

fn day(protocol: Protocol, seconds: u64) -> Result<f64, Trouble> {
    let mut samples = Samples::take(protocol)?;
    let folder = tempfile::tempdir()?;
    let (mut writer, reader) = store(folder.path(), BEGIN)?;
    let targets: Vec<Arc<Target>> = (0..TARGETS).map(|index| target(protocol, index)).collect::<Result<_, _>>()?;
    writer.targets(&targets, BEGIN)?;
    for second in 0..seconds {
        let now = BEGIN + Duration::from_secs(second + 1);
        fill(&mut writer, &targets, &mut samples, now)?;
        if second % MAINTAIN_EVERY == 0 {
            writer.maintain(now)?;
        }
    }
    drop(reader);
    writer.close(BEGIN + Duration::from_secs(seconds + 1))?;
    #[expect(clippy::cast_precision_loss, reason = "a count of results, and bytes")]
    let (bytes, results) = (bytes_in(folder.path())? as f64, (seconds * TARGETS as u64) as f64);
    Ok(bytes / results)
}

fn target(protocol: Protocol, index: usize) -> Result<Arc<Target>, Trouble> {
    let url = protocol.url(std::net::IpAddr::from([127, 0, 0, 1]), 80);
    Ok(Arc::clone(&plan("disk", index, url, Duration::from_secs(1))?.target))
}

/// One result of each target: each keeps its place on the grid, but for the scheduler's noise.
fn fill(writer: &mut Writer, targets: &[Arc<Target>], samples: &mut Samples, now: Timestamp) -> Result<(), Trouble> {
    let mut results = Vec::with_capacity(targets.len());
    for (index, target) in targets.iter().enumerate() {
        let late = Duration::from_micros(index as u64 * 90_000 + samples.below(1_000));
        results.push(samples.next(&target.id, now - Duration::from_secs(1) + late)?);
    }
    writer.append(Batch { results: &results, ..Batch::default() }, now)?;
    Ok(())
}

fn bytes_in(folder: &Path) -> Result<u64, Trouble> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}
