//! A channel over a socket: reads, writes and keeps the heartbeat, all from within `next`.
//!
//! Nothing runs beside the caller. Every step is a poll that leaves its state in the channel, so that
//! `next` can be dropped at any point and called again without losing a frame.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Sink, Stream};
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use super::RealtimeEvent;
use super::connect::Socket;
use super::frame::decode;
use super::protocol::Protocol;
use crate::Error;

/// Between heartbeats; the server closes after 60 seconds of silence.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// Until the join is answered. The server takes 5 seconds to refuse one.
const JOIN: Duration = Duration::from_secs(10);
/// From the join until the server listens. It tries every 5 to 10 seconds when its database is busy.
const LIVE: Duration = Duration::from_secs(60);
/// For handing over a token.
const SEND: Duration = Duration::from_secs(10);

/// An open channel.
pub struct RealtimeChannel {
    socket: Socket,
    protocol: Protocol,
    outgoing: VecDeque<Message>,
    heartbeat: Interval,
    /// Ends a channel that does not get as far as listening.
    patience: Pin<Box<Sleep>>,
}

impl RealtimeChannel {
    pub(super) fn new(socket: Socket, token: &str) -> Self {
        let (protocol, join) = Protocol::join(token);
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            socket,
            protocol,
            outgoing: VecDeque::from([Message::text(join)]),
            heartbeat,
            patience: Box::pin(sleep(JOIN)),
        }
    }

    /// Waits for the next event. May be dropped and called again; nothing is lost. After
    /// [`RealtimeEvent::Closed`] it answers the same for ever.
    pub async fn next(&mut self) -> RealtimeEvent {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Hands the server a newer token, so that the channel outlives the old one.
    ///
    /// # Errors
    /// [`Error::Network`] when the connection does not take it.
    pub async fn set_token(&mut self, access_token: &str) -> Result<(), Error> {
        let frame = self.protocol.token(access_token);
        self.outgoing.push_back(Message::text(frame));
        let sent = tokio::time::timeout(SEND, poll_fn(|cx| self.poll_send(cx))).await;
        match sent {
            Ok(sent) => sent.map_err(|error| Error::Network(Box::new(error))),
            Err(elapsed) => Err(Error::Network(Box::new(elapsed))),
        }
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<RealtimeEvent> {
        if let Some(closed) = self.protocol.closed() {
            return Poll::Ready(closed);
        }
        if !self.protocol.is_live() && self.patience.as_mut().poll(cx).is_ready() {
            return Poll::Ready(self.protocol.close("the server does not begin to listen"));
        }
        while self.heartbeat.poll_tick(cx).is_ready() {
            match self.protocol.heartbeat() {
                Ok(frame) => self.outgoing.push_back(Message::text(frame)),
                Err(closed) => return Poll::Ready(closed),
            }
        }
        if let Poll::Ready(Err(error)) = self.poll_send(cx) {
            return Poll::Ready(self.broken(&error));
        }
        loop {
            let Some(message) = ready!(Pin::new(&mut self.socket).poll_next(cx)) else {
                return Poll::Ready(self.protocol.close("the connection ended"));
            };
            let event = match message {
                Ok(Message::Text(text)) => {
                    decode(&text).and_then(|frame| self.protocol.receive(&frame))
                }
                // Broadcasts, control frames: the socket answers pings and closes by itself.
                Ok(_) => None,
                Err(error) => Some(self.broken(&error)),
            };
            if let Some(event) = event {
                if event == RealtimeEvent::Joined && self.protocol.is_joined() {
                    self.patience.as_mut().reset(Instant::now() + LIVE);
                }
                return Poll::Ready(event);
            }
        }
    }

    /// Writes what waits to be sent; ready when all of it has left.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), WsError>> {
        let mut socket = Pin::new(&mut self.socket);
        while !self.outgoing.is_empty() {
            ready!(socket.as_mut().poll_ready(cx))?;
            if let Some(message) = self.outgoing.pop_front() {
                socket.as_mut().start_send(message)?;
            }
        }
        socket.poll_flush(cx)
    }

    fn broken(&mut self, error: &WsError) -> RealtimeEvent {
        self.protocol.close(&error.to_string())
    }
}

impl fmt::Debug for RealtimeChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RealtimeChannel")
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}
