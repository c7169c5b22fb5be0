// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/check/ledger.h"
#include "sim/engine/coverage.h"
#include "sim/scenario/run/checks.h"
#include "sim/why/hindrances.h"

namespace sim::why {

/// One step on an instance's way from its registry to the others.
struct Step {
  enum class Kind : std::uint8_t {
    Began,  ///< it is as its application made it, in its own registry
    Ended,  ///< it is gone from there
    Read,   ///< what syncers say they did
    Missed,
    Published,
    Heard,
    Written,
    Removed,
    Shown,      ///< what became of its copy in a registry, by a syncer
    Withdrawn,  ///< by a syncer
    Lapsed,     ///< its lease ended
    Lost,       ///< the registry lost it, or somebody else removed it
  };
  Instant at{};
  Kind kind = Kind::Read;
  NodeIndex node = 0;          ///< of what a syncer did
  RegistryIndex registry = 0;  ///< where, or the one of the syncer
};

/// An event worth telling, for the time around a violation.
struct Note {
  Instant at{};
  std::optional<NodeIndex> node;
  std::string text;
};

/// Watches a run beside its checks: the way of each instance, and whatever stood in it.
class Recorder : public scenario::Checks {
 public:
  /// `checks` judges; it hears all that this hears.
  explicit Recorder(std::unique_ptr<scenario::Checks> checks) : checks_(std::move(checks)) {}
  /// Asks these, while the run goes on, which points of the program were passed last when something was first violated.
  void watch_points(const engine::Coverage& coverage) { coverage_ = &coverage; }

  void begin(const scenario::CheckContext& run) override;
  void on_label(std::string_view label, const scenario::Event* event) override;
  void on_application(RegistryIndex registry, std::string_view instance, std::string_view verb) override;
  bool holds(const scenario::Predicate& predicate, Instant since) override { return checks_->holds(predicate, since); }
  bool decided() const override { return checks_->decided(); }
  const std::vector<scenario::Violation>& violations() const override { return checks_->violations(); }
  scenario::Findings finish() override;

  void on_node_event(NodeIndex node, const syncer::Event& event) override;
  bool wants(syncer::Severity severity) const override { return severity >= syncer::Severity::Debug; }
  void on_request(NodeIndex node, const syncer::HttpRequest& request) override { checks_->on_request(node, request); }
  void on_stream_sent(NodeIndex from, NodeIndex to, syncer::Channel channel, std::size_t bytes) override {
    checks_->on_stream_sent(from, to, channel, bytes);
  }
  void on_registry_change(RegistryIndex registry, const host::RegistryChange& change) override;
  void on_host_change(NodeIndex node, host::HostChange change) override;
  void on_message(const host::Message& message) override { checks_->on_message(message); }
  bool wants_messages() const override { return checks_->wants_messages(); }
  void before_odd_delivery(const host::OddDelivery& d) override { checks_->before_odd_delivery(d); }
  void after_odd_delivery(const host::OddDelivery& d) override { checks_->after_odd_delivery(d); }
  void after_event(Instant now) override;
  bool wants_after_event() const override { return true; }

  // After the run. The names live as long as the scenario's topology, the rest as long as this.
  const check::Ledger& ledger() const { return *ledger_; }
  const Hindrances& hindrances() const { return hindrances_; }
  /// The steps of the instance of that id whose home is that registry, in order of time.
  const std::vector<Step>& steps(RegistryIndex home, const std::string& instance) const;
  const std::vector<Note>& notes() const { return notes_; }
  /// The last events of any kind before something was first violated.
  const std::deque<Note>& latest() const { return latest_; }
  /// The points of the program that were passed last before that.
  const std::vector<std::string>& points() const { return points_; }
  /// What was under way at a node, and its problems, when something was violated at that moment; else empty.
  std::string state(NodeIndex node, Instant at) const;
  /// When the labels came true.
  const std::vector<std::pair<std::string, Instant>>& labels() const { return labels_; }
  Instant end() const { return end_; }

 private:
  Instant now() const;
  RegistryIndex home_of(NodeIndex node) const;
  std::string cause() const;
  void step(RegistryIndex home, const std::string& instance, Step::Kind kind, NodeIndex node);
  void follow_registry(RegistryIndex registry, const host::RegistryChange& change,
                       const std::optional<check::Copy>& before);
  void note(NodeIndex node, const syncer::Event& event);
  void note_states();
  void follow_record(NodeIndex node, const syncer::Event& event);
  void follow_copy(NodeIndex node, const syncer::Event& event, Step::Kind kind);
  void follow_state(NodeIndex node, const syncer::Event& event);
  void begin_fault(const scenario::Event& event);
  void begin_hindrance(const std::string& name, Hindrance::Weight weight, std::string text,
                       std::optional<NodeIndex> node, std::optional<RegistryIndex> registry = {});

  std::unique_ptr<scenario::Checks> checks_;
  std::optional<scenario::CheckContext> run_;
  std::optional<check::Ledger> ledger_;
  Hindrances hindrances_;
  std::map<std::pair<RegistryIndex, std::string>, std::vector<Step>> steps_;
  std::vector<Note> notes_;
  std::deque<Note> latest_;
  const engine::Coverage* coverage_ = nullptr;
  bool violated_ = false;
  std::size_t violations_ = 0;  // so many were there when the states were noted
  std::map<std::pair<NodeIndex, Instant>, std::string> states_;
  std::vector<std::string> points_;
  std::vector<std::pair<std::string, Instant>> labels_;
  const scenario::Event* event_ = nullptr;  // the scenario's last one
  Instant event_at_{};
  Instant end_{};
};

/// What an event of a scenario does and where it stands: "crash, cut.json:31".
std::string in_words(const scenario::Event& event);

}  // namespace sim::why
