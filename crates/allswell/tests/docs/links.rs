//! Links within the repository lead somewhere, to the heading where they name one.

use std::path::Path;

use crate::{PAGES, read, repository};

/// All that is linked: `[text](this)`, code aside.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        let parts = line.split("](").skip(1).filter(|_| !fenced);
        links.extend(parts.filter_map(|part| part.split_once(')')).map(|(link, _)| link.to_owned()));
    }
    links
}

/// As GitHub makes an anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let others =
        ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/benchmarks.md", "docs/dependencies.md", "docs/link-protocol.md"];
    for page in PAGES.iter().chain(&others) {
        let folder = Path::new(page).parent().unwrap();
        for link in links(&read(page)).iter().filter(|link| !link.contains("://")) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let path = if file.is_empty() { Path::new(page).to_path_buf() } else { folder.join(file) };
            let path = path.to_str().unwrap();
            assert!(repository(path).exists(), "{page} links to {link}, which is not there");
            if !heading.is_empty() {
                let there = read(path).lines().any(|line| line.starts_with('#') && anchor(line) == heading);
                assert!(there, "{page} links to {link}: no such heading");
            }
        }
    }
}

#[test]
fn the_index_leads_to_every_page() {
    let linked = links(&read("docs/README.md"));
    for page in PAGES.iter().filter_map(|page| page.strip_prefix("docs/")).filter(|page| *page != "README.md") {
        assert!(linked.iter().any(|link| link == page), "docs/README.md does not lead to {page}");
    }
    for reference in std::fs::read_dir(repository("docs/reference")).unwrap() {
        let name = reference.unwrap().file_name().into_string().unwrap();
        let pages: String = PAGES.iter().map(|page| read(page)).collect();
        assert!(pages.contains(&format!("reference/{name}")), "no page leads to reference/{name}");
    }
}
