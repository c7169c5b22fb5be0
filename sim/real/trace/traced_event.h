// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/ports/observer.h"

namespace sim::real {

/// What a trace says of a syncer each time it starts.
struct TracedStart {
  std::string node;
  std::string region;
  bool is_cluster = false;
  std::string kind;  ///< of its registry
  std::string gossip;
  std::string version;
  syncer::Instant at;     ///< on the clock of its machine
  std::int64_t wall = 0;  ///< the same moment, nanoseconds since 1970
};

/// An event of a syncer as its trace has it. It owns its texts.
class TracedEvent {
 public:
  struct Fact {
    std::string key;
    std::string text;
    std::int64_t number = 0;
    bool is_number = false;
  };
  TracedEvent(std::string node, syncer::Instant at, syncer::EventKind kind, syncer::Severity severity,
              std::vector<Fact> facts)
      : node_(std::move(node)), at_(at), kind_(kind), severity_(severity), facts_(std::move(facts)) {}

  const std::string& node() const { return node_; }
  syncer::Instant at() const { return at_; }
  syncer::EventKind kind() const { return kind_; }
  std::string_view text(std::string_view key) const;
  std::int64_t number(std::string_view key) const;
  /// Hands it out as the syncer's own observer saw it.
  template <class Use>
  void use(Use use) const {
    std::vector<syncer::Field> fields;
    for (const Fact& fact : facts_) {
      if (fact.is_number) {
        fields.emplace_back(fact.key, fact.number);
      } else {
        fields.emplace_back(fact.key, std::string_view(fact.text));
      }
    }
    use(syncer::Event{at_, kind_, severity_, fields});
  }

 private:
  std::string node_;
  syncer::Instant at_;
  syncer::EventKind kind_;
  syncer::Severity severity_;
  std::vector<Fact> facts_;
};

using TraceEntry = std::variant<TracedStart, TracedEvent>;

/// One line of a trace. Nothing for an event of a kind that a later release has added.
syncer::Result<std::optional<TraceEntry>> parse_trace_line(std::string_view line);

}  // namespace sim::real
