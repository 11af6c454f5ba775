//! Clients written elsewhere: Python's `websockets`, if it is there.

use std::io::Write as _;
use std::process::{Command, Stdio};

use kernel::testing::each_database;
use serde_json::json;

use crate::migrations;
use crate::server::Server;

/// Joins, pings, says a line in pieces, reads it back, sends what is too big, and tells the code it was closed with.
const VIEWER: &str = r#"
import asyncio, json, sys, uuid, websockets

async def main(url, token):
    async with websockets.connect(url, subprotocols=["room.v1.json"], compression="deflate") as room:
        assert room.subprotocol == "room.v1.json", room.subprotocol
        await room.send(json.dumps({"op": "join", "token": token}))
        assert json.loads(await room.recv())["op"] == "welcome"
        await asyncio.wait_for(await room.ping(b"still there?"), 5)
        line = json.dumps({"op": "chat", "id": str(uuid.uuid4()), "text": "hola \u4f60\u597d \U0001f9f1"}, ensure_ascii=False)
        await room.send([line[:7], line[7:20], line[20:]])
        heard = ""
        while "\u4f60\u597d \U0001f9f1" not in heard:
            heard = await asyncio.wait_for(room.recv(), 5)
        await room.send("x" * 5000)
        try:
            while True:
                await asyncio.wait_for(room.recv(), 5)
        except websockets.ConnectionClosed as closed:
            print(closed.rcvd.code)

asyncio.run(main(*sys.argv[1:]))
"#;

#[tokio::test]
async fn pythons_websockets_agrees_with_us() {
    let python = std::env::var_os("LIVEFAIR_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let has = Command::new(&python).args(["-c", "import websockets"]).stderr(Stdio::null()).status();
    if !has.is_ok_and(|status| status.success()) {
        // Not by `eprintln`, which a passing test keeps to itself.
        let told = writeln!(std::io::stderr(), "skipped Python's judgement: python3 with websockets is missing");
        return told.unwrap();
    }
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (url, token) = (server.url(), server.token("ana").await);
        let python = python.clone();
        let viewer = move || Command::new(python).args(["-c", VIEWER, &url, &token]).output().unwrap();
        let seen = tokio::task::spawn_blocking(viewer).await.unwrap();
        let told = json!([String::from_utf8_lossy(&seen.stdout).trim(), String::from_utf8_lossy(&seen.stderr).trim()]);
        assert_eq!(told, json!(["1009", ""]));
        server.rooms.shutdown().await;
    })
    .await;
}
