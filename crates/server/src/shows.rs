//! What trade asks of the shows, answered by `live` and `room`.

use async_trait::async_trait;
use kernel::db::sea_orm::DbErr;
use kernel::id::{EventId, OrgId, QuestionId};
use kernel::{Actor, Db};
use live::Live;

pub struct Shows {
    pub live: Live,
    pub db: Db,
}

#[async_trait]
impl trade::ports::Shows for Shows {
    async fn firm_of(&self, event: EventId) -> Result<Option<OrgId>, DbErr> {
        self.live.firm_of(event).await
    }

    async fn may_convert(&self, actor: &Actor, question: QuestionId) -> Result<bool, DbErr> {
        room::may_convert(&self.db, actor, question).await
    }
}
