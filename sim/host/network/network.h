// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "sim/fault/partition.h"
#include "sim/fault/path.h"
#include "sim/fault/site.h"
#include "sim/host/kernel.h"
#include "syncer/base/endpoint.h"
#include "syncer/ports/network.h"

namespace sim::host {

/// Who listens at an address.
struct Socket {
  fault::NodeIndex node = 0;
  syncer::Listener listener = syncer::Listener::Gossip;
};

/// Addresses of all nodes: a hash table with open addressing, looked up for each packet.
class Directory {
 public:
  /// The last one to bind an address has it.
  void bind(const syncer::Endpoint& address, Socket socket);
  /// Nobody listens there any more, if it was this node.
  void unbind(const syncer::Endpoint& address, fault::NodeIndex node);
  /// nullptr when nobody is there. Valid until the next bind.
  const Socket* find(const syncer::Endpoint& address) const;

 private:
  struct Entry {
    syncer::Endpoint address;
    std::optional<Socket> socket;  ///< nothing when the address was given up
    bool used = false;
  };
  std::size_t slot(const syncer::Endpoint& address) const;
  void grow();

  std::vector<Entry> entries_ = std::vector<Entry>(64);
  std::size_t size_ = 0;
};

using FaultId = std::uint32_t;
using RuleId = std::uint32_t;

/// The ways between all sites: link rules, partitions, kept messages. Knows nothing of what the packets mean.
class Network {
 public:
  explicit Network(Kernel& kernel) : kernel_(kernel) {}

  void add_site(Site site);
  /// These two are sides of one process: what is between them is on no network, and nothing happens to it.
  void join(fault::NodeIndex a, fault::NodeIndex b);
  const fault::Sites& sites() const { return sites_; }

  RuleId add_rule(fault::LinkRule rule);
  void remove_rule(RuleId rule);
  FaultId partition(fault::PartitionSpec spec);
  void heal(FaultId fault);
  void heal_all();
  void hold_messages(bool hold);
  std::size_t deliver(Site from, Site to, std::size_t count);
  /// Takes the kept events of one kind out, for the owner of their payloads to release them.
  std::vector<engine::QueuedEvent> take_pending(Site from, Site to, EventCode code);
  void set_machine_up(Site site, bool up);
  bool machine_up(Site site) const { return up_[index(site)]; }

  /// A packet sent now would vanish: partition of mode Drop, or a machine that is gone.
  bool drops(Site from, Site to) {
    return !machine_up(from) || !machine_up(to) || (blocked_ > 0 && way(from, to).drops > 0);
  }
  /// Nothing is dropped or kept in that direction.
  bool open(Site from, Site to);
  fault::Path& path(Site from, Site to) { return way(from, to).path; }
  /// Extra time in that direction by partitions of mode Slow.
  syncer::Duration slowness(Site from, Site to) { return way(from, to).extra; }

  /// Lets `event` happen at `at`, unless the direction keeps its messages: then at its release, if that is later.
  void transmit(Site from, Site to, syncer::Instant at, EventCode code, std::uint32_t subject, engine::Handle payload);

 private:
  struct Kept {
    syncer::Instant at;
    engine::QueuedEvent event;
  };
  struct Way {
    explicit Way(engine::Draws draws) : path(draws) {}
    std::uint32_t rules_seen = 0;
    std::uint32_t drops = 0;
    std::uint32_t jams = 0;
    syncer::Duration extra{};
    fault::Path path;
    std::vector<Kept> kept;
  };
  struct Rule {
    RuleId id;
    fault::LinkRule rule;
    std::shared_ptr<const fault::LatencyTable> latency;
  };
  std::size_t index(Site site) const;
  bool is_inside(Site from, Site to) const;
  Way& way(Site from, Site to);
  bool keeps(Site from, Site to, const Way& way) const;
  fault::LinkModel resolve(Site from, Site to) const;
  void count(const fault::PartitionSpec& spec, int by);
  std::size_t release(Way& way, std::size_t count);

  Kernel& kernel_;
  fault::Sites sites_;
  std::map<fault::NodeIndex, fault::NodeIndex> other_sides_;
  std::vector<std::uint32_t> node_index_;
  std::vector<std::uint32_t> registry_index_;
  std::vector<bool> up_;
  std::vector<std::vector<std::unique_ptr<Way>>> ways_;
  std::vector<Rule> rules_;
  std::uint32_t rules_version_ = 1;
  RuleId next_rule_ = 1;
  std::map<FaultId, fault::PartitionSpec> faults_;
  FaultId next_fault_ = 1;
  std::int64_t blocked_ = 0;  // all `drops` together: nearly always none
  bool hold_ = false;
};

}  // namespace sim::host
