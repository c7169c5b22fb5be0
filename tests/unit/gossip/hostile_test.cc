// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/wire_gossip/hostile.h"

#include <gtest/gtest.h>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/stream.h"
#include "tests/unit/gossip/network.h"
#include "tests/unit/membership/conformance.h"

namespace syncer::gossip {
namespace {

using conformance::json;

/// One member alone with an attacker at 10.0.0.66.
class Target {
 public:
  explicit Target(const json& row) {
    const json config = row.value("config", json::object());
    GossipConfig own;
    own.node = "target";
    own.address = TestNetwork::gossip_address(1);
    if (config.contains("label")) own.pool.label = config["label"].get<std::string>();
    if (config.contains("key")) {
      own.pool.keys = crypto::Keyring::make({from_hex(config["key"].get<std::string>()).value()}).value();
      own.nonce = [] { return crypto::Nonce{7}; };
    }
    if (config.value("alive_filter", false)) own.options.alive_filter = [](const membership::Alive&) { return true; };
    if (config.value("merge_filter", false)) own.options.merge_filter = [](auto) { return true; };
    pool_ = own.pool;
    host_ = &net_.add(std::move(own));
  }

  TestNetwork::Host& host() { return *host_; }
  Gossip& gossip() { return host_->gossip(); }
  void packet(ByteView bytes) { gossip().on_datagram(net_.now(), attacker_, bytes); }

  /// Opens a stream, sends the bytes in chunks, and ends it. The type of the message that came back, or "".
  std::string stream(ByteView bytes) {
    const LinkId link{link_ += 2};
    gossip().on_stream_accepted(net_.now(), link, attacker_);
    for (std::size_t at = 0; at < bytes.size(); at += 1400)
      gossip().on_stream_data(net_.now(), link, bytes.substr(at, 1400));
    gossip().on_stream_closed(net_.now(), link, "closed by the peer");
    EXPECT_FALSE(gossip().owns(link));
    return type_of(host_->stream_answer(link));
  }

  /// A valid ping still gets its answer.
  bool answers() {
    const std::size_t before = host_->packets_sent();
    Bytes ping;
    wire::gossip::encode(membership::Ping{77, "target", {}, ""}, ping);
    wire::gossip::PacketBuilder builder(1);
    builder.add(ping);
    packet(builder.finish(pool_, false, [] { return crypto::Nonce{9}; }));
    return host_->packets_sent() == before + 1;
  }

 private:
  std::string type_of(const Bytes& bytes) const {
    if (bytes.empty()) return "";
    wire::gossip::StreamReader reader(pool_, wire::gossip::Opened::ByUs);
    if (reader.feed(bytes) != wire::gossip::StreamReader::Status::Complete) return "unreadable";
    if (std::holds_alternative<wire::gossip::Exchange>(reader.message())) return "push_pull";
    return std::holds_alternative<wire::gossip::StreamError>(reader.message()) ? "err" : "other";
  }

  TestNetwork net_;
  wire::gossip::Pool pool_;
  TestNetwork::Host* host_ = nullptr;
  Endpoint attacker_ = Endpoint::v4(10, 0, 0, 66, 4444);
  std::uint64_t link_ = 1000;
};

TEST(HostileInput, LeavesTheMemberAsItWasAndUsable) {
  LOAD_CONFORMANCE(data, "hostile.json");
  ASSERT_FALSE(data.at("rows").empty());
  for (const json& row : data.at("rows")) {
    SCOPED_TRACE(row.at("name").get<std::string>());
    if (row.at("surface") == "scenario") {
      EXPECT_EQ(wire::gossip::kHostileScenarios.count(row.at("name")), 1U);  // see there
      continue;
    }
    for (const Bytes& input : wire::gossip::hostile_inputs(row)) {
      Target target(row);
      const json& expect = row.at("expect");
      if (row.at("surface") == "packet") {
        target.packet(input);
      } else {
        const std::string reply = target.stream(input);
        // Our bound on the growth of text comes before what the row is about, and is answered as the other bound on it.
        const bool grew = target.gossip().drops().count("decompress_ratio") == 1;
        EXPECT_EQ(reply, grew ? "err" : expect.value("reply", ""));
      }
      if (expect.at("verdict") == "refuse") {
        EXPECT_EQ(target.gossip().members().size(), 1U);
      }
      EXPECT_TRUE(target.answers());
    }
  }
}

TEST(HostileInput, IsCountedByReasonAlsoWhenNobodyReadsTheLog) {
  Target target(json::object());
  target.host().be_quiet();
  for (int i = 0; i < 3; ++i) target.packet("\x7fnonsense");
  Bytes ping;
  wire::gossip::encode(membership::Ping{77, "somebody", {}, ""}, ping);
  target.packet(ping);
  const std::map<std::string, std::uint64_t, std::less<>> expected = {{"bad_type", 3}, {"wrong_node", 1}};
  EXPECT_EQ(target.gossip().drops(), expected);
  EXPECT_TRUE(target.host().drops().empty());
}

TEST(HostileInput, ThatTheCoreDoesNotBelieveIsCountedToo) {
  Target target(json::object());
  const ByteView versions("\x01\x05\x02\x02\x05\x05", 6);
  const Endpoint somewhere = Endpoint::v4(10, 0, 0, 9, 7946);
  for (const std::uint64_t incarnation : {1U, 4'000'000'000U}) {
    Bytes alive;
    wire::gossip::encode(membership::Alive{incarnation, "other", somewhere, "", versions}, alive);
    target.packet(alive);
  }
  const std::map<std::string, std::uint64_t, std::less<>> expected = {{"incarnation_jump", 1}};
  EXPECT_EQ(target.gossip().drops(), expected);
}

Endpoint host_number(std::uint64_t n) { return Endpoint::v4(10, 1, 0, static_cast<std::uint8_t>(n), 4444); }

TEST(HostileStreams, OfOneHostLeaveRoomForOthers) {
  Target target(json::object());
  const Instant now = instant(1'000'000'000'000);
  const auto accept = [&](std::uint64_t link, Endpoint from) {
    from.port = static_cast<std::uint16_t>(5000 + link);
    target.gossip().on_stream_accepted(now, LinkId{link}, from);
    return target.gossip().owns(LinkId{link});
  };
  for (std::uint64_t i = 1; i <= 16; ++i) EXPECT_TRUE(accept(2 * i, host_number(1))) << i;
  EXPECT_FALSE(accept(40, host_number(1)));
  EXPECT_TRUE(accept(42, host_number(2)));
  target.gossip().on_stream_closed(now, LinkId{2}, "closed by the peer");
  EXPECT_TRUE(accept(44, host_number(1)));
}

TEST(HostileStreams, AreAdmittedUpToALimit) {
  Target target(json::object());
  const Instant now = instant(1'000'000'000'000);
  for (std::uint64_t i = 0; i < 200; ++i) target.gossip().on_stream_accepted(now, LinkId{2 * i + 2}, host_number(i));
  std::size_t admitted = 0;
  for (std::uint64_t i = 0; i < 200; ++i) admitted += target.gossip().owns(LinkId{2 * i + 2}) ? 1 : 0;
  EXPECT_EQ(admitted, 127U);
  EXPECT_TRUE(target.host().stream_closed(LinkId{2 * 199 + 2}));
}

TEST(HostileStreams, AreClosedWhenTheyStaySilent) {
  Target target(json::object());
  const Instant now = instant(1'000'000'000'000);
  target.gossip().on_stream_accepted(now, LinkId{2}, {});
  target.gossip().advance(now + std::chrono::milliseconds(9999));
  EXPECT_TRUE(target.gossip().owns(LinkId{2}));
  target.gossip().advance(now + std::chrono::seconds(10));
  EXPECT_FALSE(target.gossip().owns(LinkId{2}));
  EXPECT_TRUE(target.host().stream_closed(LinkId{2}));
}

}  // namespace
}  // namespace syncer::gossip
