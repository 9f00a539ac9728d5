//! What a probe of a made-up target finds: latency that breathes with the day, and the failures of its mood.

use std::time::Duration;

use allswell_model::{Degradation, DownCause, Measurements, Outcome, ProbeResult, Stage, StageTimes, Timestamp, UnknownCause, Value};

use crate::town::{House, Mood};

/// A number from 0 to 1 that this target has at this time, for ever.
fn noise(house: &House, at: Timestamp, salt: u64) -> f64 {
    let name = house.target.id.as_str().bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mixed = (name ^ at.0.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(salt).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    f64::from((mixed >> 40) as u32) / f64::from(1_u32 << 24)
}

/// From first byte to last: a floor, a tail, and more of both at noon.
fn milliseconds(house: &House, at: Timestamp) -> f64 {
    let hour = at.seconds().rem_euclid(86_400) as f64 / 3_600.0;
    let noon = 1.0 + 0.35 * (-(hour - 13.0).powi(2) / 18.0).exp();
    let base = match house.target.protocol {
        "icmp" => 0.4,
        "dns" => 2.1,
        "https" => 24.0,
        _ => 1.2,
    };
    let own = 0.7 + 0.6 * noise(house, Timestamp(0), 3);
    let tail = (-(1.0 - noise(house, at, 1)).max(1e-4).ln()).powf(1.3);
    let slow = if house.mood == Mood::Slow { 12.0 } else { 1.0 };
    base * own * noon * slow * (1.0 + 0.22 * tail)
}

/// What came of a probe at this time. `failing` where an episode lasts, with its mood.
pub(crate) fn result(house: &House, at: Timestamp, failing: Option<Mood>) -> ProbeResult {
    let ms = milliseconds(house, at);
    let up = up(house, at, Duration::from_secs_f64(ms / 1_000.0));
    match failing {
        None if house.mood == Mood::Flaky && noise(house, at, 2) > 0.93 => fail(house, Mood::Refused, up),
        None => up,
        Some(Mood::Slow) => {
            let reason = format!("`rtt_ms < 200` failed: it was {ms:.0} (HTTP 200, {ms:.0} ms).");
            ProbeResult { degraded: Some(Degradation { reason }), ..up }
        }
        Some(mood) => fail(house, mood, up),
    }
}

fn up(house: &House, at: Timestamp, rtt: Duration) -> ProbeResult {
    let target = &house.target;
    let shown = format!("{:.1} ms", rtt.as_secs_f64() * 1e3);
    let (reason, shares, measurements): (String, &[(Stage, f64)], Measurements) = match target.protocol {
        "https" => (
            format!("HTTP 200 from {} in {shown}.", house.address),
            &[
                (Stage::RESOLVE, 0.03),
                (Stage::CONNECT, 0.17),
                (Stage::TLS, 0.32),
                (Stage::SEND, 0.01),
                (Stage::FIRST_BYTE, 0.39),
                (Stage::TRANSFER, 0.08),
            ],
            certificate(house, at),
        ),
        "icmp" => {
            (format!("{} answered in {shown}.", house.address), &[(Stage::REPLY, 1.0)], vec![("hop_limit".into(), Value::Integer(63))])
        }
        "dns" => (
            format!("{} answered NOERROR in {shown}.", house.address),
            &[(Stage::REPLY, 1.0)],
            vec![("rcode".into(), Value::from("NOERROR"))],
        ),
        _ => (format!("{} accepted and stayed open.", house.address), &[(Stage::CONNECT, 1.0)], Vec::new()),
    };
    ProbeResult {
        target: target.id.clone(),
        started: at,
        duration: rtt,
        outcome: Outcome::Up,
        reason,
        address: Some(house.address.clone()),
        said_by: None,
        rtt: Some(rtt),
        stages: shares.iter().map(|(stage, share)| (stage.clone(), rtt.mul_f64(*share))).collect(),
        measurements,
        degraded: None,
        sub_results: Vec::new(),
    }
}

fn certificate(house: &House, at: Timestamp) -> Measurements {
    let name = house.target.name.name.to_string();
    let expired = house.mood == Mood::Expired;
    let today = at.seconds().div_euclid(86_400) * 86_400;
    let expires = if expired { crate::program::now().seconds() - 10_800 } else { today + 41 * 86_400 + 46_620 };
    vec![
        ("status".into(), Value::Integer(200)),
        ("tls_version".into(), Value::from("1.3")),
        ("tls_cipher".into(), Value::from("TLS_AES_128_GCM_SHA256")),
        ("certificate_expires".into(), Value::Integer(expires)),
        ("certificate_subject".into(), Value::Text(format!("CN={name}"))),
        ("certificate_issuer".into(), Value::from("C=XX, O=Example Trust, CN=Example Issuing CA 2")),
        ("certificate_serial".into(), Value::from("04:ab:7e:11:90:5c")),
        ("certificate_names".into(), Value::texts([name.clone(), format!("*.{name}")])),
        ("chain_length".into(), Value::Integer(2)),
    ]
}

fn fail(house: &House, mood: Mood, up: ProbeResult) -> ProbeResult {
    let address = &house.address;
    let kept = |names: &[Stage]| -> StageTimes {
        up.stages.iter().filter(|(stage, _)| names.contains(stage)).map(|(stage, took)| (stage.clone(), took)).collect()
    };
    let down = |stage, cause| Outcome::Down { stage, cause };
    let (outcome, reason, stages, said_by, took) = match mood {
        Mood::Silent => (
            down(Stage::CONNECT, DownCause::TIMED_OUT),
            format!("No answer to 3 SYNs to {address} in 5 s: host off, filtered, or accept queue full."),
            StageTimes::default(),
            None,
            Duration::from_secs(5),
        ),
        Mood::Expired => (
            down(Stage::TLS, DownCause::CERTIFICATE_EXPIRED),
            format!("Certificate of {} at {address} expired 3 h ago (serial 04:ab:7e:11:90:5c).", house.target.name.name),
            kept(&[Stage::RESOLVE, Stage::CONNECT, Stage::TLS]),
            None,
            up.duration.mul_f64(0.5),
        ),
        Mood::Unresolved | Mood::NeverAnswered => (
            Outcome::Unknown { stage: Stage::RESOLVE, cause: UnknownCause::RESOLVER_TIMED_OUT },
            "Not judged: resolver 192.0.2.2 silent for 5 s.".to_owned(),
            StageTimes::default(),
            Some("192.0.2.2".to_owned()),
            Duration::from_secs(5),
        ),
        _ => (
            down(Stage::CONNECT, DownCause::REFUSED),
            format!("{address} refused (RST in 0.4 ms): nothing listens, or a firewall rejects."),
            [(Stage::CONNECT, Duration::from_micros(400))].into_iter().collect(),
            Some(address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host).to_owned()),
            Duration::from_micros(400),
        ),
    };
    let measurements = if mood == Mood::Expired { up.measurements.clone() } else { Vec::new() };
    ProbeResult { outcome, reason, rtt: None, stages, said_by, duration: took, measurements, ..up }
}
