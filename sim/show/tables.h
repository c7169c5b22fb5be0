// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/ledger.h"
#include "sim/host/probe.h"
#include "syncer/base/time.h"

namespace sim::show {

using syncer::Duration;

/// Texts by number, each once.
class Strings {
 public:
  std::uint32_t id(std::string_view text) {
    const auto found = ids_.find(text);
    if (found != ids_.end()) return found->second;
    all_.emplace_back(text);
    return ids_.emplace(std::string(text), static_cast<std::uint32_t>(all_.size() - 1)).first->second;
  }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::vector<std::string> all_;
  std::map<std::string, std::uint32_t, std::less<>> ids_;
};

/// One event of the world in which something was seen: everything of it happened at one instant, and for one cause.
struct Turn {
  enum class Cause : std::uint8_t {
    Itself,       ///< a deadline of who acts in it
    Message,      ///< `of` is the message that came in
    Label,        ///< `of` is the line of the scenario
    Application,  ///< `of` is a text: what an application did
  };
  syncer::Instant at{};
  Cause cause = Cause::Itself;
  std::uint32_t of = 0;
};

/// One thing that somebody reported.
struct Row {
  enum class Look : std::uint8_t { Debug, Info, Warning, Error, In, Out, Changed, Host };
  std::uint32_t turn = 0;
  std::uint32_t who = 0;      ///< a site
  std::uint32_t what = 0;     ///< a text
  std::uint32_t subject = 0;  ///< an instance, counted from 1; 0 for none
  Look look = Look::Info;
  std::uint32_t first = 0;  ///< of its fields
  std::uint32_t fields = 0;
};

/// A fact of a row: a text, or a number.
struct Fact {
  std::uint32_t key = 0;  ///< a text
  bool is_number = false;
  std::int64_t value = 0;
};

/// A packet, a segment of a stream, a request or an answer.
struct Packet {
  std::uint32_t turn = 0;     ///< in which it was sent
  std::uint32_t arrived = 0;  ///< the turn in which it came in, counted from 1; 0 for never
  std::uint32_t from = 0;     ///< sites
  std::uint32_t to = 0;
  host::Channel channel = host::Channel::Datagram;
  host::MessageFate fate = host::MessageFate::Sent;
  std::uint32_t bytes = 0;
  std::uint32_t words = 0;  ///< a text
};

/// What a registry shows of an instance from `at` on.
struct Showing {
  enum class State : std::uint8_t { Nothing, Missing, Shown, Differs, Ghost, Doubled, Home };
  syncer::Instant at{};
  std::uint32_t instance = 0;
  std::uint32_t registry = 0;
  State state = State::Nothing;
};

/// An instance of an application.
struct Instance {
  check::InstanceName name;
  std::vector<Showing::State> now;  ///< by registry
};

/// A label of the scenario that came true.
struct Label {
  std::string label;
  std::string words;  ///< what it does: "crash, cut.json:31"; empty for what is no event
  std::uint32_t turn = 0;
  int line = 0;  ///< in the scenario's file; 0 for none
};

/// What happened within one step of time, and what was the case at its end.
struct Sample {
  std::uint64_t datagrams = 0;
  std::uint64_t segments = 0;
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lost = 0;
  std::uint64_t differing = 0;
  std::uint64_t ghosts = 0;
  std::uint64_t copies = 0;
};

/// A recorded run. Sites are nodes, then registries, then strangers, in the order of their numbers.
struct Tables {
  Strings strings;
  std::vector<std::string> sites;
  std::vector<Turn> turns;
  std::vector<Row> rows;
  std::vector<Fact> facts;
  std::vector<Packet> packets;
  std::vector<Showing> showings;
  std::vector<Instance> instances;
  std::vector<Label> labels;
  std::vector<Sample> samples;
  Duration step{};              ///< of the samples
  std::uint64_t rows_left = 0;  ///< what was not recorded, because there is too much
  std::uint64_t packets_left = 0;
};

}  // namespace sim::show
