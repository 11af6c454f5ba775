//! What the crew does: questions, messages, mutes, settings, the transcript.

use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use kernel::http::{Json, Listed, Page, Path, Query};
use kernel::id::{AnswerId, EventId, MessageId, PersonId, ProductId, QuestionId};
use kernel::{Actor, Instant, Problem, Right};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::question::{Answer, Question, QuestionState};
use crate::room::{Decision, Message, Mute, MuteKind};
use crate::rooms::{Rooms, Wish};
use crate::settings::RoomSettings;

const TRANSCRIPT_PAGE: u64 = 500;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuestionView {
    #[schema(value_type = uuid::Uuid)]
    id: QuestionId,
    #[schema(value_type = uuid::Uuid)]
    event: EventId,
    participant: String,
    name: String,
    text: String,
    lang: String,
    #[schema(value_type = Option<uuid::Uuid>)]
    product: Option<ProductId>,
    at_ms: Option<i64>,
    private: bool,
    state: QuestionState,
    version: i64,
    #[schema(value_type = Option<uuid::Uuid>)]
    assignee: Option<PersonId>,
    #[schema(value_type = Option<uuid::Uuid>)]
    merged_into: Option<QuestionId>,
    #[schema(value_type = Option<uuid::Uuid>)]
    inquiry: Option<kernel::id::InquiryId>,
    reason: Option<String>,
    asked_at: Instant,
    answers: Vec<QuestionAnswerView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct QuestionAnswerView {
    #[schema(value_type = uuid::Uuid)]
    id: AnswerId,
    text: String,
    lang: String,
    by: String,
    public: bool,
    at: Instant,
}

impl From<Answer> for QuestionAnswerView {
    fn from(answer: Answer) -> Self {
        let Answer { id, question: _, text, lang, by, public, at } = answer;
        Self { id, text, lang, by, public, at }
    }
}

impl From<Question> for QuestionView {
    fn from(question: Question) -> Self {
        Self {
            id: question.id,
            event: question.event,
            participant: question.participant,
            name: question.name,
            text: question.text,
            lang: question.lang,
            product: question.product,
            at_ms: question.at_ms,
            private: question.private,
            state: question.state,
            version: question.version,
            assignee: question.assignee,
            merged_into: question.merged_into,
            inquiry: question.inquiry,
            reason: question.reason,
            asked_at: question.asked_at,
            answers: question.answers.into_iter().map(Into::into).collect(),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct QuestionFilter {
    /// States, separated by commas; all when absent.
    state: Option<String>,
}

/// Questions of a room, oldest first.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/questions", tag = "room",
    params(("event" = EventId, Path), QuestionFilter, Page),
    responses((status = 200, body = Listed<QuestionView>), (status = 403, body = Problem)))]
pub(super) async fn questions(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
    Query(filter): Query<QuestionFilter>,
    Query(page): Query<Page>,
) -> Result<Json<Listed<QuestionView>>, Problem> {
    let words = filter.state.as_deref().unwrap_or_default().split(',').filter(|word| !word.is_empty());
    let states: Vec<QuestionState> =
        words.map(str::parse).collect::<Result<_, _>>().map_err(|_unknown| Problem::bad_request("question-state"))?;
    let found = rooms.questions(&actor, event, &states, page.after()?, page.limit() + 1).await?;
    let listed = Listed::cut(found, page.limit(), |question| question.id.to_string());
    Ok(Json(listed.map(Into::into)))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct QuestionTransition {
    to: QuestionState,
    /// The version the wish was made of.
    from_version: Option<i64>,
    /// Who shall answer; the actor when absent.
    #[schema(value_type = Option<uuid::Uuid>)]
    assignee: Option<PersonId>,
    /// For `merged`.
    #[schema(value_type = Option<uuid::Uuid>)]
    into: Option<QuestionId>,
    #[schema(value_type = Option<uuid::Uuid>)]
    inquiry: Option<kernel::id::InquiryId>,
    #[schema(max_length = 200)]
    reason: Option<String>,
}

/// Moves a question to another state.
#[utoipa::path(post, path = "/api/v1/questions/{id}/transitions", tag = "room", params(("id" = QuestionId, Path)),
    request_body = QuestionTransition, responses((status = 200, body = QuestionView), (status = 409, body = Problem)))]
pub(super) async fn move_question(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(id): Path<QuestionId>,
    Json(wished): Json<QuestionTransition>,
) -> Result<Json<QuestionView>, Problem> {
    let reason = wished.reason.map(|reason| kernel::text::clean_line(&reason).chars().take(200).collect());
    let wish = Wish {
        assignee: wished.assignee,
        merged_into: wished.into,
        inquiry: wished.inquiry,
        reason,
        from_version: wished.from_version,
    };
    Ok(Json(rooms.move_question(&actor, id, wished.to, wish).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewQuestionAnswer {
    #[schema(max_length = 500)]
    text: String,
    /// Everybody sees it; otherwise only the asker.
    public: bool,
    /// The language of the text; the question's when absent.
    #[schema(value_type = Option<String>)]
    lang: Option<kernel::Locale>,
}

/// Answers a question in writing.
#[utoipa::path(post, path = "/api/v1/questions/{id}/answers", tag = "room", params(("id" = QuestionId, Path)),
    request_body = NewQuestionAnswer, responses((status = 201, body = QuestionView), (status = 409, body = Problem)))]
pub(super) async fn answer(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(id): Path<QuestionId>,
    Json(new): Json<NewQuestionAnswer>,
) -> Result<(StatusCode, Json<QuestionView>), Problem> {
    let lang = new.lang.map(|lang| lang.to_string());
    let answered = rooms.answer(&actor, id, &new.text, lang, new.public).await?;
    Ok((StatusCode::CREATED, Json(answered.into())))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct MessageDecision {
    decision: Decision,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DecidedMessageView {
    #[schema(value_type = uuid::Uuid)]
    id: MessageId,
    #[schema(example = "removed")]
    state: &'static str,
}

/// Decides on a message.
#[utoipa::path(post, path = "/api/v1/messages/{id}/decisions", tag = "room", params(("id" = MessageId, Path)),
    request_body = MessageDecision, responses((status = 200, body = DecidedMessageView), (status = 409, body = Problem)))]
pub(super) async fn decide(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(id): Path<MessageId>,
    Json(wished): Json<MessageDecision>,
) -> Result<Json<DecidedMessageView>, Problem> {
    let decided = rooms.decide(&actor, id, wished.decision).await?;
    Ok(Json(DecidedMessageView { id, state: decided.state.word() }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewRoomMute {
    kind: MuteKind,
    /// For how long; for good when absent.
    #[schema(minimum = 1)]
    minutes: Option<u32>,
}

/// Silences a participant.
#[utoipa::path(put, path = "/api/v1/rooms/{event}/mutes/{participant}", tag = "room",
    params(("event" = EventId, Path), ("participant" = String, Path)), request_body = NewRoomMute,
    responses((status = 204), (status = 403, body = Problem)))]
pub(super) async fn mute(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path((event, participant)): Path<(EventId, String)>,
    Json(new): Json<NewRoomMute>,
) -> Result<StatusCode, Problem> {
    let until = new.minutes.map(|minutes| rooms.now() + std::time::Duration::from_secs(u64::from(minutes) * 60));
    rooms.silence(&actor, event, &participant, Some(Mute { kind: new.kind, until })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a participant speak again.
#[utoipa::path(delete, path = "/api/v1/rooms/{event}/mutes/{participant}", tag = "room",
    params(("event" = EventId, Path), ("participant" = String, Path)),
    responses((status = 204), (status = 403, body = Problem)))]
pub(super) async fn unmute(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path((event, participant)): Path<(EventId, String)>,
) -> Result<StatusCode, Problem> {
    rooms.silence(&actor, event, &participant, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The room's settings.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/settings", tag = "room", params(("event" = EventId, Path)),
    responses((status = 200, body = RoomSettings), (status = 403, body = Problem)))]
pub(super) async fn settings(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
) -> Result<Json<RoomSettings>, Problem> {
    let room = rooms.crew_room(&actor, event, Right::SeeDesk).await?;
    let settings = room.lock().settings().clone();
    Ok(Json(settings))
}

/// Changes the room's settings, whole.
#[utoipa::path(put, path = "/api/v1/rooms/{event}/settings", tag = "room", params(("event" = EventId, Path)),
    request_body = RoomSettings, responses((status = 204), (status = 422, body = Problem)))]
pub(super) async fn configure(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
    Json(settings): Json<RoomSettings>,
) -> Result<StatusCode, Problem> {
    rooms.configure(&actor, event, settings).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
struct TranscriptLine<'a> {
    at: Instant,
    id: MessageId,
    participant: &'a str,
    name: &'a str,
    lang: &'a str,
    state: &'a str,
    text: &'a str,
}

impl<'a> From<&'a Message> for TranscriptLine<'a> {
    fn from(message: &'a Message) -> Self {
        let Message { id, participant, name, text, lang, state, at, event: _ } = message;
        Self { at: *at, id: *id, participant, name, lang, state: state.word(), text }
    }
}

/// All that was said, one JSON object to a line.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/transcript.jsonl", tag = "room", params(("event" = EventId, Path)),
    responses((status = 200, content_type = "application/jsonl"), (status = 403, body = Problem)))]
pub(super) async fn transcript_jsonl(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
) -> Result<Response, Problem> {
    let line = |message: &Message| crate::protocol::encode(&TranscriptLine::from(message)) + "\n";
    transcript(rooms, actor, event, "application/jsonl", String::new(), line).await
}

/// All that was said, as a table.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/transcript.csv", tag = "room", params(("event" = EventId, Path)),
    responses((status = 200, content_type = "text/csv"), (status = 403, body = Problem)))]
pub(super) async fn transcript_csv(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
) -> Result<Response, Problem> {
    let line = |message: &Message| {
        let line = TranscriptLine::from(message);
        let (at, id) = (line.at.to_string(), line.id.to_string());
        row(&[&at, &id, line.participant, line.name, line.lang, line.state, line.text])
    };
    let head = row(&["at", "id", "participant", "name", "lang", "state", "text"]);
    transcript(rooms, actor, event, "text/csv; charset=utf-8", head, line).await
}

/// One line of a table; cells that a spreadsheet would run are made inert.
fn row(cells: &[&str]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(cells.iter().map(|cell| kernel::text::inert_cell(cell)));
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Sends the transcript page by page, so that a long one is never held whole.
async fn transcript(
    rooms: Rooms,
    actor: Actor,
    event: EventId,
    kind: &'static str,
    head: String,
    line: impl Fn(&Message) -> String + Send + 'static,
) -> Result<Response, Problem> {
    let first = rooms.transcript(&actor, event, None, TRANSCRIPT_PAGE).await?;
    let pages = stream::unfold(Some((first, head)), move |page| {
        let (rooms, actor) = (rooms.clone(), actor.clone());
        let text = page.map(|(messages, head)| {
            let lines: String = messages.iter().map(&line).collect();
            let last = messages.last().map(|last| (last.at, last.id));
            (head + &lines, last)
        });
        async move {
            let (text, last) = text?;
            let next = match last {
                Some(last) => match rooms.transcript(&actor, event, Some(last), TRANSCRIPT_PAGE).await {
                    Ok(more) if more.is_empty() => None,
                    Ok(more) => Some((more, String::new())),
                    Err(problem) => return Some((Err(std::io::Error::other(problem.title)), None)),
                },
                None => None,
            };
            Some((Ok(text), next))
        }
    });
    // Compression asks once more after the end.
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], Body::from_stream(pages.fuse()))
        .into_response())
}
