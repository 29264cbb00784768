//! Files that are there whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A report could not be written.
#[derive(Debug, Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct WriteError {
    path: PathBuf,
    source: io::Error,
}

/// Writes a file by way of a temporary one in the same folder, which is made where it is missing.
///
/// # Errors
/// The folder cannot be made or written to, or the disk is full; an older file of that name is then untouched.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    try_write(path, content).map_err(|source| WriteError { path: path.to_owned(), source })
}

fn try_write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    make_readable(file.as_file())?;
    file.persist(path)?;
    Ok(())
}

/// Temporary files are for their owner alone; reports are for everybody who may read the folder.
#[cfg(unix)]
fn make_readable(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_the_folder_and_replaces_the_file() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("deep/er/report.json");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn says_which_file_cannot_be_written() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("file"), b"").unwrap();
        let error = write_atomically(&root.path().join("file/report.json"), b"x").unwrap_err();
        assert!(error.to_string().contains("report.json"), "{error}");
    }
}
