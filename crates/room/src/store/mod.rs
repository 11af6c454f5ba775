//! Every query of rooms.

pub mod entity;
mod messages;
pub mod migration;
mod questions;
mod rooms;

use sea_orm::DbErr;
use sea_orm::sea_query::OnConflict;

pub use self::messages::{decide, message, messages_after, save_messages};
pub use self::questions::{
    events_with_questions, insert_answer, insert_question, move_question, point_to, question, questions,
};
pub use self::rooms::{Silenced, configure, enter, load, mutes, open_rooms, room, show, silence};

fn do_nothing<C: sea_orm::sea_query::IntoIden>(columns: impl IntoIterator<Item = C>) -> OnConflict {
    OnConflict::columns(columns).do_nothing().to_owned()
}

/// Whether an insert that may meet its own key wrote something.
fn inserted(outcome: Result<u64, DbErr>) -> Result<bool, DbErr> {
    match outcome {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(other) => Err(other),
    }
}
