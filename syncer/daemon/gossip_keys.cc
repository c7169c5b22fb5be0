// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/gossip_keys.h"

#include <sys/random.h>

#include <utility>

#include "syncer/admin/status_json.h"
#include "syncer/base/assert.h"
#include "syncer/store/file.h"
#include "syncer/store/secret_file.h"
#include "syncer/wire/gossip/keyring_file.h"

namespace syncer::daemon {

using wire::gossip::Keyring;

Result<Keyring> load_keyring(const std::string& path) {
  const auto text = store::read_secret_file(path, wire::gossip::kMaxKeyringFile);
  if (!text) return tl::unexpected(text.error());
  auto ring = wire::gossip::parse_keyring(*text);
  if (!ring) return failure(ring.error().code, path, ring.error().detail);
  return ring;
}

wire::gossip::Nonce system_nonce() {
  wire::gossip::Nonce nonce;
  // So few octets come at once and whole.
  SYNCER_ASSERT(::getrandom(nonce.data(), nonce.size(), 0) == static_cast<ssize_t>(nonce.size()));
  return nonce;
}

Result<std::string> GossipKeys::run(const std::string& verb, const std::string& argument) {
  if (verb == "list") return list();
  if (path_.empty()) {
    return failure(ErrorCode::Refused, "",
                   "the gossip pool runs without keys; start the syncer with gossip.keyring-file");
  }
  if (verb == "use" || verb == "remove") {
    const auto asked = ask_(verb, argument);
    if (!asked) return tl::unexpected(asked.error());
    if (*asked) return argument + "\n";
  }
  Keyring ring = ring_;
  auto id = change(verb, argument, ring);
  if (!id) return id;
  if (auto saved = save(ring); !saved) return tl::unexpected(saved.error());
  if (auto applied = apply_(ring); !applied) return tl::unexpected(applied.error());
  ring_ = std::move(ring);
  return *id + "\n";
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

Result<std::string> GossipKeys::change(const std::string& verb, const std::string& argument, Keyring& ring) const {
  const auto with_id = [](const std::string& id, const Result<void>& done) -> Result<std::string> {
    if (!done) return tl::unexpected(done.error());
    return id;
  };
  if (verb == "use") return with_id(argument, ring.use(argument));
  if (verb == "remove") return with_id(argument, ring.remove(argument));
  if (verb != "install") return failure(ErrorCode::Invalid, "", "keys can be listed, installed, used and removed");
  const auto key = wire::gossip::parse_key(argument);
  if (!key) return tl::unexpected(key.error());
  return with_id(Keyring::id(*key), ring.install(*key));
}

std::string GossipKeys::list() const {
  node::KeysReport report;
  for (const Bytes& key : ring_.keys()) {
    report.keys.push_back({Keyring::id(key), key.size() * 8, key == ring_.keys().front()});
  }
  return admin::to_json(report);
}

Result<void> GossipKeys::save(const Keyring& ring) const {
  const std::size_t slash = path_.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
  return store::replace_file(directory, path_.substr(slash == std::string::npos ? 0 : slash + 1),
                             wire::gossip::keyring_text(ring));
}

}  // namespace syncer::daemon
