use std::path::Path;

/// Compares a page with the committed one; `ALLSWELL_BLESS=1 cargo test -p allswell reference` writes it anew.
fn compare(name: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(name);
    if std::env::var_os("ALLSWELL_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "docs/reference/{name} is not what the code says: ALLSWELL_BLESS=1 cargo test -p allswell reference");
}

#[test]
fn the_page_of_protocols_is_up_to_date() {
    compare("protocols.md", &super::protocols());
}

#[test]
fn the_page_of_the_configuration_is_up_to_date() {
    compare("configuration.md", &super::configuration::configuration());
}

#[test]
fn the_example_of_the_configuration_has_no_mistake() {
    let page = super::configuration::configuration();
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let variable = |_: &str| Some("x".to_owned());
    let surroundings = crate::config::Surroundings { variable: &variable, folder: std::path::PathBuf::new() };
    crate::config::read_text("example", example, &surroundings).unwrap_or_else(|report| panic!("{report}"));
}
