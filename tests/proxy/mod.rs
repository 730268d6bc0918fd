//! A TCP proxy on loopback that simulates a slow, stalled or silently broken network.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

/// Runs until the runtime shuts down.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    network: watch::Sender<Network>,
}

#[derive(Clone, Copy, Default)]
struct Network {
    is_paused: bool,
    /// Incremented to break all open connections.
    generation: u64,
    delay: Duration,
}

impl Proxy {
    /// Starts a proxy for a loopback port.
    pub(crate) async fn start(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let own = listener.local_addr().expect("an address").port();
        let network = watch::Sender::new(Network::default());
        let seen = network.subscribe();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", port)).await;
                let Ok(server) = server else { continue };
                let (client, server) = (client.into_split(), server.into_split());
                tokio::spawn(forward(client.0, server.1, seen.clone()));
                tokio::spawn(forward(server.0, client.1, seen.clone()));
            }
        });
        Self { port: own, network }
    }

    /// Delays everything in both directions.
    pub(crate) fn delay(&self, delay: Duration) {
        self.network.send_modify(|network| network.delay = delay);
    }

    /// Stalls or resumes all traffic.
    pub(crate) fn pause(&self, is_paused: bool) {
        self.network.send_modify(|network| network.is_paused = is_paused);
    }

    /// Silently stops forwarding on the connections that are open now.
    pub(crate) fn drop_silently(&self) {
        self.network.send_modify(|network| network.generation += 1);
    }
}

async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut network: watch::Receiver<Network>,
) {
    let generation = network.borrow().generation;
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let delay = network.borrow().delay;
        if !delay.is_zero() {
            sleep(delay).await;
        }
        let flows =
            network.wait_for(|network| !network.is_paused || network.generation != generation);
        if flows.await.is_ok_and(|network| network.generation != generation) {
            std::future::pending::<()>().await;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
