// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>

#include "tests/e2e/serf.h"

namespace e2e {

/// Three agents of serf, "one", "two" (with tag role=web) and "three", and the syncer "east" that joins the first.
struct SerfPool {
  /// With a key (base64) gossip is encrypted; without one it is plain.
  explicit SerfPool(const std::string& key = "");

  /// Fails the test unless all see each other.
  void meet() const;
  std::array<const Serf*, 3> agents() const { return {&one, &two, &three}; }
  /// Words of the pool's key for another syncer; none when it has no key.
  std::vector<std::string> syncer_key() const;

  Workplace workplace;
  std::string keyring;  ///< file with the key; empty when there is none
  Serf one;
  Serf two;
  Serf three;
  Syncer east;
};

}  // namespace e2e
