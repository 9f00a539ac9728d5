//! What every handler has at hand.

use std::sync::Arc;
use std::time::Duration;

use allswell_store::{Board, ReadError, Reader};

use tokio::sync::Semaphore;

use crate::api::orders::Orders;
use crate::control::Control;
use crate::facts::Facts;
use crate::guard::Guard;
use crate::held::Responses;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::stream::hub::Hub;

/// So many requests read the history at once; each costs a thread and a connection to the file. The next ones wait.
const READS: usize = 4;
/// Whoever waited so long for a turn to read, or for what is read, is told to come again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Shared by all requests.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

/// What [`App`] leads to.
pub(crate) struct Inner {
    /// The history and the board.
    pub(crate) reader: Reader,
    /// The program.
    pub(crate) control: Arc<dyn Control>,
    /// Who may call.
    pub(crate) guard: Guard,
    /// The stream's clients.
    pub(crate) hub: Hub,
    /// What operators order.
    pub(crate) orders: Orders,
    /// The responses that wait to be taken.
    pub(crate) responses: Responses,
    reads: Arc<Semaphore>,
    /// Stands in the tab.
    pub(crate) title: String,
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// All of it, from what the program gives.
    pub(crate) fn new(reader: Reader, control: Arc<dyn Control>, settings: Settings) -> Self {
        let hub = Hub::following(&reader);
        Self(Arc::new(Inner {
            reader,
            control,
            guard: Guard::new(&settings),
            hub,
            orders: Orders::new(),
            responses: Responses::new(),
            reads: Arc::new(Semaphore::new(READS)),
            title: settings.title,
        }))
    }

    /// Reads history apart from the threads that answer: the disk may be slow.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (reader, reads) = (self.reader.clone(), Arc::clone(&self.reads));
        let reading = async {
            let turn = reads.acquire_owned().await;
            // Whoever asked may go away: the turn ends with the reading.
            let read = move || (read(&reader), turn).0;
            tokio::task::spawn_blocking(read).await
        };
        let late = |_| Problem::busy("The history is slow to read just now; try again.");
        match tokio::time::timeout(PATIENCE, reading).await.map_err(late)? {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(ReadError::ForeignCursor)) => Err(Problem::bad_request(sentence(&ReadError::ForeignCursor))),
            Ok(Err(error)) => Err(Problem::ours(sentence(&error))),
            Err(error) => Err(Problem::ours(format!("A bug of ours: {error}."))),
        }
    }

    /// Looks at the board's rows as facts, in the order of their ids.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&mut dyn Iterator<Item = Facts<'_>>) -> R) -> R {
        self.reader.board(|board: &Board| look(&mut board.rows().map(Facts::of)))
    }
}

/// An error's words as a whole sentence.
fn sentence(error: &ReadError) -> String {
    let words = error.to_string();
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
