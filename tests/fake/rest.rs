//! The REST routes that the bot uses.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::http::{Request, Response};
use super::rules::{Fault, FaultRule};
use super::validator::{self, InteractionData};
use super::{Answer, AnsweredInteraction, Call, Interaction, Shared, State, commands};

/// How long an interaction accepts a callback, and how long it accepts follow-ups:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding>
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
const FOLLOW_UP_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// Serves one connection.
pub(super) async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    drop(stream.set_nodelay(true));
    let mut buffer = Vec::new();
    let mut is_kept = false;
    while let Some(request) = Request::read(&mut stream, &mut buffer).await {
        let Some(response) = answer(&shared, &request, is_kept).await else {
            return;
        };
        is_kept = true;
        if response.write(&mut stream).await.is_err() {
            return;
        }
    }
}

/// Responds to a request; `None` ends the connection.
async fn answer(shared: &Shared, request: &Request, is_reused: bool) -> Option<Response> {
    let at = Instant::now();
    let call = Call { method: request.method.clone(), path: request.path.clone(), status: 0, at };
    let fault = shared.with(|state| {
        state.record_call(call);
        let fault = FaultRule::take(&mut state.rules, &request.method, &request.path, is_reused);
        if let Some(
            Fault::Delayed(_) | Fault::DroppedBefore | Fault::DroppedAfter | Fault::NoResponse,
        ) = fault
        {
            state.may_be_repeated(&request.path);
        }
        fault
    });
    if let Some(Fault::Delayed(late)) = fault {
        tokio::time::sleep(late).await;
    }
    let response = match &fault {
        None | Some(Fault::Delayed(_) | Fault::DroppedAfter | Fault::UnreadableBody) => shared
            .with(|state| {
                if request.header("host").is_none() {
                    state.violations.push("a request without a host".to_owned());
                }
                route(state, request)
            }),
        Some(Fault::RateLimited { retry_after, is_global }) => {
            rate_limited(retry_after, *is_global)
        }
        Some(Fault::Status(status)) => Response::error(*status, 0, "as it was asked for"),
        Some(Fault::EchoedRequest(status)) => repeated(*status, request),
        Some(Fault::DroppedBefore | Fault::NoResponse) => Response::empty(0),
    };
    shared.with(|state| state.report_answer(at, &request.path, response.status));
    match fault {
        Some(Fault::DroppedBefore | Fault::DroppedAfter) => None,
        Some(Fault::NoResponse) => std::future::pending().await,
        Some(Fault::UnreadableBody) => Some(Response::text(200, "?")),
        _ => Some(response),
    }
}

/// An error response that repeats the whole request.
fn repeated(status: u16, request: &Request) -> Response {
    let message = format!("Route {}:{} not found", request.method, request.path);
    let body = String::from_utf8_lossy(&request.body);
    let errors = json!({ "data": { "_errors": [{ "code": "UNKNOWN", "message": body }] } });
    Response::json(status, json!({ "code": 50035, "message": message, "errors": errors }))
}

fn rate_limited(retry_after: &str, is_global: bool) -> Response {
    let seconds = retry_after.parse::<f64>().unwrap_or(1.0);
    let body = json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": is_global });
    let response = Response::json(429, body)
        .with("retry-after", retry_after)
        .with("x-ratelimit-scope", if is_global { "global" } else { "user" });
    if is_global {
        return response.with("x-ratelimit-global", true);
    }
    response
        .with("x-ratelimit-limit", 5)
        .with("x-ratelimit-remaining", 0)
        .with("x-ratelimit-reset-after", retry_after)
        .with("x-ratelimit-bucket", "a-bucket-of-the-fake")
}

fn route(state: &mut State, request: &Request) -> Response {
    if let Some(file) = request.path.strip_prefix("/attachments/1/") {
        let id = file.split('/').next().and_then(|id| id.parse().ok());
        let content = id.and_then(|id: u64| state.guild.files.get(&id));
        return match content {
            Some(content) => Response::text(200, content),
            None => Response::empty(404),
        };
    }
    let Some(path) = request.path.strip_prefix("/api/v10/") else {
        state.violations.push(format!("{} is outside /api/v10", request.path));
        return Response::error(404, 0, "404: Not Found");
    };
    let parts: Vec<&str> = path.split('/').collect();
    let method = request.method.as_str();
    if let ("POST", ["interactions", id, token, "callback"]) = (method, parts.as_slice()) {
        return callback(state, request, id.parse().unwrap_or(0), token);
    }
    if let ["webhooks", application, token, "messages", "@original"] = parts.as_slice() {
        return original(state, request, application, token);
    }
    if let ("POST", ["webhooks", application, token]) = (method, parts.as_slice()) {
        return follow_up(state, request, application, token);
    }
    if let Some(refused) = unauthorized(state, request) {
        return refused;
    }
    let application = state.settings.application.to_string();
    match (method, parts.as_slice()) {
        ("GET", ["gateway", "bot"]) => gateway(state),
        ("GET", ["users", "@me"]) => Response::json(200, state.bot_user()),
        ("GET", ["users", "@me", "guilds"]) => {
            let ids = (0..state.settings.guilds).map(super::gateway::guild_id);
            Response::json(200, ids.map(|id| json!({ "id": id })).collect())
        }
        ("GET", ["applications" | "oauth2", "@me"] | ["oauth2", "applications", "@me"]) => {
            Response::json(200, application_object(state))
        }
        (_, ["channels", id, rest @ ..]) => {
            let id = id.parse().unwrap_or(0);
            super::guild::handle_channel(state, request, id, rest)
        }
        (_, ["guilds", id, rest @ ..]) => super::guild::handle_guild(state, request, id, rest),
        ("GET", ["applications", own, "guilds", _, "commands", "permissions"])
            if *own == application =>
        {
            Response::json(200, state.guild.overrides.clone())
        }
        (_, ["applications", own, rest @ ..]) if *own == application => {
            let (guild, rest) = match rest {
                ["guilds", guild, rest @ ..] => (Some(*guild), rest),
                rest => (None, rest),
            };
            match rest {
                ["commands", rest @ ..] => {
                    handle_commands(state, request, guild, rest.first().copied())
                }
                _ => unknown(state, request),
            }
        }
        _ => unknown(state, request),
    }
}

fn unknown(state: &mut State, request: &Request) -> Response {
    let fault = format!("nobody asks for {} {}", request.method, request.path);
    state.violations.push(fault);
    Response::error(404, 0, "404: Not Found")
}

fn unauthorized(state: &mut State, request: &Request) -> Option<Response> {
    let agent = request.header("user-agent").unwrap_or("");
    if !agent.starts_with("DiscordBot (") {
        state.violations.push(format!("the user agent {agent:?}"));
    }
    let expected = format!("Bot {}", state.settings.token);
    (request.header("authorization") != Some(&expected))
        .then(|| Response::error(401, 0, "401: Unauthorized"))
}

fn gateway(state: &State) -> Response {
    Response::json(
        200,
        json!({
            "url": state.gateway_url, "shards": state.settings.shards,
            "session_start_limit": {
                "total": 1000, "remaining": state.identifies_left, "reset_after": 14_400_000,
                "max_concurrency": state.settings.max_concurrency,
            },
        }),
    )
}

fn application_object(state: &State) -> Value {
    json!({
        "id": state.settings.application.to_string(), "name": "Dossier", "icon": null, "description": "", "type": null,
        "verify_key": state.settings.public_key, "flags": 0, "flags_new": "0", "redirect_uris": [],
        "interactions_endpoint_url": state.settings.endpoint_url,
        "role_connections_verification_url": null, "owner": super::ask::user(300_000_000_000_000_009), "team": null,
        "approximate_guild_count": state.settings.guilds, "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "eligible_oauth2_scopes": [],
        "bot": state.bot_user(), "bot_public": true, "bot_require_code_grant": false,
        "integration_types_config": { "0": {}, "1": {} },
    })
}

fn limits(response: Response) -> Response {
    response
        .with("x-ratelimit-limit", 200)
        .with("x-ratelimit-remaining", 199)
        .with("x-ratelimit-reset-after", "1.000")
        .with("x-ratelimit-bucket", "commands-of-the-fake")
}

fn handle_commands(
    state: &mut State,
    request: &Request,
    guild: Option<&str>,
    id: Option<&str>,
) -> Response {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
    let is_json =
        request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if !request.body.is_empty() && (!is_json || body.is_null()) {
        state.violations.push(format!("a body of {} that is not JSON", request.path));
        return Response::error(400, 50109, "The request body contains invalid JSON.");
    }
    let in_scope = |command: &Value| command["guild_id"].as_str() == guild;
    let at = state
        .commands
        .iter()
        .position(|command| in_scope(command) && id.is_some_and(|id| command["id"] == id));
    let existing = |state: &State, at: usize| {
        commands::api_payload(&state.commands[at], true, state.settings.default_fields)
    };
    let response = match (request.method.as_str(), id, at) {
        ("GET", None, _) => {
            let localized = request.query.contains("with_localizations=true");
            let defaults = state.settings.default_fields;
            let own = state.commands.iter().filter(|command| in_scope(command));
            let payloads = own.map(|command| commands::api_payload(command, localized, defaults));
            Response::json(200, payloads.collect())
        }
        ("POST", None, _) => create(state, body, guild),
        ("PUT", None, _) => overwrite(state, body, guild),
        (_, Some(_), None) => Response::error(404, 10063, "Unknown application command"),
        ("GET", Some(_), Some(at)) => Response::json(200, existing(state, at)),
        ("PATCH", Some(_), Some(at)) => {
            let mut changed = state.commands[at].clone();
            commands::merge(&mut changed, &body);
            match rejection_of_command(state, &changed) {
                Some(refused) => refused,
                None => {
                    changed["version"] = json!(state.next_id().to_string());
                    state.commands[at] = changed;
                    Response::json(200, existing(state, at))
                }
            }
        }
        ("DELETE", Some(_), Some(at)) => {
            state.commands.remove(at);
            Response::empty(204)
        }
        _ => {
            state.violations.push(format!("nobody calls {} {}", request.method, request.path));
            Response::error(405, 0, "405: Method Not Allowed")
        }
    };
    limits(response)
}

fn create(state: &mut State, body: Value, guild: Option<&str>) -> Response {
    if let Some(refused) = rejection_of_command(state, &body) {
        return refused;
    }
    let kind = commands::kind(&body);
    let is_same = |one: &Value| {
        one["guild_id"].as_str() == guild
            && one["name"] == body["name"]
            && commands::kind(one) == kind
    };
    let known = state.commands.iter().position(is_same);
    let of_kind = state
        .commands
        .iter()
        .filter(|one| one["guild_id"].as_str() == guild && commands::kind(one) == kind)
        .count();
    if known.is_none() && of_kind >= if kind == 1 { 100 } else { 15 } {
        return Response::error(400, 30032, "Maximum number of application commands reached");
    }
    let mut command = body;
    let id = match known {
        Some(at) => state.commands[at]["id"].clone(),
        None => json!(state.next_id().to_string()),
    };
    command["id"] = id;
    command["application_id"] = json!(state.settings.application.to_string());
    command["version"] = json!(state.next_id().to_string());
    if let Some(guild) = guild {
        command["guild_id"] = json!(guild);
    }
    let payload = commands::api_payload(&command, true, state.settings.default_fields);
    match known {
        Some(at) => {
            state.commands[at] = command;
            Response::json(200, payload)
        }
        None => {
            state.commands.push(command);
            Response::json(201, payload)
        }
    }
}

/// Replaces all commands of a scope, or none if one of them is invalid.
fn overwrite(state: &mut State, body: Value, guild: Option<&str>) -> Response {
    let commands = body.as_array().cloned().unwrap_or_default();
    if let Some(refused) = commands.iter().find_map(|command| rejection_of_command(state, command))
    {
        return refused;
    }
    let before = state.commands.clone();
    let is_kept = |one: &Value| {
        one["guild_id"].as_str() != guild
            || commands
                .iter()
                .any(|new| new["name"] == one["name"] && commands::kind(new) == commands::kind(one))
    };
    state.commands.retain(is_kept);
    for command in commands {
        let response = create(state, command, guild);
        if response.status >= 400 {
            state.commands = before;
            return response;
        }
    }
    let own = state.commands.iter().filter(|one| one["guild_id"].as_str() == guild);
    let payloads =
        own.map(|command| commands::api_payload(command, true, state.settings.default_fields));
    Response::json(200, payloads.collect())
}

fn rejection_of_command(state: &mut State, command: &Value) -> Option<Response> {
    let faults = commands::faults(command);
    if faults.is_empty() {
        return None;
    }
    let faults = format!("the command {}: {}", command["name"], faults.join("; "));
    state.violations.push(faults.clone());
    Some(Response::error(400, 50035, &format!("Invalid Form Body: {faults}")))
}

fn callback(state: &mut State, request: &Request, id: u64, token: &str) -> Response {
    let now = Instant::now();
    let Some(asked) = state.interactions.get(&id).filter(|asked| asked.token == token) else {
        state.violations.push("an interaction that nobody made was answered".to_owned());
        return Response::error(404, 10062, "Unknown interaction");
    };
    if asked.answer.is_some() || asked.is_deferred {
        if !asked.may_be_repeated {
            state.violations.push("an interaction was answered twice".to_owned());
        }
        return Response::error(400, 40060, "Interaction has already been acknowledged.");
    }
    if now - asked.at > ANSWER_TIMEOUT {
        return Response::error(404, 10062, "Unknown interaction");
    }
    let kind = asked.kind;
    let (is_json, body, file) = match read_body(request) {
        Some((body, file)) => (true, body, file),
        None => (false, Value::Null, None),
    };
    state.callbacks += 1;
    if state.callbacks.is_multiple_of(state.settings.validate_every) {
        let faults = if is_json {
            let mut faults = validator::callback(kind, &body);
            faults.extend(validator::files(&body["data"], file.is_some()));
            faults
        } else {
            vec!["the content type is not JSON".to_owned()]
        };
        if !faults.is_empty() {
            state.violations.push(format!("{}, in {body}", faults.join("; ")));
            let message = format!("Invalid Form Body: {}", faults.join("; "));
            return Response::error(400, 50035, &message);
        }
    }
    let answer = accept(state, id, body, file, now);
    if request.query.contains("with_response=true") {
        return Response::json(
            200,
            json!({ "interaction": { "id": id.to_string(), "type": 2 }, "resource": { "type": answer.0, "message": answer.1 } }),
        );
    }
    Response::empty(204)
}

/// Stores the response as a message. Returns the callback type and the message.
fn accept(
    state: &mut State,
    id: u64,
    body: Value,
    file: Option<Vec<u8>>,
    now: Instant,
) -> (u64, Value) {
    let message_id = state.next_id().to_string();
    let bot = state.settings.application;
    let finished = state.finished.clone();
    let Some(asked) = state.interactions.get_mut(&id) else {
        return (0, Value::Null);
    };
    let kind = body["type"].as_u64().unwrap_or(0);
    let latency = now - asked.at;
    if let Some(finished) = finished {
        state.interactions.remove(&id);
        drop(finished.send(AnsweredInteraction { id, latency, body }));
        return (kind, Value::Null);
    }
    if kind == 5 {
        asked.is_deferred = true;
        return (kind, Value::Null);
    }
    let data = body["data"].clone();
    let message = match (kind, &asked.message) {
        (6, Some(old)) => old.clone(),
        (7, Some(old)) => {
            let mut message = old.clone();
            message["components"] = data["components"].clone();
            // Without a list, the files of the message that was there stay.
            if !data["attachments"].is_null() {
                message["attachments"] = data["attachments"].clone();
            }
            message
        }
        _ => new_message(&message_id, bot, id, asked, &data),
    };
    asked.answer = Some(Answer { kind, data, message: message.clone(), file, latency });
    (kind, message)
}

/// The message object of a response.
fn new_message(message_id: &str, bot: u64, id: u64, asked: &Interaction, data: &Value) -> Value {
    json!({
        "id": message_id, "channel_id": "300000000000000002", "type": 20, "content": data["content"].as_str().unwrap_or(""),
        "components": data["components"].as_array().cloned().unwrap_or_default(), "flags": data["flags"].as_u64().unwrap_or(0),
        "author": super::ask::user(bot), "application_id": bot.to_string(), "webhook_id": bot.to_string(), "embeds": [],
        "attachments": data["attachments"].as_array().cloned().unwrap_or_default(), "mentions": [], "mention_roles": [], "mention_everyone": false, "pinned": false, "tts": false,
        "edited_timestamp": null, "timestamp": "2026-11-23T10:00:00.000000+00:00",
        "interaction_metadata": {
            "id": id.to_string(), "type": if asked.kind == InteractionData::Component { 3 } else { 2 },
            "user": super::ask::user(asked.user), "authorizing_integration_owners": { "0": "300000000000000001" },
        },
    })
}

/// The JSON of a body, and the attached file if it is multipart.
pub(super) fn read_body(request: &Request) -> Option<(Value, Option<Vec<u8>>)> {
    let kind = request.header("content-type")?;
    if kind.starts_with("application/json") {
        return Some((serde_json::from_slice(&request.body).ok()?, None));
    }
    let boundary = kind.strip_prefix("multipart/form-data; boundary=")?;
    let start = format!("--{boundary}\r\n");
    let body = request.body.strip_prefix(start.as_bytes())?;
    let (head, body) = split_once(body, b"\r\n\r\n")?;
    let (json, body) = split_once(body, format!("\r\n{start}").as_bytes())?;
    let (file_head, body) = split_once(body, b"\r\n\r\n")?;
    let file = body.strip_suffix(format!("\r\n--{boundary}--\r\n").as_bytes())?;
    let has_name = |head: &[u8], name: &str| String::from_utf8_lossy(head).contains(name);
    let is_named =
        has_name(head, "name=\"payload_json\"") && has_name(file_head, "name=\"files[0]\"");
    is_named.then_some(())?;
    Some((serde_json::from_slice(json).ok()?, Some(file.to_vec())))
}

fn split_once<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(separator.len()).position(|window| window == separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}

/// Adds a follow-up message.
fn follow_up(state: &mut State, request: &Request, application: &str, token: &str) -> Response {
    let message_id = state.next_id().to_string();
    let bot = state.settings.application;
    let found = state.interactions.iter_mut().find(|(_, asked)| asked.token == token);
    let Some((id, asked)) = found.filter(|_| application == bot.to_string()) else {
        return Response::error(404, 10015, "Unknown Webhook");
    };
    let Some((body, file)) = read_body(request) else {
        return Response::error(400, 50109, "The request body contains invalid JSON.");
    };
    let message = new_message(&message_id, bot, *id, asked, &body);
    asked.answer = Some(Answer {
        kind: 4,
        data: body.clone(),
        message: message.clone(),
        file,
        latency: asked.at.elapsed(),
    });
    rejection(state, &body).unwrap_or(Response::json(200, message))
}

/// The error response for an invalid message.
fn rejection(state: &mut State, body: &Value) -> Option<Response> {
    let faults = validator::message(body);
    if faults.is_empty() {
        return None;
    }
    let faults = faults.join("; ");
    state.violations.push(format!("{faults}, in {body}"));
    Some(Response::error(400, 50035, &format!("Invalid Form Body: {faults}")))
}

fn original(state: &mut State, request: &Request, application: &str, token: &str) -> Response {
    let message_id = state.next_id().to_string();
    let bot = state.settings.application;
    let found = state.interactions.iter_mut().find(|(_, asked)| asked.token == token);
    let Some((id, asked)) = found.filter(|_| application == bot.to_string()) else {
        state.violations.push("a webhook that is not there".to_owned());
        return Response::error(404, 10015, "Unknown Webhook");
    };
    if asked.at.elapsed() > FOLLOW_UP_TIMEOUT {
        return Response::error(401, 50027, "Invalid Webhook Token");
    }
    if asked.is_deleted || asked.answer.is_none() && !asked.is_deferred {
        return Response::error(404, 10008, "Unknown Message");
    }
    match request.method.as_str() {
        "DELETE" => {
            asked.is_deleted = true;
            Response::empty(204)
        }
        "PATCH" => {
            let Some((mut body, file)) = read_body(request) else {
                return Response::error(400, 50109, "The request body contains invalid JSON.");
            };
            // The ephemeral flag cannot be changed by an edit.
            let flags = body["flags"].as_u64().unwrap_or(0);
            let was_private = asked.is_deferred || asked.message.is_some();
            let mut data = body.clone();
            if was_private {
                data["flags"] = json!(flags | 64);
            }
            let message = match &asked.message {
                Some(old) => {
                    let mut message = old.clone();
                    message["components"] = body["components"].clone();
                    message
                }
                None => new_message(&message_id, bot, *id, asked, &data),
            };
            asked.answer = Some(Answer {
                kind: if asked.message.is_some() { 7 } else { 4 },
                data,
                message: message.clone(),
                file,
                latency: asked.at.elapsed(),
            });
            if flags & 64 != 0 {
                body["flags"] = json!(u64::MAX);
            }
            rejection(state, &body).unwrap_or(Response::json(200, message))
        }
        "GET" => Response::json(
            200,
            asked.answer.as_ref().map_or(Value::Null, |answer| answer.message.clone()),
        ),
        _ => Response::error(405, 0, "405: Method Not Allowed"),
    }
}
