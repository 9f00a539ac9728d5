//! `packaging/Containerfile`, read and followed by hand: no container engine is needed to try what it makes.

use std::fs;
use std::path::{Path, PathBuf};

use allswell_testkit::namespace::space::Space;

use crate::read;

/// What the file says of the image.
#[derive(Debug, Default)]
pub(crate) struct Image {
    copies: Vec<(String, String)>,
    pub(crate) user: String,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) volume: String,
    pub(crate) folder: String,
    pub(crate) entry: Vec<String>,
    pub(crate) command: Vec<String>,
    pub(crate) health: Vec<String>,
}

impl Image {
    pub(crate) fn packaged() -> Self {
        let text = read("Containerfile");
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        let mut image = Self::default();
        for (place, line) in lines.enumerate() {
            let (word, rest) = line.split_once(' ').unwrap();
            match word {
                "FROM" => assert_eq!((place, rest), (0, "scratch")),
                "COPY" => image.copies.push(paths(rest)),
                "USER" => image.user = rest.to_owned(),
                "ENV" => image.environment.push(rest.split_once('=').map(|(name, value)| (name.into(), value.into())).unwrap()),
                "VOLUME" => image.volume = rest.to_owned(),
                "WORKDIR" => image.folder = rest.to_owned(),
                "ENTRYPOINT" => image.entry = serde_json::from_str(rest).unwrap(),
                "CMD" => image.command = serde_json::from_str(rest).unwrap(),
                "HEALTHCHECK" => image.health = serde_json::from_str(rest.split_once("CMD ").unwrap().1).unwrap(),
                "EXPOSE" => assert_eq!(rest, "8420"),
                _ => panic!("nothing else is known to work without a shell: {line}"),
            }
        }
        image
    }

    /// The image's file system in memory: what is copied, the volume, nothing else; all but the volume cannot be written.
    pub(crate) fn root(&self, at: &Path, program: &Path, configuration: &str) {
        let mount = |arguments: &[&str], at: &Path| Space::own().must("mount", &[arguments, &[at.to_str().unwrap()]].concat());
        mount(&["-t", "tmpfs", "none"], at);
        let inside = |path: &str| at.join(path.trim_start_matches('/'));
        for (from, to) in &self.copies {
            match from.as_str() {
                "target/dist/allswell" => drop(fs::copy(program, inside(to)).unwrap()),
                folder => {
                    assert!(repository(folder).is_dir(), "{folder}");
                    fs::create_dir_all(inside(to)).unwrap();
                }
            }
        }
        fs::create_dir_all(inside(&self.folder)).unwrap();
        fs::write(inside(&self.folder).join("allswell.yaml"), configuration).unwrap();
        mount(&["-t", "tmpfs", "none"], &inside(&self.volume));
        mount(&["-o", "remount,ro"], at);
    }
}

fn paths(rest: &str) -> (String, String) {
    let words: Vec<&str> = rest.split(' ').filter(|word| !word.starts_with("--")).collect();
    match words.as_slice() {
        [from, to] => ((*from).to_owned(), (*to).to_owned()),
        _ => panic!("one source and one place: COPY {rest}"),
    }
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
