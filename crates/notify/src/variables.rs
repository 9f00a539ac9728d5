//! What a template may name: the keys of the alert's document, with a line each for the reference.

/// Each variable with its line of reference.
pub const VARIABLES: &[(&str, &str)] = &[
    ("version", "of this document: 1"),
    ("key", "the same for each attempt to send this alert; also sent as the header `Idempotency-Key`"),
    ("channel", "the channel's name"),
    ("kind", "`firing`, `update` (more targets than was told), `reminder`, or `resolved`"),
    ("resolved", "whether the incident is over: `kind` is `resolved`"),
    ("incident", "the number of the incident, the same in all its alerts"),
    ("incident_key", "`node` and `incident` together, unlike any other node's: for a provider that joins alerts"),
    ("number", "the alert's place among those of its incident, from 0"),
    ("status", "what the targets have in common: `down`, `degraded` or `unknown`"),
    ("stage", "the stage at which they fail, such as `connect`; null where there is none"),
    ("cause", "why, as a word such as `timed_out`; null where there is none"),
    ("summary", "all of it in one sentence"),
    ("node", "who says so"),
    ("location", "the node's label for where it stands; may be empty"),
    ("decided", "when this was decided, RFC 3339, UTC"),
    ("decided_us", "the same in microseconds since 1970"),
    ("began", "when the incident began, RFC 3339, UTC"),
    ("began_us", "the same in microseconds since 1970"),
    ("ended", "when the incident ended, RFC 3339, UTC; null while it lasts"),
    ("ended_us", "the same in microseconds since 1970"),
    ("lasted_s", "how long the incident lasted when this was decided, in whole seconds"),
    ("page", "the page of the first target; null where the address of the pages is not known"),
    ("total", "how many targets the incident has; one that is over: had at most"),
    ("more", "how many of them are not in `targets`"),
    (
        "targets",
        "the first 20 targets: `id`, `name`, `group`, `url`, `labels` (a map), `status`, `since`, `since_us`, `reason`, `runbook` and `page` \
         (both may be null)",
    ),
];

#[cfg(test)]
mod tests;
