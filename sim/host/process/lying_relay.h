// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/host/options.h"
#include "syncer/base/bytes.h"
#include "syncer/base/ids.h"
#include "syncer/replication/set_digest.h"
#include "syncer/wire/sync/message.h"

namespace syncer::node {
class Node;
}

namespace sim::host {

/// A relay whose owner makes it lie about other regions: changes what leaves the process, and writes all sums anew that
/// he can. He has the relay's own certificate and no other key.
class LyingRelay {
 public:
  LyingRelay(RelayLie lie, syncer::replication::Expand expand) : lie_(lie), expand_(std::move(expand)) {}

  /// What goes out in place of these bytes, each by itself.
  std::vector<syncer::Bytes> instead_of(const syncer::node::Node& node, syncer::LinkId link, syncer::ByteView bytes);

 private:
  /// What is said of one region on one link.
  struct Story {
    std::map<syncer::Bytes, std::pair<syncer::Bytes, syncer::Bytes>> altered;  ///< key -> true and told payload
    bool invented = false;
    std::vector<syncer::replication::Attestation> said;
    int silent_beats = 0;     ///< own heartbeats since the region's last word
    std::uint64_t began = 0;  ///< transfers without end
  };
  using Messages = std::vector<syncer::wire::SyncMessage>;

  void tell(const syncer::node::Node& node, Story& story, syncer::wire::Passed& passed) const;
  syncer::Bytes lie_about(Story& story, const syncer::Bytes& key, const syncer::Bytes& payload) const;
  syncer::Hash128 difference(const Story& story) const;
  Messages keep_the_dead(syncer::LinkId link, syncer::wire::SyncMessage message);
  Messages repeat(syncer::LinkId link, syncer::wire::SyncMessage message);
  Messages never_end(syncer::LinkId link, syncer::wire::SyncMessage message);
  Messages instead_of(const syncer::node::Node& node, syncer::LinkId link, syncer::wire::SyncMessage message);

  RelayLie lie_;
  syncer::replication::Expand expand_;
  std::map<std::pair<syncer::LinkId, std::string>, Story> stories_;
};

}  // namespace sim::host
