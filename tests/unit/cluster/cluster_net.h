// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "syncer/cluster/cluster.h"

namespace syncer::cluster {

/// Clusters of one region, joined by an ordered network with a delay of 1 ms, in virtual time. Disks outlive processes.
class ClusterNet {
 public:
  struct Host;
  explicit ClusterNet(std::size_t voters = 3);
  ~ClusterNet();

  /// The gossip keys of a syncer that is started from now on.
  void set_keys(const std::string& name, crypto::Keyring keys) { keys_[name] = std::move(keys); }
  /// This syncer cannot write keys down.
  void refuse_keys(const std::string& name, bool refused) { refuses_keys_[name] = refused; }
  /// Why this syncer dropped a frame or a stranger last.
  std::string dropped(const std::string& name) { return dropped_[name]; }
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
  /// Nothing gets through between these two, in both directions.
  void cut(const std::string& a, const std::string& b);
  void heal() { cut_.clear(); }
  /// Writes of this syncer take this long from now on.
  void slow_disk(const std::string& name, Duration delay);
  void run(Duration time);
  /// start() for all, gossip(), and time to elect.
  void found(const std::vector<std::string>& names);

  Cluster& cluster(const std::string& name);
  std::map<std::string, Bytes>& disk(const std::string& name) { return disks_[name]; }
  Bytes& stored(const std::string& name, const std::string& key) { return disks_[name][key]; }
  /// Who writes now; asserts that they are at most one.
  std::string writer();
  Instant now() const { return now_; }
  /// Highest number of syncers that could write at one instant, over the whole run.
  std::size_t most_writers() const { return most_writers_; }
  /// Somebody wrote in an epoch below one that was written in before, or two did in one epoch.
  bool went_back() const { return went_back_; }
  bool runs(const std::string& name) const { return hosts_.count(name) == 1; }

 private:
  ClusterSettings settings() const;
  Endpoint address_of(const std::string& name) const;
  void at(Duration delay, std::function<void()> action) { queue_.emplace(now_ + delay, std::move(action)); }
  void step(Instant when);
  void watch_writers();
  bool passes(const std::string& a, const std::string& b) const { return cut_.count({a, b}) == 0; }
  Host* find(const Endpoint& address);
  crypto::Keyring keys_of(const std::string& name) const;

  std::size_t voters_;
  Instant now_ = instant(1'000'000'000);
  std::multimap<Instant, std::function<void()>> queue_;
  std::map<std::string, std::unique_ptr<Host>> hosts_;
  std::map<std::string, std::map<std::string, Bytes>> disks_;
  std::set<std::pair<std::string, std::string>> cut_;
  std::map<std::string, crypto::Keyring> keys_;
  std::map<std::string, std::uint8_t> moves_;
  std::map<std::string, bool> refuses_keys_;
  std::map<std::string, std::string> dropped_;
  std::uint64_t starts_ = 0;
  std::uint64_t accepted_ = 0;
  std::size_t most_writers_ = 0;
  std::pair<Epoch, std::string> latest_;
  bool went_back_ = false;
};

}  // namespace syncer::cluster
