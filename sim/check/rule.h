// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/ledger.h"
#include "sim/scenario/run/checks.h"

namespace sim::check {

/// Collects what was violated. An invariant that the scenario relaxes is left out; of each id only the first counts.
class Sink {
 public:
  void begin(const scenario::CheckContext& run) { run_ = &run; }
  /// `place` is that of an expectation; an invariant has none and takes the scenario's file.
  void violated(std::string_view id, std::vector<std::string> facts, const scenario::Place* place = nullptr);
  /// Extra time that the scenario grants an invariant.
  Duration grace(std::string_view id) const;
  const std::vector<scenario::Violation>& violations() const { return violations_; }

 private:
  const scenario::Relax* relaxed(std::string_view id) const;
  const scenario::CheckContext* run_ = nullptr;
  std::vector<scenario::Violation> violations_;
};

/// What every rule may look at.
struct Context {
  const scenario::CheckContext* run = nullptr;
  const Ledger* ledger = nullptr;
  Sink* sink = nullptr;

  Instant now() const;
  std::string registry(RegistryIndex r) const;
  std::string node(NodeIndex n) const;
  /// The registry of a node's region.
  RegistryIndex home_of(NodeIndex n) const;
  /// A request of a node for the registry of its region writes.
  bool writes(NodeIndex n, const syncer::HttpRequest& request) const;
};

/// One write to one instance, with the copy before and after it.
struct Write {
  const host::RegistryChange& change;
  InstanceName name;
  std::optional<NodeIndex> writer;  ///< the syncer that asked for it; nothing for applications and the registry itself
  const Copy* before;
  const Copy* after;
};

/// One always-on invariant (or a few that look at the same facts). Fed incrementally, never influences the run.
class Rule {
 public:
  virtual ~Rule() = default;
  /// What it reports: the ids that a scenario may relax.
  virtual std::vector<std::string_view> ids() const = 0;
  virtual void begin(const Context& context) { context_ = context; }
  virtual void on_write(const Write&) {}
  virtual void on_request(NodeIndex, const syncer::HttpRequest&) {}
  virtual void on_node_event(NodeIndex, const syncer::Event&) {}
  virtual void on_work(NodeIndex, host::Work) {}
  /// Only called when wants_streams().
  virtual void on_stream_sent(NodeIndex, NodeIndex, syncer::Channel, std::size_t) {}
  virtual bool wants_streams() const { return false; }
  virtual void on_host_change(NodeIndex, host::HostChange) {}
  virtual void before_odd_delivery(const host::OddDelivery&) {}
  virtual void after_odd_delivery(const host::OddDelivery&) {}
  virtual void on_label(std::string_view, const scenario::Event*) {}
  /// After each event of the world; cheap when nothing of interest happened. Only called when wants_after_event().
  virtual void after_event(Instant) {}
  virtual bool wants_after_event() const { return false; }
  virtual void finish() {}

 protected:
  Context context_;
};

/// The running syncer that may write in a region right now; nothing when there is none.
std::optional<host::NodeIndex> writer_of(const scenario::CheckContext& run, const scenario::Names::Region& region);

/// Whether a syncer has an excuse for not writing to a registry: it is down or frozen, cannot reach it, gets no sound
/// answers from it, or may not write.
bool is_kept_from(const scenario::CheckContext& run, host::NodeIndex writer, host::RegistryIndex registry);

}  // namespace sim::check
