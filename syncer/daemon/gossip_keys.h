// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "syncer/crypto/keyring.h"
#include "syncer/node/status.h"

namespace syncer::daemon {

/// Reads the keyring file; nobody but its owner may have access to it.
Result<crypto::Keyring> load_keyring(const std::string& path);

/// Twelve bytes from the system's generator.
crypto::Nonce system_nonce();

/// Operators change the keys of the running syncer: on disk first, so that a restart knows them, then in force; what is
/// refused there is not left on disk. Where the region has a group, it decides which key seals and which are gone.
class GossipKeys {
 public:
  /// Puts a ring in force.
  using Apply = std::function<Result<void>(crypto::Keyring)>;
  /// Asks the group about the key of an id: false when there is no group, see Node::use_key.
  using Ask = std::function<Result<bool>(const std::string& id)>;
  /// `path` of the keyring file; empty when the pool runs without keys.
  GossipKeys(std::string path, crypto::Keyring ring, Apply apply, Ask ask_to_use, Ask ask_to_remove)
      : path_(std::move(path)),
        ring_(std::move(ring)),
        apply_(std::move(apply)),
        ask_to_use_(std::move(ask_to_use)),
        ask_to_remove_(std::move(ask_to_remove)) {}

  /// Ids, bits and which is in use.
  node::KeysReport report() const;
  // Each gives the id of the key. Refused when the pool runs without keys, or as Keyring says.
  /// A base64 key, blanks around it allowed.
  Result<std::string> install(const std::string& text);
  Result<std::string> use(const std::string& id);
  Result<std::string> remove(const std::string& id);

  /// The node has other keys now because its group decided so: on disk, too. To be called again after an error.
  Result<void> follow(const crypto::Keyring& ring);
  /// Keys that changed by another way: keeps them on disk.
  Result<void> keep(const crypto::Keyring& ring);
  /// Why keys that changed are not on disk; empty when they are.
  const std::string& problem() const { return problem_; }

 private:
  Result<void> check_sealed() const;
  Result<std::string> put_in_force(crypto::Keyring ring, std::string id);
  Result<void> save(const crypto::Keyring& ring) const;

  std::string path_;
  crypto::Keyring ring_;
  Apply apply_;
  Ask ask_to_use_;
  Ask ask_to_remove_;
  std::string problem_;
};

}  // namespace syncer::daemon
