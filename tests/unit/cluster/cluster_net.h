// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "syncer/cluster/cluster.h"
#include "tests/support/world.h"

namespace syncer::cluster {

/// Clusters of one region in a world whose network takes 1 to 2 ms; who listens nowhere is known after 50 ms.
class ClusterNet : public test::World {
 public:
  struct Host;
  explicit ClusterNet(std::size_t voters = 3);

  /// The gossip keys of a syncer that is started from now on.
  void set_keys(const std::string& name, crypto::Keyring keys) { keys_[name] = std::move(keys); }
  /// The certificate of a syncer that is started from now on; with the first one all demand one.
  void set_identity(const std::string& name, PeerIdentity identity) { identities_[name] = std::move(identity); }
  /// This syncer cannot write keys down.
  void refuse_keys(const std::string& name, bool refused) { refuses_keys_[name] = refused; }
  /// Why this syncer dropped a frame or a stranger last.
  std::string dropped(const std::string& name) { return log(name).reason(EventKind::FrameDropped); }
  /// Starts a syncer; says why not when its disk refuses.
  Result<void> start(const std::string& name);
  /// The process dies; with `wipe` its disk is gone too.
  void kill(const std::string& name, bool wipe = false);
  /// Every running syncer learns of all the others that run.
  void gossip();
  /// The same, but gossip lets none of them have its name yet: they are at new addresses.
  void gossip_claims();
  /// This syncer, which does not run, has another address from now on.
  void move(const std::string& name) { ++moves_[name]; }
  /// Writes of this syncer take this long from now on.
  void slow_disk(const std::string& name, Duration delay);
  void run(Duration time) { run_for(time); }
  /// start() for all, gossip(), and time to elect.
  void found(const std::vector<std::string>& names);

  Cluster& cluster(const std::string& name);
  Bytes& stored(const std::string& name, const std::string& key) { return disk(name)[key]; }
  /// Who writes now; asserts that they are at most one.
  std::string writer();
  /// Highest number of syncers that could write at one instant, over the whole run.
  std::size_t most_writers() const { return most_writers_; }
  /// Somebody wrote in an epoch below one that was written in before, or two did in one epoch.
  bool went_back() const { return went_back_; }

 private:
  ClusterSettings settings() const;
  Endpoint address_of(const std::string& name) const;
  /// All that run, without `name`.
  std::vector<Cluster::Member> others_than(const std::string& name) const;
  void watch_writers();
  crypto::Keyring keys_of(const std::string& name) const;

  std::size_t voters_;
  std::map<std::string, crypto::Keyring> keys_;
  std::map<std::string, PeerIdentity> identities_;
  std::map<std::string, std::uint8_t> moves_;
  std::map<std::string, bool> refuses_keys_;
  std::size_t most_writers_ = 0;
  std::pair<Epoch, std::string> latest_;
  bool went_back_ = false;
};

}  // namespace syncer::cluster
