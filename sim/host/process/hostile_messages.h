// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "syncer/base/random.h"
#include "syncer/wire/raft/cluster_message.h"
#include "syncer/wire/sync/message.h"

namespace sim::host {

/// Draws what somebody says who knows the protocols between syncers and means no good: well-formed messages whose
/// names, epochs, places and hashes are real ones, next to real ones, or at the ends of what the wire carries. What it
/// heard before, it uses.
class HostileMessages {
 public:
  /// `regions` and `nodes`: names that there are; none is empty.
  HostileMessages(std::vector<std::string> regions, std::vector<std::string> nodes, syncer::Random random)
      : regions_(std::move(regions)), nodes_(std::move(nodes)), random_(random) {}

  void hear(const syncer::wire::SyncMessage& message);
  void hear(const syncer::wire::ClusterHello& hello) { voters_[hello.node] = hello; }

  syncer::wire::Hello hello();
  /// What a hello is answered with.
  syncer::wire::SyncMessage answer();
  syncer::replication::WriterMessage of_writer();
  syncer::replication::ReaderMessage of_reader();
  /// Of the cluster port, in the name of somebody else than `to`: an introduction …
  syncer::wire::ClusterHello voter(const std::string& to);
  /// … and what a voter says.
  syncer::raft::Message raft(const std::string& to);

  const std::string& region() { return one(regions_); }
  const std::string& node() { return one(nodes_); }
  bool chance(std::uint64_t of) { return random_.below(of) == 0; }
  syncer::Random& random() { return random_; }

 private:
  template <class T>
  const T& one(const std::vector<T>& items) {
    return items[static_cast<std::size_t>(random_.below(items.size()))];
  }
  std::uint64_t number(std::uint64_t near);
  syncer::Epoch epoch();
  syncer::Hash128 hash();
  syncer::Bytes key();
  syncer::Bytes payload();
  syncer::replication::Push push();
  syncer::replication::Chunk chunk();
  syncer::raft::VoterId voter_id();

  std::vector<std::string> regions_;
  std::vector<std::string> nodes_;
  syncer::Random random_;
  std::vector<syncer::Epoch> epochs_ = {{1, 1}};
  std::vector<syncer::Hash128> hashes_ = {{}};
  std::uint64_t seq_ = 0;
  std::map<std::string, syncer::wire::ClusterHello> voters_;
};

}  // namespace sim::host
