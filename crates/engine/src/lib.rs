//! Session, outbox sender, puller, downloader: the public Core.
