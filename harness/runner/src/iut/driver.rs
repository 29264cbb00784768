//! Which driver reaches the IUT.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

/// How the harness asks the IUT for what only its user could do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Driver {
    /// Starts a program and speaks JSON Lines with it over standard input and output.
    Exec(Exec),
    /// Connects to an address and speaks JSON Lines there.
    Tcp(Tcp),
    /// Prints each command as an instruction for a person.
    Manual(Nothing),
    /// Nothing can be asked; what needs a command is inconclusive.
    None(Nothing),
}

/// A program that the harness starts, once for each instance.
///
/// In `args` and in the values of `env`, `{harness}`, `{host}` and `{port}` stand for the address of the peers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exec {
    /// The program: a path relative to the profile's folder if it has a slash, else looked up in `PATH`.
    pub program: PathBuf,
    /// Its arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// Environment variables, beside those of the harness.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Its working directory, relative to the profile's folder; default: that folder.
    #[serde(default)]
    pub directory: Option<PathBuf>,
}

/// A control channel that is already there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tcp {
    /// Host and port.
    pub address: String,
}

/// A driver that needs no details, written `{}`.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl Driver {
    /// Makes relative paths count from the folder of the profile.
    pub fn relative_to(&mut self, folder: &Path) {
        let Self::Exec(exec) = self else { return };
        if exec.program.components().count() > 1 {
            exec.program = folder.join(&exec.program);
        }
        let directory = exec.directory.take().unwrap_or_default();
        exec.directory = Some(folder.join(directory)).filter(|path| !path.as_os_str().is_empty());
    }
}

/// What can stand in braces in arguments and environment of a program.
#[derive(Clone, Copy, Debug)]
pub struct Placeholders {
    /// Where the peers listen.
    pub harness: SocketAddr,
}

impl Placeholders {
    /// The text with every placeholder filled in. Other braces stand for themselves.
    pub fn fill(&self, text: &str) -> String {
        text.replace("{harness}", &self.harness.to_string())
            .replace("{host}", &self.harness.ip().to_string())
            .replace("{port}", &self.harness.port().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exec(program: &str, directory: Option<&str>) -> Driver {
        Driver::Exec(Exec {
            program: program.into(),
            args: Vec::new(),
            env: BTreeMap::new(),
            directory: directory.map(PathBuf::from),
        })
    }

    #[test]
    fn relative_paths_count_from_the_profile() {
        let table = [
            ("./ua", None, "lab/./ua", "lab/"),
            ("python3", Some("data"), "python3", "lab/data"),
            ("/bin/ua", Some("/tmp"), "/bin/ua", "/tmp"),
        ];
        for (program, directory, expected_program, expected_directory) in table {
            let mut driver = exec(program, directory);
            driver.relative_to(Path::new("lab"));
            let Driver::Exec(exec) = driver else { panic!("{driver:?}") };
            assert_eq!(exec.program, Path::new(expected_program));
            assert_eq!(exec.directory.as_deref(), Some(Path::new(expected_directory)));
        }
    }

    #[test]
    fn placeholders_are_filled_in() {
        let placeholders = Placeholders { harness: ([127, 0, 0, 1], 5070).into() };
        assert_eq!(
            placeholders.fill("--proxy={harness} {host}|{port} {other}"),
            "--proxy=127.0.0.1:5070 127.0.0.1|5070 {other}"
        );
    }
}
