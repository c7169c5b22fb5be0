// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "syncer/membership/prober.h"
#include "tests/unit/membership/conformance.h"
#include "tests/unit/membership/transition_harness.h"

namespace syncer::membership {
namespace {

using conformance::json;

/// Leaves out how the reference keeps its books: its queue replaces news by key (ours by member), and `notifies_leave`
/// is a channel that its blocking Leave() waits on (ours never blocks: Swim::leave_announced() says whether it is out).
json without_queue_keys(json broadcasts) {
  for (json& b : broadcasts) {
    b.erase("queue_key");
    b.erase("notifies_leave");
  }
  return broadcasts;
}

json types_of(const json& things) {
  json types = json::array();
  for (const json& t : things) types.push_back(t.at("type"));
  return types;
}

void expect_members(const TransitionHarness& h, const json& expect) {
  std::map<std::string, json> members;
  if (expect.contains("node")) members[expect.at("node")] = expect;
  const json listed = expect.value("members", json::object());
  for (const auto& [node, m] : listed.items()) members[node] = m;
  for (const auto& [node, m] : members) {
    const json got = h.describe(node, m);
    for (const auto& [key, value] : got.items()) EXPECT_EQ(value, m.at(key)) << node << "." << key;
    EXPECT_EQ(got.at("state"), m.at("state"));
  }
}

void run_step(TransitionHarness& h, const json& step) {
  const std::string error = h.apply(step.at("input"));
  const json& expect = step.at("expect");
  if (expect.is_null()) return;
  expect_members(h, expect);
  const json broadcasts = h.take_broadcasts();
  EXPECT_EQ(types_of(broadcasts), expect.at("broadcasts"));
  if (expect.contains("broadcast_details")) {
    EXPECT_EQ(broadcasts, without_queue_keys(expect.at("broadcast_details")));
  }
  const json events = h.take_events();
  EXPECT_EQ(types_of(events), expect.at("events"));
  if (expect.contains("event_details")) {
    EXPECT_EQ(events, expect.at("event_details"));
  }
  EXPECT_EQ(h.health(), expect.at("health"));
  EXPECT_EQ(error, expect.value("error", ""));
}

TEST(Transitions, FollowTheReference) {
  LOAD_CONFORMANCE(data, "transitions.json");
  ASSERT_FALSE(data.at("rows").empty());
  for (const json& row : data.at("rows")) {
    const std::string name = row.at("name");
    if (row.at("group") == "probe") continue;
    SCOPED_TRACE(name);
    TransitionHarness h(row.at("setup"));
    if (!row.contains("steps")) {
      run_step(h, row);
      continue;
    }
    for (const json& step : row.at("steps")) run_step(h, step);
  }
}

struct ProbeSeen {
  json to_target = json::array();
  int indirect = 0;
  int nack_requested = 0;
  bool stream = false;
  Duration elapsed{};
};

/// Plays the target and the relays of one round, in virtual time.
class ProbeRound {
 public:
  ProbeRound(TransitionHarness& h, const json& input)
      : h_(h),
        input_(input),
        transmitter_(h.options(), h.roster().queue()),
        prober_(h.options(), h.roster(), transmitter_, Random(1), kNoOtherRound) {}

  ProbeSeen run() {
    prober_.probe(now_, *h_.find(input_.at("target").get<std::string>()), out_);
    for (std::uint32_t i = 0; i < out_.packets().at(0).count; ++i) {
      const Recorded& part = h_.recorder().decode(out_.part(i));
      if (part.type == "ping") seq_ = part.seq;
      seen_.to_target.push_back(part.type);
    }
    if (input_.at("direct") == "ack") prober_.acked(now_, seq_);
    if (input_.at("direct") == "wrong_seq") prober_.acked(now_, seq_ + 1000);
    if (prober_.probing()) ask();
    if (prober_.probing()) {
      now_ = prober_.next_deadline();
      prober_.advance(now_, out_);
    }
    EXPECT_FALSE(prober_.probing());
    seen_.elapsed = now_ - start_;
    return seen_;
  }

 private:
  void ask() {
    now_ = prober_.next_deadline();
    out_.clear();
    prober_.advance(now_, out_);
    seen_.stream = !out_.streams.empty();
    std::vector<std::string> asked;
    for (const auto& packet : out_.packets()) {
      const Recorded& request = h_.recorder().decode(out_.part(packet.first));
      EXPECT_EQ(request.type, "indirect_ping");
      ++seen_.indirect;
      seen_.nack_requested += request.nack ? 1 : 0;
      h_.roster().table().for_each([&](const Member& m) {
        if (m.address == packet.to) asked.push_back(m.name);
      });
    }
    if (seen_.stream && input_.at("stream") == "ack") prober_.stream_contact(seq_);
    for (const std::string& relay : asked) {
      const std::string does = input_.at("relays").value(relay, "silent");
      if (does == "ack") prober_.acked(now_, seq_);
      if (does == "nack") prober_.nacked(seq_);
    }
  }

  /// The start of the prober's own rounds: after the end of the one that is played.
  static constexpr Instant kNoOtherRound = instant(3'000'000'000'000);

  TransitionHarness& h_;
  const json& input_;
  Transmitter transmitter_;
  Prober prober_;
  Outputs out_;
  Instant now_ = instant(2'000'000'000'000);
  Instant start_ = now_;
  std::uint32_t seq_ = 0;
  ProbeSeen seen_;
};

TEST(Probes, FollowTheReference) {
  LOAD_CONFORMANCE(data, "transitions.json");
  int rows = 0;
  for (const json& row : data.at("rows")) {
    if (row.at("group") != "probe") continue;
    SCOPED_TRACE(row.at("name").get<std::string>());
    ++rows;
    TransitionHarness h(row.at("setup"));
    const ProbeSeen seen = ProbeRound(h, row.at("input")).run();
    const json& expect = row.at("expect");
    EXPECT_EQ(name(h.find(row.at("input").at("target").get<std::string>())->state), expect.at("state"));
    EXPECT_EQ(h.health(), expect.at("health"));
    EXPECT_EQ(seen.to_target, expect.at("to_target"));
    EXPECT_EQ(seen.indirect, expect.at("indirect_pings"));
    EXPECT_EQ(seen.nack_requested, expect.at("nack_requested"));
    EXPECT_EQ(seen.stream, expect.at("stream_ping"));
    EXPECT_EQ(types_of(h.take_broadcasts()), expect.at("broadcasts"));
    if (expect.contains("elapsed_ms")) {
      EXPECT_EQ(seen.elapsed, std::chrono::milliseconds(expect.at("elapsed_ms").get<int>()));
    }
  }
  EXPECT_GT(rows, 0);
}

json matrix_setup(const json& row) {
  const json versions{1, 5, 2, 0, 0, 0};
  json members = json::array();
  const auto add = [&](const std::string& name, int i, const std::string& state, const json& incarnation) {
    members.push_back({{"name", name},
                       {"state", state},
                       {"incarnation", incarnation},
                       {"vsn", versions},
                       {"addr", "10.0.0." + std::to_string(i)},
                       {"state_age_ms", 60000}});
  };
  if (row.at("known_state") != "unknown") add("m1", 2, row.at("known_state"), row.at("known_incarnation"));
  for (int i = 2; i <= 5; ++i) add("m" + std::to_string(i), i + 1, "alive", 1);
  if (row.at("known_state") == "suspect") members[0]["suspicion"] = {{"from", "m5"}, {"confirmed_by", json::array()}};
  return {{"members", members}};
}

json matrix_input(const json& row) {
  const std::string message = row.at("message");
  json in{{"type", message}, {"node", "m1"}, {"incarnation", row.at("incarnation")}, {"from", "m2"}};
  if (message == "alive") in.update({{"addr", "10.0.0.2"}, {"port", 7946}, {"meta", ""}, {"vsn", {1, 5, 2, 0, 0, 0}}});
  if (message == "leave") in.update({{"type", "dead"}, {"from", "m1"}});
  return in;
}

// What the core does with each message in each state. The other parts of the file (order, mark, effective_changes) are
// about the SWIM order itself and hold for the model of status_lattice.h.
TEST(StateMatrix, FollowsTheReference) {
  LOAD_CONFORMANCE(data, "status_lattice.json");
  const json& matrix = data.at("memberlist_matrix");
  const json& rows = matrix.is_array() ? matrix : matrix.at("rows");
  ASSERT_FALSE(rows.empty());
  for (const json& row : rows) {
    SCOPED_TRACE(row.at("name").get<std::string>());
    TransitionHarness h(matrix_setup(row));
    h.apply(matrix_input(row));
    const Member* m1 = h.find("m1");
    EXPECT_EQ(m1 == nullptr ? "unknown" : std::string(name(m1->state)), row.at("result_state"));
    if (m1 != nullptr) {
      EXPECT_EQ(m1->incarnation, row.at("result_incarnation"));
    }
    EXPECT_EQ(!h.take_broadcasts().empty(), row.at("gossiped").get<bool>());
    EXPECT_EQ(types_of(h.take_events()), row.at("events"));
  }
}

}  // namespace
}  // namespace syncer::membership
