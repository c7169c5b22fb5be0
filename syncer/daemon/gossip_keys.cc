// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/gossip_keys.h"

#include <sys/random.h>

#include <utility>

#include "syncer/base/assert.h"
#include "syncer/crypto/keyring.h"
#include "syncer/crypto/wipe.h"
#include "syncer/store/file.h"

namespace syncer::daemon {

using crypto::Keyring;

Result<Keyring> load_keyring(const std::string& path) {
  auto text = store::read_secret_file(path, crypto::kMaxKeyringFile);
  if (!text) return tl::unexpected(text.error());
  auto ring = crypto::parse_keyring(*text);
  crypto::wipe(*text);
  if (!ring) return failure(ring.error().code, path, ring.error().detail);
  return ring;
}

crypto::Nonce system_nonce() {
  crypto::Nonce nonce;
  // So few bytes come at once and whole.
  SYNCER_ASSERT(::getrandom(nonce.data(), nonce.size(), 0) == static_cast<ssize_t>(nonce.size()));
  return nonce;
}

node::KeysReport GossipKeys::report() const {
  node::KeysReport report;
  for (const Bytes& key : ring_.keys()) {
    report.keys.push_back({Keyring::id(key), key.size() * 8, key == ring_.keys().front()});
  }
  return report;
}

Result<std::string> GossipKeys::install(const std::string& text) {
  if (auto sealed = check_sealed(); !sealed) return tl::unexpected(sealed.error());
  const auto key = crypto::parse_key(text);
  if (!key) return tl::unexpected(key.error());
  Keyring ring = ring_;
  if (auto done = ring.install(*key); !done) return tl::unexpected(done.error());
  return put_in_force(std::move(ring), Keyring::id(*key));
}

Result<std::string> GossipKeys::use(const std::string& id) {
  if (auto sealed = check_sealed(); !sealed) return tl::unexpected(sealed.error());
  const auto asked = ask_to_use_(id);
  if (!asked) return tl::unexpected(asked.error());
  if (*asked) return id;
  Keyring ring = ring_;
  if (auto done = ring.use(id); !done) return tl::unexpected(done.error());
  return put_in_force(std::move(ring), id);
}

Result<std::string> GossipKeys::remove(const std::string& id) {
  if (auto sealed = check_sealed(); !sealed) return tl::unexpected(sealed.error());
  const auto asked = ask_to_remove_(id);
  if (!asked) return tl::unexpected(asked.error());
  if (*asked) return id;
  Keyring ring = ring_;
  if (auto done = ring.remove(id); !done) return tl::unexpected(done.error());
  return put_in_force(std::move(ring), id);
}

Result<void> GossipKeys::check_sealed() const {
  if (!path_.empty()) return {};
  return failure(ErrorCode::Refused, "",
                 "the gossip pool runs without keys; start the syncer with gossip.keyring-file");
}

Result<std::string> GossipKeys::put_in_force(Keyring ring, std::string id) {
  if (auto saved = save(ring); !saved) return tl::unexpected(saved.error());
  if (auto applied = apply_(ring); !applied) {
    keep(ring_);
    return tl::unexpected(applied.error());
  }
  ring_ = std::move(ring);
  return id;
}

Result<void> GossipKeys::follow(const Keyring& ring) {
  if (path_.empty()) return {};
  if (ring.keys() != ring_.keys()) return keep(ring);
  problem_.clear();
  return {};
}

Result<void> GossipKeys::keep(const Keyring& ring) {
  auto saved = save(ring);
  problem_ = saved ? "" : "the keyring file cannot be written: " + to_string(saved.error());
  if (saved) ring_ = ring;
  return saved;
}

Result<void> GossipKeys::save(const Keyring& ring) const {
  const std::size_t slash = path_.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
  Bytes text = crypto::keyring_text(ring);
  auto stored = store::replace_file(directory, path_.substr(slash == std::string::npos ? 0 : slash + 1), text);
  crypto::wipe(text);
  return stored;
}

}  // namespace syncer::daemon
