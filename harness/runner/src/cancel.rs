//! Ending a run before its time.

use tokio::sync::watch;

/// Ends a run; dropping it does not.
#[derive(Clone, Debug)]
pub struct Cancel(watch::Sender<bool>);

/// What a run looks at.
#[derive(Clone, Debug)]
pub struct CancelToken(watch::Receiver<bool>);

impl Cancel {
    /// A handle and its token.
    pub fn pair() -> (Self, CancelToken) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), CancelToken(receiver))
    }

    /// Ends the run: cases under way stop, what was judged stands.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

impl CancelToken {
    /// Whether the run is to end.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the run is to end; for ever if nobody can say so any more.
    pub async fn cancelled(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|cancelled| *cancelled).await.is_err() {
            std::future::pending().await
        }
    }
}

impl Default for CancelToken {
    /// A token of which nobody holds the handle.
    fn default() -> Self {
        Cancel::pair().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_hears_of_its_handle() {
        let (cancel, token) = Cancel::pair();
        assert!(!token.is_cancelled());
        cancel.cancel();
        token.cancelled().await;
        assert!(token.is_cancelled());
    }
}
