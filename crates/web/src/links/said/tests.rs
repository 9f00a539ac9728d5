use std::time::Duration;

use super::*;
use crate::sample::NOW;
use crate::sample::mesh::mesh;

#[test]
fn it_changes_with_states_and_findings_and_with_no_figure() {
    let well = of(Some(&mesh("well", NOW)));
    assert_eq!(of(Some(&mesh("well", NOW + Duration::from_secs(5)))), well);
    let others: Vec<String> = ["node_down", "one_way", "degraded", "peer_stalled"].map(|case| of(Some(&mesh(case, NOW)))).into();
    assert!(others.iter().all(|said| *said != well));
    assert_eq!(of(None), "");
}
