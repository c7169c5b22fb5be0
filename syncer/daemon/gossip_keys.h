// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "syncer/wire/gossip/crypt.h"

namespace syncer::daemon {

/// Reads the keyring file; nobody but its owner may have access to it.
Result<wire::gossip::Keyring> load_keyring(const std::string& path);

/// Twelve octets from the system's generator.
wire::gossip::Nonce system_nonce();

/// Operators change the keys of the running syncer: on disk first, so that a restart knows them, then in force. Which
/// key seals, and which are gone, is the word of the region's group where there is one.
class GossipKeys {
 public:
  using Apply = std::function<Result<void>(wire::gossip::Keyring)>;
  /// "use" or "remove" and an id, see Node::ask_for_key.
  using Ask = std::function<Result<bool>(const std::string& verb, const std::string& id)>;
  /// `path` of the keyring file; empty when the pool runs without keys. `apply` puts a ring in force.
  GossipKeys(std::string path, wire::gossip::Keyring ring, Apply apply, Ask ask)
      : path_(std::move(path)), ring_(std::move(ring)), apply_(std::move(apply)), ask_(std::move(ask)) {}

  /// The node has other keys now, by the word of its group: on disk, too. To be called again after an error.
  Result<void> follow(const wire::gossip::Keyring& ring);

  /// "list": ids, bits and which is in use, as JSON. "install": a base64 key; gives its id. "use", "remove": by id.
  Result<std::string> run(const std::string& verb, const std::string& argument);
  /// Keys that changed by another way: keeps them on disk.
  Result<void> keep(const wire::gossip::Keyring& ring);
  /// Why keys that changed are not on disk; empty when they are.
  const std::string& problem() const { return problem_; }

 private:
  Result<std::string> change(const std::string& verb, const std::string& argument, wire::gossip::Keyring& ring) const;
  std::string list() const;
  Result<void> save(const wire::gossip::Keyring& ring) const;

  std::string path_;
  wire::gossip::Keyring ring_;
  Apply apply_;
  Ask ask_;
  std::string problem_;
};

}  // namespace syncer::daemon
