//! The situations, as data: what happens, and when.

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// The server finishes both connections.
    ServerFinishes,
    /// The client, which has heard of it, finishes too.
    ClientFinishes,
    /// SIGSTOP.
    StopServer,
    /// SIGKILL.
    KillServer,
    /// The cable between router and server.
    UnplugServer,
    /// The server's host goes off; what its kernel would still say does not leave it.
    PowerOff,
    PowerOn,
    /// Again, on the ports that it had.
    StartServer,
    /// The cable between client and router.
    UnplugClient,
    /// A request on each connection of the client that takes one.
    ClientAsks,
}

impl Deed {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::ServerFinishes => "the server finishes: shutdown(Write)",
            Self::ClientFinishes => "the client finishes as well",
            Self::StopServer => "the server's process is stopped (SIGSTOP)",
            Self::KillServer => "the server's process is killed (SIGKILL)",
            Self::UnplugServer => "the cable of the server's host is pulled",
            Self::PowerOff => "the server's host is off",
            Self::PowerOn => "the server's host is back, and knows nothing",
            Self::StartServer => "the server runs again",
            Self::UnplugClient => "the cable of the client's host is pulled",
            Self::ClientAsks => "the client asks something",
        }
    }
}

/// A situation.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// What one learns from it.
    pub(crate) moral: &'static str,
    /// Whether it takes hosts of its own.
    pub(crate) hosts: bool,
    /// Milliseconds since the fault, in order.
    pub(crate) deeds: &'static [(i64, Deed)],
    /// Whether the client is there to see it.
    pub(crate) client_sees: bool,
    /// Whether the server's host forgets its connections without a word when its process ends.
    pub(crate) forgets: bool,
}

/// Before this the connections are idle.
const ASK: (i64, Deed) = (8_000, Deed::ClientAsks);

/// When the watching ends.
pub(crate) const END_MS: i64 = 14_000;

pub(crate) const SCENES: [Scene; 7] = [
    Scene {
        name: "closed",
        title: "Closed in order",
        moral: "Both ends say that they have finished (FIN), so both know at once. Nothing has to be set.",
        hosts: false,
        deeds: &[(0, Deed::ServerFinishes), (1_000, Deed::ClientFinishes)],
        client_sees: true,
        forgets: false,
    },
    Scene {
        name: "killed",
        title: "Killed while idle",
        moral: "The kernel of a killed process closes for it: the same FIN as in an orderly close. A client that asks all the same has its \
                bytes taken by its own kernel, and learns from the RST that nobody read them.",
        hosts: false,
        deeds: &[(0, Deed::KillServer), ASK],
        client_sees: true,
        forgets: false,
    },
    Scene {
        name: "killed at work",
        title: "Killed over a request that it had not read",
        moral: "Bytes that nobody read make the same kernel say RST instead of FIN: the request was lost, and the client knows.",
        hosts: false,
        deeds: &[(-500, Deed::StopServer), (-400, Deed::ClientAsks), (0, Deed::KillServer)],
        client_sees: true,
        forgets: false,
    },
    Scene {
        name: "stopped",
        title: "Stopped",
        moral: "The kernel of a process that hangs acknowledges requests and answers keepalives. Only an answer of the application proves \
                the application: that is what a heartbeat is for.",
        hosts: false,
        deeds: &[(0, Deed::StopServer), ASK],
        client_sees: true,
        forgets: false,
    },
    Scene {
        name: "unplugged",
        title: "Unplugged",
        moral: "Nothing is sent, so nothing is heard. Without keepalive nobody notices before somebody asks, and then the kernel goes on \
                repeating the request for as long as is predicted above.",
        hosts: true,
        deeds: &[(0, Deed::UnplugServer), ASK],
        client_sees: true,
        forgets: false,
    },
    Scene {
        name: "rebooted",
        title: "Rebooted",
        moral: "A host that comes back knows nothing of the connection, and says so (RST) to the first packet that it gets: a keepalive \
                probe, or else the client's next request.",
        hosts: true,
        deeds: &[(0, Deed::PowerOff), (1_000, Deed::PowerOn), (1_000, Deed::StartServer), ASK],
        client_sees: true,
        forgets: true,
    },
    Scene {
        name: "client gone",
        title: "The client vanishes, and the server closes nothing",
        moral: "A server's kernel cannot tell a client that is gone from one that has nothing to say, and ends nothing by itself. With \
                keepalive it goes on probing until the probes or the user time-out have run out. Without, no timer runs: the connection \
                and its memory stay until the server writes or closes, or for ever. (The heartbeat here is the client's; a server that wants \
                to know needs one of its own.)",
        hosts: true,
        deeds: &[(0, Deed::UnplugClient)],
        client_sees: false,
        forgets: false,
    },
];
