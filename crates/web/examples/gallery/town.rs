//! Who lives in the town: targets under names and addresses that are kept for examples (RFC 2606, RFC 5737, RFC 3849).

use allswell_model::{Alerting, ChannelName, Origin, Policy, Status, Target, TargetName};

use crate::Trouble;

/// A target, and how it fares today.
pub(crate) struct House {
    pub(crate) target: Target,
    /// Where it answers.
    pub(crate) address: String,
    pub(crate) mood: Mood,
}

/// How a target fares today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    Slow,
    Refused,
    Silent,
    Expired,
    Unresolved,
    Flaky,
    NeverAnswered,
}

impl Mood {
    /// What the judge makes of it, and since how many minutes.
    pub(crate) fn status(self) -> (Status, u64) {
        match self {
            Self::Well => (Status::Up, 4_000),
            Self::Flaky => (Status::Up, 300),
            Self::Slow => (Status::Degraded, 45),
            Self::Refused => (Status::Down, 3),
            Self::Silent => (Status::Down, 12),
            Self::Expired => (Status::Down, 180),
            Self::Unresolved => (Status::Unknown, 11),
            Self::NeverAnswered => (Status::Unknown, 60),
        }
    }
}

fn house(group: &str, name: &str, url: &str, address: &str, mood: Mood) -> Result<House, Trouble> {
    let name = TargetName::new(group, name)?;
    let protocol = ["https", "icmp", "dns", "ssh"].into_iter().find(|scheme| url.starts_with(scheme)).unwrap_or("tcp");
    let alerts = !group.is_empty();
    let channels = if alerts { vec![ChannelName::new("oncall")?] } else { Vec::new() };
    let target = Target {
        id: name.id()?,
        name,
        url: url.to_owned(),
        protocol,
        repeat: format!("allswell check {url}"),
        labels: [("team".to_owned(), if group.contains("db") { "data" } else { "web" }.to_owned())].into(),
        policy: Policy::default(),
        alerting: Alerting { channels: channels.into(), remind: Some(std::time::Duration::from_secs(14_400)), ..Alerting::default() },
        runbook: alerts.then(|| format!("https://wiki.example.com/runbooks/{}", group.rsplit('/').next().unwrap_or_default())),
        origin: Origin::File { path: "allswell.yaml".to_owned(), line: 24 },
    };
    Ok(House { target, address: address.to_owned(), mood })
}

/// A few, and several of them in trouble.
pub(crate) fn few() -> Result<Vec<House>, Trouble> {
    use Mood::{Expired, Flaky, NeverAnswered, Refused, Slow, Unresolved, Well};
    [
        ("", "gateway", "icmp://192.0.2.1", "192.0.2.1", Well),
        ("", "resolver 192.0.2.2", "dns://192.0.2.2/.?type=NS", "192.0.2.2:53", Well),
        ("", "192.0.2.7:9100", "tcp://192.0.2.7:9100", "192.0.2.7:9100", NeverAnswered),
        ("edge", "api.example.com", "https://api.example.com/health", "203.0.113.10:443", Slow),
        ("edge", "www.example.com", "https://www.example.com/", "203.0.113.11:443", Well),
        ("edge", "old.example.com", "https://old.example.com/", "203.0.113.19:443", Expired),
        ("edge", "login.example.net", "https://login.example.net/.well-known/openid-configuration", "198.51.100.8:443", Unresolved),
        ("edge", "shop.example.net", "https://shop.example.net/", "198.51.100.9:443", Unresolved),
        ("prod/db", "db1", "tcp://192.0.2.21:5432", "192.0.2.21:5432", Refused),
        ("prod/db", "db1 host", "icmp://192.0.2.21", "192.0.2.21", Well),
        ("prod/db", "db1 ssh", "ssh://192.0.2.21", "192.0.2.21:22", Well),
        ("prod/db", "db2", "tcp://192.0.2.22:5432", "192.0.2.22:5432", Well),
        ("prod/db", "db3", "tcp://[2001:db8::23]:5432", "[2001:db8::23]:5432", Flaky),
        ("prod/web", "web-1", "https://web-1.example.com/", "192.0.2.31:443", Well),
        ("prod/web", "web-2", "https://web-2.example.com/", "192.0.2.32:443", Well),
    ]
    .into_iter()
    .map(|(group, name, url, address, mood)| house(group, name, url, address, mood))
    .collect()
}

/// Five, all of them well.
pub(crate) fn well() -> Result<Vec<House>, Trouble> {
    [
        ("gateway", "icmp://192.0.2.1", "192.0.2.1"),
        ("resolver 192.0.2.2", "dns://192.0.2.2/.?type=NS", "192.0.2.2:53"),
        ("api.example.com", "https://api.example.com/health", "203.0.113.10:443"),
        ("db1", "tcp://192.0.2.21:5432", "192.0.2.21:5432"),
        ("db2", "tcp://192.0.2.22:5432", "192.0.2.22:5432"),
    ]
    .into_iter()
    .map(|(name, url, address)| house("", name, url, address, Mood::Well))
    .collect()
}

/// Ten thousand; with a great outage, or with a few troubles as on any day.
pub(crate) fn many(outage: bool) -> Result<Vec<House>, Trouble> {
    use Mood::{Expired, NeverAnswered, Refused, Silent, Slow, Unresolved, Well};
    let odd = [(17, Refused), (4_200, Silent), (9_001, Expired), (555, Slow), (9_999, NeverAnswered)];
    let groups = ["edge/eu", "edge/us", "prod/db", "prod/web", "prod/queue", "staging", "office", "backup"];
    (0..10_000)
        .map(|n: usize| {
            let group = groups.get(n / 200 % groups.len()).copied().unwrap_or_default();
            let group = format!("{group}/{:02}", n / 1_600);
            let name = format!("host-{n:05}");
            let address = format!("198.18.{}.{}:443", n / 256, n % 256);
            let mood = match odd.into_iter().find(|(odd, _)| *odd == n) {
                Some((_, mood)) => mood,
                None if (700..704).contains(&n) => Unresolved,
                None if outage && group.starts_with("edge/us") => Silent,
                None if outage && n.is_multiple_of(97) => Refused,
                None => Well,
            };
            house(&group, &name, &format!("tcp://{address}"), &address, mood)
        })
        .collect()
}
