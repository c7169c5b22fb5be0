// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/wire_gossip/hostile.h"

#include <gtest/gtest.h>

#include <map>

#include "syncer/base/hash.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/packet.h"
#include "syncer/wire/gossip/stream.h"
#include "tests/support/allocations/allocations.h"
#include "tests/unit/membership/conformance.h"

namespace syncer::wire::gossip {
namespace {

using conformance::json;

/// Refusals that need to know the members; the wire lets these rows pass.
const std::map<std::string, std::string> kDecidedAbove = {
    {"wrong_node", "needs our own name"},
    {"vsn_incompatible", "needs the versions of all members"},
    {"vsn_short", "only an application filter asks for all six bytes"},
};

Pool pool_of(const json& row) {
  Pool pool;
  const json config = row.value("config", json::object());
  if (config.contains("label")) pool.label = config["label"].get<std::string>();
  if (config.contains("key"))
    pool.keys = crypto::Keyring::make({from_hex(config["key"].get<std::string>()).value()}).value();
  return pool;
}

/// Messages that came through, and the last reason for which something did not.
struct Outcome {
  std::size_t delivered = 0;
  std::string drop = "none";
};

Outcome take_packet(const Pool& pool, ByteView packet) {
  Outcome outcome;
  Unpacked unpacked;
  unpack(packet, pool, unpacked);
  for (const ByteView part : unpacked.messages) {
    membership::Message message;
    const Drop drop = decode(part, message);
    if (drop == Drop::None) ++outcome.delivered;
    if (drop != Drop::None) outcome.drop = name(drop);
  }
  if (unpacked.drop != Drop::None) outcome.drop = name(unpacked.drop);
  return outcome;
}

Outcome take_stream(const Pool& pool, ByteView bytes) {
  StreamReader reader(pool, Opened::ByPeer);
  const auto status = reader.feed(bytes);
  if (status == StreamReader::Status::Complete) return {1, "none"};
  return {0, std::string(name(status == StreamReader::Status::Refused ? reader.drop() : reader.end()))};
}

void judge(const json& row, const Outcome& outcome) {
  const json& expect = row.at("expect");
  const std::string verdict = expect.at("verdict");
  if (verdict == "refuse") {
    EXPECT_EQ(outcome.delivered, 0U);
  }
  if (verdict == "refuse" || verdict == "partial") {
    EXPECT_TRUE(is_acceptable(expect, outcome.drop)) << "got " << outcome.drop << ", wanted " << expect;
  }
  if (verdict == "accept") {
    EXPECT_EQ(outcome.drop, "none");
  }
  if (expect.contains("delivered")) {
    EXPECT_EQ(outcome.delivered, expect.at("delivered"));
  }
}

TEST(HostileInput, IsRefusedForTheStatedReason) {
  LOAD_CONFORMANCE(data, "hostile.json");
  ASSERT_FALSE(data.at("rows").empty());
  for (const json& row : data.at("rows")) {
    if (row.at("surface") == "scenario") continue;  // EveryScenarioIsAccountedFor
    if (kDecidedAbove.count(row.at("expect").at("error_class")) == 1) continue;
    SCOPED_TRACE(row.at("name").get<std::string>());
    const Pool pool = pool_of(row);
    for (const Bytes& input : hostile_inputs(row)) {
      const test::Allocations allocations;
      const Outcome outcome = row.at("surface") == "packet" ? take_packet(pool, input) : take_stream(pool, input);
      const std::size_t peak = allocations.peak();
      EXPECT_LE(peak, row.at("expect").at("max_alloc_bytes").get<std::size_t>());
      judge(row, outcome);
    }
  }
}

TEST(HostileInput, IsBuiltAsTheRowsSay) {
  LOAD_CONFORMANCE(data, "hostile.json");
  for (const json& row : data.at("rows")) {
    if (!row.contains("length")) continue;
    SCOPED_TRACE(row.at("name").get<std::string>());
    const bool prefixes = row.value("recipe", json::object()).value("op", "") == "every_prefix";
    const Bytes input = prefixes ? from_hex(row.at("hex").get<std::string>()).value() : hostile_inputs(row).at(0);
    EXPECT_EQ(input.size(), row.at("length"));
    if (row.contains("sha256")) {
      EXPECT_EQ(sha256_hex(input), row.at("sha256"));
    }
  }
}

TEST(HostileInput, EveryScenarioIsAccountedFor) {
  LOAD_CONFORMANCE(data, "hostile.json");
  std::size_t scenarios = 0;
  for (const json& row : data.at("rows")) {
    if (row.at("surface") != "scenario") continue;
    ++scenarios;
    EXPECT_EQ(kHostileScenarios.count(row.at("name")), 1U) << row.at("name");
  }
  EXPECT_EQ(scenarios, kHostileScenarios.size());
}

TEST(HostileInput, OnAStreamIsRefusedTheSameOctetByOctet) {
  LOAD_CONFORMANCE(data, "hostile.json");
  for (const json& row : data.at("rows")) {
    if (row.at("surface") != "stream" || row.value("length", 0) > 4096) continue;
    SCOPED_TRACE(row.at("name").get<std::string>());
    const Pool pool = pool_of(row);
    for (const Bytes& input : hostile_inputs(row)) {
      StreamReader reader(pool, Opened::ByPeer);
      auto status = StreamReader::Status::NeedMore;
      for (const char byte : input) status = reader.feed(ByteView(&byte, 1));
      const Outcome whole = take_stream(pool, input);
      EXPECT_EQ(status == StreamReader::Status::Complete, whole.delivered == 1);
    }
  }
}

}  // namespace
}  // namespace syncer::wire::gossip
