//! Ready-made webhooks for what many have already. The tests render each.

use crate::declaration::{Example, Shown};

pub(super) const EXAMPLES: &[Example] = &[
    Example { title: "A service of your own", channel: "oncall", settings: &[("url", Shown::Text("https://oncall.example.com/alerts"))] },
    Example {
        title: "Slack",
        channel: "slack",
        settings: &[
            ("url", Shown::Text("${SLACK_URL}")),
            (
                "body",
                Shown::Text(
                    "{\n  \"text\": \"{{ 'Over' if resolved else status|upper }}: {{ summary }}{% if page %} {{ page }}{% endif %}\"\n}",
                ),
            ),
        ],
    },
    Example {
        title: "PagerDuty (Events API v2)",
        channel: "pagerduty",
        settings: &[
            ("url", Shown::Text("https://events.pagerduty.com/v2/enqueue")),
            (
                "body",
                Shown::Text(
                    "{\n  \"routing_key\": \"${PAGERDUTY_KEY}\",\n  \"event_action\": \"{{ 'resolve' if resolved else 'trigger' }}\",\n  \
                     \"dedup_key\": {{ incident_key }},\n  \"payload\": {\n    \"summary\": {{ summary[:1024] }},\n    \"source\": {{ node }},\n    \
                     \"severity\": \"{{ 'critical' if status == 'down' else 'warning' }}\",\n    \"timestamp\": {{ decided }},\n    \
                     \"custom_details\": { \"total\": {{ total }}, \"targets\": {{ targets }} }\n  }\n}",
                ),
            ),
        ],
    },
    Example {
        title: "ntfy",
        channel: "ntfy",
        settings: &[
            ("url", Shown::Text("https://ntfy.example.com/")),
            ("headers", Shown::Map(&[("Authorization", "Bearer ${NTFY_TOKEN}")])),
            (
                "body",
                Shown::Text(
                    "{\n  \"topic\": \"alerts\",\n  \"title\": \"{{ node }}: {{ 'over' if resolved else status }}\",\n  \
                     \"message\": {{ summary }},\n  \"priority\": {{ 3 if resolved else 5 }}{% if page %},\n  \"click\": {{ page }}{% endif %}\n}",
                ),
            ),
        ],
    },
    Example {
        title: "Alertmanager (it forgets when it restarts: set `remind`)",
        channel: "alertmanager",
        settings: &[
            ("url", Shown::Text("http://alertmanager.example.com:9093/api/v2/alerts")),
            (
                "body",
                Shown::Text(
                    "[{\n  \"labels\": { \"alertname\": \"Allswell\", \"node\": {{ node }}, \"incident\": \"{{ incident }}\", \
                     \"status\": {{ status }} },\n  \"annotations\": { \"summary\": {{ summary }} },\n  \"startsAt\": {{ began }}\
                     ,\n  \"endsAt\": \"{{ ended if ended else '2100-01-01T00:00:00Z' }}\"{% if page %},\n  \"generatorURL\": {{ page }}{% endif %}\n}]",
                ),
            ),
        ],
    },
];
