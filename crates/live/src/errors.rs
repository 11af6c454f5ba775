//! Why `live` refuses.

use axum::response::{IntoResponse, Response};
use kernel::Problem;
use kernel::outbox::OutboxError;

use crate::event::{BadPlan, EventState, MAX_PINS};
use crate::run::{MAX_ITEMS, RunItemState};

#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    #[error("there is no such event")]
    NoSuchEvent,
    #[error("there is no such item")]
    NoSuchItem,
    #[error("there is no such stream key")]
    NoSuchKey,
    #[error("there is no such product")]
    NoSuchProduct,
    #[error(transparent)]
    BadPlan(#[from] BadPlan),
    #[error("a field is not as it must be")]
    BadField(&'static str),
    #[error("somebody else was faster")]
    VersionConflict { version: i64, state: EventState },
    #[error("an event that is {} cannot become {}", from.word(), to.word())]
    IllegalTransition { from: EventState, to: EventState },
    #[error("an item that is {} cannot become {}", from.word(), to.word())]
    IllegalItemTransition { from: RunItemState, to: RunItemState },
    #[error("an item that was shown stays")]
    ItemShown,
    #[error("the event is not running")]
    NotRunning { state: EventState },
    #[error("this cannot change any more")]
    Fixed { state: EventState },
    #[error("the event lacks what the move needs")]
    NotReady { missing: Vec<&'static str> },
    #[error("at most {MAX_ITEMS} items")]
    TooManyItems,
    #[error("at most {MAX_PINS} products are pinned at once")]
    TooManyPins,
    #[error("too many keys")]
    TooManyKeys,
    #[error("the order names every item once")]
    NotAnOrder,
    #[error("the move is not allowed")]
    Denied(Problem),
    #[error("the recording cannot be sealed yet")]
    NotSealed(#[from] std::io::Error),
    #[error("the move was cut off")]
    CutOff(#[from] tokio::task::JoinError),
    #[error("the event could not be stored")]
    Store(#[from] kernel::db::sea_orm::DbErr),
    #[error("the happening could not be kept")]
    Outbox(#[from] OutboxError),
}

impl From<LiveError> for Problem {
    fn from(err: LiveError) -> Self {
        use LiveError as E;
        match err {
            E::NoSuchEvent => Self::not_found("no-such-event"),
            E::NoSuchItem => Self::not_found("no-such-item"),
            E::NoSuchKey => Self::not_found("no-such-stream-key"),
            E::NoSuchProduct => Self::unprocessable("no-such-product"),
            E::BadPlan(BadPlan(field)) | E::BadField(field) => Self::unprocessable("bad-field").with("field", field),
            E::VersionConflict { version, state } => {
                Self::conflict("version-conflict").with("version", version).with("state", state)
            }
            E::IllegalTransition { from, to } => {
                Self::conflict("illegal-transition").with("state", from).with("to", to)
            }
            E::IllegalItemTransition { from, to } => {
                Self::conflict("illegal-transition").with("state", from).with("to", to)
            }
            E::ItemShown => Self::conflict("item-shown"),
            E::NotRunning { state } => Self::conflict("event-not-running").with("state", state),
            E::Fixed { state } => Self::conflict("event-fixed").with("state", state),
            E::NotReady { missing } => Self::conflict("event-not-ready").with("missing", missing),
            E::TooManyItems => Self::conflict("too-many-items").with("most", MAX_ITEMS),
            E::TooManyPins => Self::unprocessable("too-many-pins").with("most", MAX_PINS),
            E::TooManyKeys => Self::conflict("too-many-stream-keys"),
            E::NotAnOrder => Self::unprocessable("not-an-order"),
            E::Denied(problem) => problem,
            err @ (E::NotSealed(_) | E::CutOff(_) | E::Store(_) | E::Outbox(_)) => Self::internal(&err),
        }
    }
}

impl IntoResponse for LiveError {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
