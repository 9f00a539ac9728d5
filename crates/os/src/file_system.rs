//! The file system that a path stands on: what kind it is, and how much room it has.

use std::io;
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, StatVfsMountFlags, accessat, statfs, statvfs};

/// What is known of a file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSystem {
    /// Its kind.
    pub kind: Kind,
    /// Bytes that this user may still write.
    pub free: u64,
    /// Bytes in all.
    pub size: u64,
    /// It is mounted read-only.
    pub read_only: bool,
}

/// The kinds that differ in what can be built on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// On a disk of this host, under its name.
    Local(&'static str),
    /// In memory: gone when the host restarts.
    Memory(&'static str),
    /// The layers of a container's image: gone with the container.
    Layers(&'static str),
    /// On another host: locks and shared memory are doubtful.
    Network(&'static str),
    /// A program serves it; it may be anything.
    Fuse,
    /// By its number (`statfs(2)`).
    Other(u64),
}

/// Numbers of `linux/magic.h` and of the file systems' own sources.
const KINDS: &[(u64, Kind)] = &[
    (0xef53, Kind::Local("ext4")),
    (0x5846_5342, Kind::Local("xfs")),
    (0x9123_683e, Kind::Local("btrfs")),
    (0x2fc1_2fc1, Kind::Local("zfs")),
    (0xf2f5_2010, Kind::Local("f2fs")),
    (0xca45_1a4e, Kind::Local("bcachefs")),
    (0x0102_1994, Kind::Memory("tmpfs")),
    (0x8584_58f6, Kind::Memory("ramfs")),
    (0x794c_7630, Kind::Layers("overlayfs")),
    (0x6969, Kind::Network("NFS")),
    (0x517b, Kind::Network("SMB")),
    (0xff53_4d42, Kind::Network("CIFS")),
    (0xfe53_4d42, Kind::Network("SMB")),
    (0x0102_1997, Kind::Network("9p")),
    (0x00c3_6400, Kind::Network("Ceph")),
    (0x5346_414f, Kind::Network("AFS")),
    (0x0bd0_0bd0, Kind::Network("Lustre")),
    (0x6573_5546, Kind::Fuse),
];

/// Looks at the file system of a path that exists.
///
/// # Errors
/// When there is no such path, or it may not be looked at.
pub fn of(path: &Path) -> io::Result<FileSystem> {
    // The number is 32 bits wide, and signed on some machines.
    let magic = u64::from(statfs(path)?.f_type as u32);
    let room = statvfs(path)?;
    let kind = KINDS.iter().find(|(known, _)| *known == magic).map_or(Kind::Other(magic), |(_, kind)| *kind);
    Ok(FileSystem {
        kind,
        free: room.f_bavail.saturating_mul(room.f_frsize),
        size: room.f_blocks.saturating_mul(room.f_frsize),
        read_only: room.f_flag.contains(StatVfsMountFlags::RDONLY),
    })
}

/// Whether this process may write a file, or make files in a folder; asks, and changes nothing.
///
/// # Errors
/// `EACCES` when it may not, `EROFS` on a file system that is mounted read-only, `ENOENT` when there is no such path.
pub fn may_write(path: &Path) -> io::Result<()> {
    Ok(accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS)?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use allswell_testkit::namespace::inside;

    use super::{Kind, may_write, of};

    #[test]
    fn memory_is_told_with_its_room_and_its_rights() {
        inside(|| {
            for options in ["size=1m", "size=1m,ro"] {
                let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "none", "/mnt"]).status().unwrap();
                assert!(mounted.success());
                let found = of(Path::new("/mnt")).unwrap();
                assert_eq!((found.kind, found.size, found.read_only), (Kind::Memory("tmpfs"), 1 << 20, options.ends_with("ro")));
                assert!(found.free <= found.size && found.free > 0);
                assert_eq!(may_write(Path::new("/mnt")).is_ok(), !found.read_only);
            }
        });
    }

    #[test]
    fn a_missing_path_is_an_error() {
        assert_eq!(of(Path::new("/nowhere/at/all")).unwrap_err().kind(), std::io::ErrorKind::NotFound);
    }
}
