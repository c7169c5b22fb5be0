// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/formulas.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "syncer/membership/broadcast_queue.h"
#include "syncer/membership/lifeguard.h"
#include "syncer/membership/options.h"
#include "tests/unit/membership/conformance.h"

namespace syncer::membership {
namespace {

using conformance::json;

Duration ns(const json& in, const char* key) { return Duration(in.at(key).get<std::int64_t>()); }

json suspicion_start_of(const json& in) {
  const auto s =
      suspicion_start(in.at("mult"), in.at("max_mult"), in.at("n").get<std::size_t>(), ns(in, "interval_ns"));
  return {{"k", s.expected}, {"min_ns", s.min.count()}, {"max_ns", s.max.count()}, {"initial_ns", s.initial.count()}};
}

json awareness_walk(const json& in) {
  Awareness awareness(in.at("max"));
  json steps = json::array();
  for (const int delta : in.at("deltas")) {
    awareness.apply(delta);
    steps.push_back({{"score", awareness.score()}, {"scaled_ns", awareness.scaled(ns(in, "base_ns")).count()}});
  }
  return {{"steps", steps}};
}

json probe_health(const json& in) {
  const bool acked = in.at("acked").get<bool>() || in.at("tcp_contact").get<bool>();
  return {{"delta", probe_health_delta(acked, in.at("peers_nack_capable"), in.at("nacks_received"))}};
}

json probe_timing(const json& in) {
  Awareness awareness(8);
  awareness.apply(in.at("score"));
  const Duration deadline = awareness.scaled(ns(in, "interval_ns"));
  return {{"direct_wait_ns", std::min(ns(in, "timeout_ns"), deadline).count()}, {"deadline_ns", deadline.count()}};
}

json suspicion_timer(const json& in) {
  const int k = in.at("k");
  const Duration min = ns(in, "min_ns");
  const Duration max = ns(in, "max_ns");
  Suspicion s(in.at("from").get<std::string>(), {k, min, max, k >= 1 ? max : min}, Instant{});
  json counted = json::array();
  for (const json& c : in.at("confirm"))
    counted.push_back(s.confirm(c.at("from").get<std::string>(), Instant(ns(c, "at_ns"))));
  return {{"counted", counted}, {"fires_at_ns", nanos(s.deadline())}, {"confirmations_at_fire", s.confirmations()}};
}

json dogpile(const json& in) {
  const auto start =
      suspicion_start(in.at("mult"), in.at("max_mult"), in.at("n").get<std::size_t>(), ns(in, "interval_ns"));
  Suspicion s("first", start, Instant{});
  for (int i = 0; i < in.at("confirmations").get<int>(); ++i) s.confirm("peer" + std::to_string(i), Instant{});
  return {{"counted", s.confirmations()}, {"timeout_ns", nanos(s.deadline())}};
}

json packet_budget(const json& in) {
  const std::string label = in.at("label");
  std::size_t overhead = label.empty() ? 0 : 2 + label.size();
  if (in.at("encrypted").get<bool>()) overhead += in.at("version").get<int>() == 0 ? 45 : 29;
  const json& own = in.at("own_message_len");
  return {{"available", broadcast_budget(in.at("udp_buffer"), overhead, own.is_null() ? 0 : own.get<std::size_t>())}};
}

void enqueue(BroadcastQueue& queue, const json& item) {
  const std::string name = item.at("name");
  Bytes message(item.at("len").get<std::size_t>(), '.');
  message.replace(0, std::min(name.size(), message.size()), name.substr(0, message.size()));
  queue.push(name, message);
}

json broadcast_queue(const json& in) {
  BroadcastQueue queue(in.at("retransmit_mult"), 1000);
  for (const json& item : in.at("enqueue")) enqueue(queue, item);
  json calls = json::array();
  for (const json& call : in.at("calls")) {
    std::vector<ByteView> taken;
    queue.take(call.at("overhead"), call.at("limit"), in.at("num_nodes"), taken);
    json sent = json::array();
    for (const ByteView message : taken) sent.push_back(std::string(message.substr(0, message.find('.'))));
    calls.push_back({{"sent", sent}, {"queued_after", queue.size()}});
    for (const json& later : in.value("then_enqueue", json::array())) {
      if (later.at("after_call") == calls.size()) enqueue(queue, later);
    }
  }
  return {{"calls", calls}};
}

json broadcast_queue_prune(const json& in) {
  BroadcastQueue queue(4, 1000);
  for (const json& item : in.at("enqueue")) enqueue(queue, item);
  queue.prune(in.at("keep"));
  const auto names = queue.names();
  std::set<std::string> kept(names.begin(), names.end());
  return {{"kept", kept}};
}

json verify_protocol(const json& in) {
  std::vector<VersionRange> ranges;
  for (const char* side : {"a", "b"}) {
    for (const json& v : in.at(side)) ranges.push_back({v[0], v[1], v[2]});
  }
  return {{"compatible", compatible(ranges)}};
}

json reap_dead(const json& in) {
  const std::map<std::string, State> states{
      {"alive", State::Alive}, {"suspect", State::Suspect}, {"dead", State::Dead}, {"left", State::Left}};
  json kept = json::array();
  for (std::size_t i = 0; i < in.at("nodes").size(); ++i) {
    const json& n = in.at("nodes")[i];
    if (!is_forgotten(states.at(n.at("state")), ns(n, "age_ns"), ns(in, "gossip_to_the_dead_ns"))) kept.push_back(i);
  }
  return {{"kept_count", kept.size()}, {"kept", kept}};
}

json compound_split(const json& in) {
  json parts = json::array();
  for (int left = in.at("messages"); left > 0; left -= static_cast<int>(kMaxParts)) {
    parts.push_back(std::min(left, static_cast<int>(kMaxParts)));
  }
  return {{"part_counts", parts}};
}

const std::map<std::string, std::function<json(const json&)>> kFunctions = {
    {"suspicion_timeout",
     [](const json& in) -> json {
       return {{"timeout_ns",
                suspicion_timeout(in.at("mult"), in.at("n").get<std::size_t>(), ns(in, "interval_ns")).count()}};
     }},
    {"suspicion_start", suspicion_start_of},
    {"remaining_suspicion",
     [](const json& in) -> json {
       return {{"remaining_ns", remaining_suspicion(in.at("confirmations"), in.at("k"), ns(in, "elapsed_ns"),
                                                    ns(in, "min_ns"), ns(in, "max_ns"))
                                    .count()}};
     }},
    {"retransmit_limit",
     [](const json& in) -> json {
       return {{"limit", retransmit_limit(in.at("mult"), in.at("n").get<std::size_t>())}};
     }},
    {"push_pull_interval",
     [](const json& in) -> json {
       return {{"interval_ns", push_pull_interval(ns(in, "interval_ns"), in.at("n").get<std::size_t>()).count()}};
     }},
    {"awareness_walk", awareness_walk},
    {"probe_health_delta", probe_health},
    {"probe_timing", probe_timing},
    {"suspicion_timer", suspicion_timer},
    {"dogpile", dogpile},
    {"refute_incarnation",
     [](const json& in) -> json {
       const auto next = refute_incarnation(in.at("own_counter"), in.at("accused"));
       return {{"new_incarnation", next.value_or(0)}, {"counter", next.value_or(0)}};
     }},
    {"packet_budget", packet_budget},
    {"compound_size",
     [](const json& in) -> json {
       return {{"size", kCompoundHeader + in.at("count").get<std::size_t>() *
                                              (kCompoundPartHeader + in.at("part_len").get<std::size_t>())}};
     }},
    {"compound_split", compound_split},
    {"broadcast_queue", broadcast_queue},
    {"broadcast_queue_prune", broadcast_queue_prune},
    {"verify_protocol", verify_protocol},
    {"reap_dead", reap_dead},
};

/// Functions of other layers: encryption and label headers are tested with the wire.
const std::set<std::string> kElsewhere = {"encrypted_length", "encrypt_overhead", "label_overhead"};

TEST(Formulas, GiveTheReferenceValues) {
  LOAD_CONFORMANCE(data, "formulas.json");
  ASSERT_FALSE(data.at("rows").empty());
  for (const json& row : data.at("rows")) {
    const std::string fn = row.at("fn");
    if (kElsewhere.count(fn) == 1) continue;
    SCOPED_TRACE(row.at("name").get<std::string>());
    ASSERT_EQ(kFunctions.count(fn), 1U) << "no function " << fn;
    EXPECT_EQ(kFunctions.at(fn)(row.at("in")), row.at("out"));
  }
}

void expect_profile(const Options& o, const json& p) {
  const auto ms = [](Duration d) { return std::chrono::duration_cast<std::chrono::milliseconds>(d).count(); };
  EXPECT_EQ(o.awareness_max, p.at("awareness_max_multiplier"));
  EXPECT_EQ(ms(o.dead_reclaim), p.at("dead_node_reclaim_ms"));
  EXPECT_EQ(ms(o.gossip_interval), p.at("gossip_interval_ms"));
  EXPECT_EQ(o.gossip_nodes, p.at("gossip_nodes"));
  EXPECT_EQ(ms(o.gossip_to_dead), p.at("gossip_to_the_dead_ms"));
  EXPECT_EQ(o.indirect_checks, p.at("indirect_checks"));
  EXPECT_EQ(ms(o.probe_interval), p.at("probe_interval_ms"));
  EXPECT_EQ(ms(o.probe_timeout), p.at("probe_timeout_ms"));
  EXPECT_EQ(ms(o.push_pull_interval), p.at("push_pull_interval_ms"));
  EXPECT_EQ(o.retransmit_mult, p.at("retransmit_mult"));
  EXPECT_EQ(ms(o.stream_timeout), p.at("stream_timeout_ms"));
  EXPECT_EQ(o.suspicion_max_mult, p.at("suspicion_max_timeout_mult"));
  EXPECT_EQ(o.suspicion_mult, p.at("suspicion_mult"));
  EXPECT_EQ(o.packet_budget, p.at("udp_buffer_bytes"));
}

TEST(Profiles, AreThoseOfTheReference) {
  LOAD_CONFORMANCE(data, "formulas.json");
  expect_profile(lan_profile(), data.at("profiles").at("lan"));
  expect_profile(wan_profile(), data.at("profiles").at("wan"));
  expect_profile(local_profile(), data.at("profiles").at("local"));
}

TEST(Formulas, RefuteNothingBeyondThirtyTwoBits) {
  EXPECT_EQ(refute_incarnation(5, kMaxIncarnation), std::nullopt);
  EXPECT_EQ(refute_incarnation(kMaxIncarnation, 0), std::nullopt);
}

TEST(Formulas, JudgeVersionsThatTellTheirRangeHoweverFewMoreFollow) {
  for (const Bytes& fits : {Bytes(), Bytes("\x05\x01", 2), Bytes("\x01\x05\x02", 3), Bytes("\x02\x02\x02\x01", 4)}) {
    EXPECT_TRUE(valid_versions(fits)) << fits.size();
  }
  for (const Bytes& wrong :
       {Bytes("\0\x05\x02", 3), Bytes("\x01\0\x02", 3), Bytes("\x05\x01\x02", 3), Bytes(3, '\0')}) {
    EXPECT_FALSE(valid_versions(wrong)) << testing::PrintToString(wrong);
  }
}

}  // namespace
}  // namespace syncer::membership
