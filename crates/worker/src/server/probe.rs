//! Asks a worker of this machine how it is: what a container's health check runs, so that its image needs no other
//! program.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use crate::outside;

const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the worker that listens at `listen` says that it is well.
pub async fn is_healthy(listen: SocketAddr) -> bool {
    let Ok(http) = outside::http(PATIENCE) else {
        return false;
    };
    let address = format!("http://{}/healthz", reachable(listen));
    outside::send(http.get(address)).await.is_ok()
}

/// Everybody's address is nobody's: it is reached by this machine's own.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let own = match listen.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(own, listen.port())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn a_worker_that_listens_everywhere_is_asked_here() {
        for (listen, asked) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("192.0.2.7:80", "192.0.2.7:80"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        }
    }
}
