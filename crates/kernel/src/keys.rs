//! The installation's one secret, and the keys made from it: signing of tokens, sealing of stored secrets.

use std::path::Path;
use std::{fs, io};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hkdf, hmac};

use crate::secret::{Secret, random_bytes};

/// Keys for one purpose each, made from the installation's secret by HKDF (RFC 5869).
#[derive(Clone)]
pub struct Keys(Secret<[u8; 32]>);

impl Keys {
    pub fn from_secret(secret: [u8; 32]) -> Self {
        Self(Secret::new(secret))
    }

    /// Reads 64 hex digits, as `LIVEFAIR_SECRET_KEY` carries them.
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = hex::decode(text.trim()).ok()?;
        Some(Self::from_secret(bytes.try_into().ok()?))
    }

    /// Reads the secret from a file, or makes the file, readable by its owner only.
    pub fn from_file(path: &Path) -> io::Result<Self> {
        match fs::read_to_string(path) {
            Ok(text) => Self::from_hex(&text)
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the key file does not hold 64 hex digits")),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => Self::create(path),
            Err(other) => Err(other),
        }
    }

    /// Makes the file whole or not at all: a full disk or a power cut leaves no half of a key, and of two who start
    /// at once the second takes the first one's.
    fn create(path: &Path) -> io::Result<Self> {
        let secret = random_bytes::<32>();
        let draft = path.with_added_extension(hex::encode(random_bytes::<8>()));
        let kept = write_draft(&draft, &secret).and_then(|()| fs::hard_link(&draft, path));
        let _without_it_the_key_is_as_good = fs::remove_file(&draft);
        match kept {
            Ok(()) => {}
            Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => return Self::from_file(path),
            Err(other) => return Err(other),
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(folder)?.sync_all()?;
        Ok(Self::from_secret(secret))
    }

    /// The key that signs for `purpose`, HMAC-SHA256.
    pub fn signer(&self, purpose: &str) -> Signer {
        Signer(hmac::Key::new(hmac::HMAC_SHA256, &self.derive(purpose)))
    }

    /// The key that seals for `purpose`, AES-256-GCM with a random nonce.
    pub fn sealer(&self, purpose: &str) -> Sealer {
        Sealer(self.derive(purpose))
    }

    fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, b"livefair")
            .extract(self.0.expose())
            .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(&mut key))
            .expect("32 bytes are within HKDF's reach");
        key
    }
}

fn write_draft(path: &Path, secret: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(hex::encode(secret).as_bytes())?;
    file.sync_all()
}

/// Signs short texts and checks them.
#[derive(Clone)]
pub struct Signer(hmac::Key);

impl Signer {
    pub fn sign(&self, bytes: &[u8]) -> [u8; 32] {
        hmac::sign(&self.0, bytes).as_ref().try_into().expect("HMAC-SHA256 has 32 bytes")
    }

    /// Whether `tag` signs `bytes`, in constant time.
    pub fn verify(&self, bytes: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.0, bytes, tag).is_ok()
    }
}

/// Seals what the database keeps but nobody should read there.
#[derive(Clone)]
pub struct Sealer([u8; 32]);

impl Sealer {
    /// Nonce, ciphertext and tag in one.
    pub fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let mut sealed = plain.to_vec();
        let nonce = self.key().seal_in_place_append_tag(Aad::empty(), &mut sealed);
        let mut out = nonce.expect("a short text fits AES-GCM").as_ref().to_vec();
        out.append(&mut sealed);
        out
    }

    /// What was sealed, or `None` when it was not sealed with this key.
    pub fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        let mut text = text.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self.key().open_in_place(nonce, Aad::empty(), &mut text).ok()?;
        Some(plain.to_vec())
    }

    fn key(&self) -> RandomizedNonceKey {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0).expect("the key has 32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_different_purposes_do_not_verify_each_other() {
        let keys = Keys::from_secret([7; 32]);
        let tag = keys.signer("room").sign(b"guest");
        assert!(keys.signer("room").verify(b"guest", &tag));
        assert!(!keys.signer("deal").verify(b"guest", &tag));
    }

    #[test]
    fn what_is_sealed_opens_only_unchanged() {
        let sealer = Keys::from_secret([7; 32]).sealer("stream-key");
        let mut sealed = sealer.seal(b"live_4f1c");
        assert_eq!(sealer.open(&sealed).as_deref(), Some(&b"live_4f1c"[..]));
        sealed[14] ^= 1;
        assert_eq!(sealer.open(&sealed), None);
        assert_eq!(sealer.open(b"short"), None);
    }

    #[test]
    fn the_key_file_is_made_once_and_for_its_owner() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        let tag = Keys::from_file(&path).unwrap().signer("x").sign(b"y");
        assert!(Keys::from_file(&path).unwrap().signer("x").verify(b"y", &tag));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "not a key").unwrap();
        assert!(Keys::from_file(&path).is_err());
    }

    #[test]
    fn those_who_start_at_once_share_one_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        let sign = || Keys::from_file(&path).unwrap().signer("x").sign(b"y");
        let tags = std::thread::scope(|scope| [(); 8].map(|()| scope.spawn(sign)).map(|thread| thread.join().unwrap()));
        assert!(tags.iter().all(|tag| *tag == tags[0]));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no draft is left");
    }
}
