//! What a viewer's page does with frames, as a model: the rule of `room.v1.json`.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a viewer sees.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    pub ctl: BTreeMap<String, Value>,
    pub questions: BTreeMap<String, Value>,
    pub answers: BTreeMap<String, Value>,
    pub chat: BTreeMap<String, String>,
    pub values: BTreeMap<String, (i64, Value)>,
}

#[derive(Debug, Default)]
pub struct Client {
    pub epoch: String,
    pub last: u64,
    pub view: View,
}

/// What the client wants after a frame.
#[derive(Debug, PartialEq)]
pub enum Want {
    Nothing,
    Range(u64, u64),
}

impl Client {
    pub fn take(&mut self, json: &str) -> Want {
        let frame: Value = serde_json::from_str(json).unwrap();
        match frame["op"].as_str() {
            Some("welcome") => self.welcome(&frame),
            Some(_) => {}
            None if frame["e"] != self.epoch.as_str() => {}
            None => return self.frame(&frame),
        }
        Want::Nothing
    }

    fn welcome(&mut self, welcome: &Value) {
        if !welcome["snap"].is_null() {
            self.view = View::default();
            self.apply(&welcome["snap"]);
        }
        welcome["e"].as_str().unwrap().clone_into(&mut self.epoch);
        self.last = welcome["s"].as_u64().unwrap();
    }

    fn frame(&mut self, frame: &Value) -> Want {
        let (p, s) = (frame["p"].as_u64().unwrap(), frame["s"].as_u64().unwrap());
        if p > self.last {
            return Want::Range(self.last + 1, s);
        }
        if s >= self.last {
            self.apply(frame);
            self.last = s;
        }
        Want::Nothing
    }

    fn apply(&mut self, frame: &Value) {
        for event in frame["ev"].as_array().unwrap() {
            let (kind, body) = (event["k"].as_str().unwrap(), event["d"].clone());
            let id = body["id"].as_str().unwrap_or_default().to_owned();
            match kind {
                "msg" => drop(self.view.chat.insert(id, body["x"].as_str().unwrap().to_owned())),
                "gone" => drop(self.view.chat.remove(&id)),
                "q" => drop(self.view.questions.insert(id, body)),
                "a" => drop(self.view.answers.insert(id, body)),
                _ => self.control(kind, body),
            }
        }
        for value in frame["st"].as_array().unwrap() {
            let (key, version) = (value["k"].as_str().unwrap().to_owned(), value["v"].as_i64().unwrap());
            if self.view.values.get(&key).is_none_or(|(known, _)| *known < version) {
                self.view.values.insert(key, (version, value["d"].clone()));
            }
        }
    }

    fn control(&mut self, kind: &str, body: Value) {
        let version = |body: &Value| body["version"].as_i64().or(body["v"].as_i64()).unwrap_or(0);
        let newer = self.view.ctl.get(kind).is_none_or(|known| version(known) <= version(&body));
        if newer {
            self.view.ctl.insert(kind.to_owned(), body);
        }
    }
}
