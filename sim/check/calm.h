// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "sim/check/rule.h"

namespace sim::check {

/// Tells stretches of a run in which nothing is to be healed: no fault is on, every node that ran runs, and the last
/// fault ended, node started or member left some time ago. What applications do, at any rate, is no fault. Reports
/// nothing of its own.
class Calm : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {}; }
  void begin(const Context& context) override;
  void on_write(const Write& write) override;
  void on_node_event(NodeIndex node, const syncer::Event& event) override;
  void on_host_change(NodeIndex node, host::HostChange change) override;
  void on_label(std::string_view label, const scenario::Event* event) override;

  /// It is calm for longer than that.
  bool lasts(Duration time) const;
  /// Nobody but syncers wrote to a registry for longer than that.
  bool is_still(Duration time) const { return context_.now() > written_at_ + time; }
  /// The network itself loses, damages or refuses, or somebody shows another certificate than his own: it is never
  /// calm.
  bool is_never() const { return never_; }
  /// Somebody invents members, regions and addresses, of which members go on to tell each other when he is gone.
  bool has_strangers() const { return strangers_; }
  /// When the last disturbance ended.
  Instant disturbed_at() const;

 private:
  std::map<NodeIndex, bool> down_;  // who ran once, and whether it does not now
  Instant disturbed_at_{};          // by what is not among the faults that last
  Instant written_at_{};
  bool never_ = false;  // the network itself is bad, or a certificate
  bool strangers_ = false;
};

}  // namespace sim::check
