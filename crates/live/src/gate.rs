//! Stream keys, and the door they open: who may publish, who may watch.

use std::net::IpAddr;
use std::sync::PoisonError;
use std::time::Duration;

use futures_util::future::BoxFuture;
use kernel::db::sea_orm::DbErr;
use kernel::id::{EventId, OrgId, RecordingId, StreamKeyId};
use kernel::secret::{random_token, token_hash};
use kernel::text::clean_line;
use kernel::{Actor, Instant, Secret};
use media::{PlayGrant, PublishGrant, Refused, StreamGate, StreamName};

use crate::LiveError as E;
use crate::event::{Audience, EventState, accepts_source, audience};
use crate::events::{held, owned};
use crate::live::{Live, stream_name};
use crate::store::{self, StreamKey};

const MAX_KEYS: usize = 10;
const MAX_LABEL_CHARS: usize = 60;
/// Answers to players are at most this old, so that playlists do not ask the database.
const REMEMBERED_FOR: Duration = Duration::from_secs(1);
/// Names remembered; more are forgotten all at once.
const REMEMBERED_AT_MOST: usize = 10_000;
const PROOF_LASTS: Duration = Duration::from_hours(12);

impl Live {
    /// Makes a stream key. The key itself is never seen again.
    pub async fn make_key(&self, org: OrgId, event: EventId, label: &str) -> Result<(StreamKey, Secret<String>), E> {
        let label = clean_line(label);
        if label.chars().count() > MAX_LABEL_CHARS {
            return Err(E::BadField("label"));
        }
        let txn = self.db.write().await?;
        let event = held(&txn, org, event).await?;
        if store::keys(&txn, event.id).await?.len() >= MAX_KEYS {
            return Err(E::TooManyKeys);
        }
        let secret = Secret::new(format!("live_{}", random_token::<16>().expose()));
        let key = StreamKey { id: StreamKeyId::new(), event: event.id, label, created_at: self.clock.now() };
        store::insert_key(&txn, &key, token_hash(secret.expose())).await?;
        txn.commit().await?;
        Ok((key, secret))
    }

    /// The keys in force.
    pub async fn keys(&self, org: OrgId, event: EventId) -> Result<Vec<StreamKey>, E> {
        let event = owned(self.db.read(), org, event).await?;
        Ok(store::keys(self.db.read(), event.id).await?)
    }

    /// Revokes a key and closes the source, which may have come in by it; another key lets it in again.
    pub async fn revoke_key(&self, org: OrgId, event: EventId, key: StreamKeyId) -> Result<(), E> {
        let txn = self.db.write().await?;
        let event = held(&txn, org, event).await?;
        if !store::revoke_key(&txn, event.id, key, self.clock.now()).await? {
            return Err(E::NoSuchKey);
        }
        txn.commit().await?;
        self.streams.kick(&stream_name(event.id));
        Ok(())
    }

    /// Shows a player that its owner belongs to the crew, for as long as a show may take.
    pub fn preview_proof(&self, event: EventId) -> String {
        let until = (self.clock.now() + PROOF_LASTS).millis();
        let tag = self.proofs.sign(format!("{event}.{until}").as_bytes());
        format!("{until}.{}", hex::encode(tag))
    }

    fn is_proven(&self, name: &StreamName, proof: &str) -> bool {
        let Some((until, tag)) = proof.split_once('.') else { return false };
        let (Ok(millis), Ok(tag)) = (until.parse(), hex::decode(tag)) else { return false };
        self.clock.now() < Instant::from_millis(millis)
            && self.proofs.verify(format!("{name}.{until}").as_bytes(), &tag)
    }

    async fn admit(&self, key: &Secret<String>) -> Result<PublishGrant, Refused> {
        let key =
            store::key_by_hash(self.db.read(), &token_hash(key.expose())).await.map_err(|cause| unavailable(&cause))?;
        let key = key.ok_or(Refused::UnknownKey)?;
        let event = store::event(self.db.read(), key.event).await.map_err(|cause| unavailable(&cause))?;
        let event = event.ok_or(Refused::UnknownKey)?;
        if !accepts_source(event.state, event.plan.starts_at, self.clock.now()) {
            return Err(Refused::NotNow);
        }
        Ok(PublishGrant { name: stream_name(event.id), label: key.label, max_bitrate_kbps: None })
    }

    async fn may_play(&self, name: &StreamName, proof: Option<&str>) -> Result<PlayGrant, Refused> {
        let state = self.remembered_state(name).await?;
        match state.map_or(Audience::Nobody, audience) {
            Audience::Everyone => Ok(PlayGrant {}),
            Audience::Crew if proof.is_some_and(|proof| self.is_proven(name, proof)) => Ok(PlayGrant {}),
            _ => Err(Refused::Forbidden),
        }
    }

    /// Among whom this reader plays a recording: it is everybody's once it is a replay, and its crew's whatever
    /// became of it.
    pub async fn audience_of_recording(&self, actor: &Actor, recording: RecordingId) -> Result<Audience, DbErr> {
        let event = store::event_of_recording(self.db.read(), recording).await?;
        Ok(match event {
            Some(event) if event.state == EventState::Replay => Audience::Everyone,
            Some(event) if actor.works_here().is_ok_and(|org| org == event.org) => Audience::Crew,
            _ => Audience::Nobody,
        })
    }

    async fn remembered_state(&self, name: &StreamName) -> Result<Option<EventState>, Refused> {
        let now = self.clock.now();
        let known = self.states.lock().unwrap_or_else(PoisonError::into_inner).get(name).copied();
        if let Some((at, state)) = known
            && now.since(at) < REMEMBERED_FOR
        {
            return Ok(state);
        }
        let Ok(id) = name.as_str().parse::<EventId>() else { return Ok(None) };
        let state =
            store::event(self.db.read(), id).await.map_err(|cause| unavailable(&cause))?.map(|event| event.state);
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        if states.len() >= REMEMBERED_AT_MOST {
            states.clear();
        }
        states.insert(name.clone(), (now, state));
        Ok(state)
    }

    pub(crate) fn forget_state(&self, event: EventId) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).remove(&stream_name(event));
    }
}

fn unavailable(cause: &DbErr) -> Refused {
    tracing::error!(%cause, "the gate could not ask the database");
    Refused::Unavailable
}

/// The gate that media asks.
#[derive(Clone)]
pub struct Gate(pub Live);

impl StreamGate for Gate {
    fn publish(&self, key: &Secret<String>, _from: IpAddr) -> BoxFuture<'_, Result<PublishGrant, Refused>> {
        let key = key.clone();
        Box::pin(async move { self.0.admit(&key).await })
    }

    fn play(&self, name: &StreamName, proof: Option<&str>) -> BoxFuture<'_, Result<PlayGrant, Refused>> {
        let (name, proof) = (name.clone(), proof.map(str::to_owned));
        Box::pin(async move { self.0.may_play(&name, proof.as_deref()).await })
    }
}
