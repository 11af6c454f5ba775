//! An authenticator in software: what a phone or a security key does, written from WebAuthn Level 3, section 6.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

pub struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    /// The user handle it was given.
    pub user: Value,
    pub origin: String,
    pub rp_id: String,
    pub counter: u32,
    /// Whether it checks who holds it.
    pub verifies: bool,
}

impl Authenticator {
    pub fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            id: vec![seed; 16],
            user: Value::Null,
            origin: "https://fair.example".into(),
            rp_id: "fair.example".into(),
            counter: 1,
            verifies: true,
        }
    }

    /// Answers `navigator.credentials.create`.
    pub fn create(&mut self, challenge: &Value) -> Value {
        let asked = &challenge["publicKey"];
        self.user = asked["user"]["id"].clone();
        let attestation = [
            b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58\x94".as_slice(),
            &self.data(ATTESTED),
            &[0; 16], // the model it is, untold
            &u16::try_from(self.id.len()).unwrap().to_be_bytes(),
            &self.id,
            &self.public_key(),
        ]
        .concat();
        self.answer(&json!({
            "clientDataJSON": BASE64.encode(self.client_data("webauthn.create", asked)),
            "attestationObject": BASE64.encode(attestation),
            "transports": ["internal"],
        }))
    }

    /// Answers `navigator.credentials.get`.
    pub fn get(&mut self, challenge: &Value) -> Value {
        self.counter += 1;
        let client = self.client_data("webauthn.get", &challenge["publicKey"]);
        let data = self.data(0);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        self.answer(&json!({
            "clientDataJSON": BASE64.encode(client),
            "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature.to_der().as_bytes()),
            "userHandle": self.user,
        }))
    }

    fn answer(&self, response: &Value) -> Value {
        let id = BASE64.encode(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}})
    }

    fn client_data(&self, kind: &str, asked: &Value) -> Vec<u8> {
        let said = json!({"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": false});
        said.to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let hash = Sha256::digest(self.rp_id.as_bytes());
        [hash.as_slice(), &[flags | PRESENT | verified], &self.counter.to_be_bytes()].concat()
    }

    /// COSE: EC2, ES256, P-256.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_encoded_point(false);
        let (x, y) = (point.x().unwrap(), point.y().unwrap());
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat()
    }
}
