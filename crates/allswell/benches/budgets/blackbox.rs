//! The rival prometheus-blackbox-exporter: started with a configuration of our own, asked as Prometheus asks it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::child::{Running, installed};
use crate::figures::{Figures, Trouble};
use crate::{pause, usage};

const PROGRAM: &str = "prometheus-blackbox-exporter";

const CONFIGURATION: &str = "\
modules:
  tcp: { prober: tcp, timeout: 5s, tcp: { preferred_ip_protocol: ip4 } }
  http: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4 } }
  icmp: { prober: icmp, timeout: 5s, icmp: { preferred_ip_protocol: ip4 } }
";

/// Probes before the first that counts.
const WARM_UP: usize = 100;

/// The exporter, while it runs.
pub(crate) struct Blackbox {
    running: Running,
    connection: BufReader<TcpStream>,
    _folder: TempDir,
}

impl Blackbox {
    /// `None` where it is not installed.
    pub(crate) fn start() -> Result<Option<Self>, Trouble> {
        if !installed(PROGRAM) {
            return Ok(None);
        }
        let folder = TempDir::new()?;
        let file = folder.path().join("blackbox.yml");
        std::fs::write(&file, CONFIGURATION)?;
        let address = free_address()?;
        let (config, listen) = (format!("--config.file={}", file.display()), format!("--web.listen-address={address}"));
        let running = Running::rival(PROGRAM, &[OsStr::new(&config), OsStr::new(&listen)])?;
        let connection = BufReader::new(connected(address)?);
        Ok(Some(Self { running, connection, _folder: folder }))
    }

    /// So many probes, one after the other, over one connection that is kept.
    pub(crate) fn probe(&mut self, module: &str, targets: &[String], probes: usize) -> Result<Figures, Trouble> {
        let mut all = targets.iter().cycle();
        for target in all.by_ref().take(WARM_UP) {
            self.ask(module, target)?;
        }
        let before = usage::cpu_of_threads(self.running.id())?;
        let begun = Instant::now();
        for target in all.take(probes) {
            self.ask(module, target)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of probes")]
        let count = probes as f64;
        let cpu = usage::cpu_of_threads(self.running.id())? - before;
        Ok(Figures::default().with("cpu_us", cpu / count).with("rate", count / begun.elapsed().as_secs_f64()))
    }

    fn ask(&mut self, module: &str, target: &str) -> Result<(), Trouble> {
        let request = format!("GET /probe?module={module}&target={target} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        self.connection.get_mut().write_all(request.as_bytes())?;
        let body = answer(&mut self.connection)?;
        if !body.contains("probe_success 1") {
            return Err(format!("the blackbox exporter did not reach {target}").into());
        }
        Ok(())
    }
}

/// Reads an answer to its end: with a length, or in chunks.
pub(crate) fn answer(connection: &mut impl BufRead) -> Result<String, Trouble> {
    let mut length = None;
    loop {
        let line = line(connection)?;
        match line.split_once(':') {
            None if line.is_empty() => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = Some(value.trim().parse()?),
            _ => {}
        }
    }
    let mut body = Vec::new();
    if let Some(length) = length {
        connection.take(length).read_to_end(&mut body)?;
        return Ok(String::from_utf8(body)?);
    }
    loop {
        let size = u64::from_str_radix(&line(connection)?, 16)?;
        connection.by_ref().take(size).read_to_end(&mut body)?;
        line(connection)?;
        if size == 0 {
            return Ok(String::from_utf8(body)?);
        }
    }
}

fn line(connection: &mut impl BufRead) -> Result<String, Trouble> {
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        return Err("the connection ended within an answer".into());
    }
    Ok(line.trim_end().to_owned())
}

/// A port that nobody uses now; the exporter cannot tell which one it was given for 0.
fn free_address() -> Result<SocketAddr, Trouble> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Connects as soon as somebody listens.
pub(crate) fn connected(address: SocketAddr) -> Result<TcpStream, Trouble> {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        match TcpStream::connect(address) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) if Instant::now() > until => return Err(error.into()),
            Err(_) => pause(Duration::from_millis(10)),
        }
    }
}
