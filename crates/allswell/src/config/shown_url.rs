//! A URL that may be shown although it cannot be read, or is not to be shown as it was read.

/// The same text with stars for a password before the `@`; one that was written `${NAME}` may stay.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or(rest);
    let Some((credentials, host)) = authority.rsplit_once('@') else { return url.to_owned() };
    let Some((user, password)) = credentials.split_once(':') else { return url.to_owned() };
    let password = if password.starts_with("${") && password.ends_with('}') { password } else { "***" };
    format!("{scheme}://{user}:{password}@{host}{}", rest.get(end..).unwrap_or_default())
}

/// Whether a browser can be led there: a URL of http or https.
pub(crate) fn is_for_browsers(url: &str) -> bool {
    let rest = url.split_once("://").filter(|(scheme, _)| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"));
    let wrong = |c: char| c.is_whitespace() || c.is_control();
    rest.is_some_and(|(_, rest)| !rest.is_empty() && !rest.starts_with(['/', '?', '#']) && !rest.contains(wrong))
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn only_the_password_goes() {
        for (url, shown) in [
            ("https://me:pw@x/a@b", "https://me:***@x/a@b"),
            ("https://me:${PW}@x", "https://me:${PW}@x"),
            ("https://me@x", "https://me@x"),
            ("tcp://x:80", "tcp://x:80"),
            ("x", "x"),
            ("https://me:p@w@x:70000?q", "https://me:***@x:70000?q"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
