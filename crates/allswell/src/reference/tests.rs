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
fn the_page_of_the_channels_is_up_to_date() {
    compare("channels.md", &super::channels::channels());
}

#[test]
fn the_page_of_the_metrics_is_up_to_date() {
    compare("metrics.md", &allswell_web::metrics_reference());
}

#[test]
fn the_example_of_the_configuration_has_no_mistake() {
    let page = super::configuration::configuration();
    let example = page.split("```yaml\n").last().and_then(|rest| rest.split("```").next()).unwrap();
    read_without_mistake(example);
}

#[test]
fn the_examples_of_the_channels_have_no_mistake() {
    for kind in crate::config::kinds() {
        for example in kind.examples {
            read_without_mistake(&example.yaml(kind.name));
        }
    }
}

fn read_without_mistake(example: &str) {
    let variable = |_: &str| Some("https://127.0.0.1/x".to_owned());
    let surroundings = crate::config::Surroundings { variable: &variable, folder: std::path::PathBuf::new() };
    let read = crate::config::read_text("example", example, &surroundings).unwrap_or_else(|report| panic!("{report}\n{example}"));
    assert_eq!(read.warnings, [""; 0]);
}
