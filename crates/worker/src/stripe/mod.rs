//! Stripe: pages where people pay, and what its events change here.
//!
//! Pages are made by a loop that serves requests in the schema; events arrive at `POST /webhooks/stripe`. An event
//! is a hint: after its signature is verified, Stripe is asked how the subscription or the charge stands now, and
//! that is what the schema takes in. So events may come twice, late and in any order.
//!
//! The endpoint at Stripe has to send `checkout.session.completed`, `checkout.session.async_payment_succeeded`,
//! `customer.subscription.*`, `invoice.paid`, `charge.refunded`, `charge.dispute.*` and `refund.failed`; others are
//! answered and let go. A restricted key needs to write checkout sessions, portal sessions and subscriptions, and to
//! read charges, payment intents, invoices and disputes.
//!
//! Not here: who is granted what, and which credits are taken back (SQL of the hosted schema).

mod apply;
mod charge;
mod checkout;
mod client;
mod event;
mod orphans;
mod page;
mod signature;
mod subscription;
mod webhook;

pub(crate) use checkout::serve_checkouts;
pub(crate) use client::Stripe;
pub(crate) use orphans::end_orphans;
pub use webhook::payment_events;
pub(crate) use webhook::router as payment_webhooks;
