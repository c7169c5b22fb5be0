// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {
namespace {

using std::chrono::seconds;

/// As instances look, each a little different.
std::vector<std::pair<Bytes, Bytes>> instances(int count) {
  std::vector<std::pair<Bytes, Bytes>> records;
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    const std::string id = sha1_hex(n);
    records.emplace_back("instance default shop cart 1.0.0 " + id,
                         "host node-" + n + " rest 10." + std::to_string(i / 256) + ".0." + std::to_string(i % 256) +
                             ":8080 UP lease 30 x 3 zone a-" + std::to_string(i % 3) + " team payments build " +
                             sha1_hex(id) + " started 2026-11-30T08:" + std::to_string(i % 60));
  }
  return records;
}

/// B gets the whole set of A; gives what A sent it.
Links::Traffic transfer(const std::string& reader, int count) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, instances(count));
  net.start(2, "B", reader).open_epoch(net.now(), {1, 1}, {});
  net.gossip();
  net.run(seconds(20));
  EXPECT_EQ(net.peering(2).replica("A")->size(), static_cast<std::size_t>(count));
  EXPECT_TRUE(net.peering(2).state("A", net.now()).complete);
  const Links::Traffic traffic = net.peering(1).link("B").traffic;
  EXPECT_GT(net.peering(2).link("A").traffic.received, traffic.sent * 9 / 10) << "all but greetings";
  return traffic;
}

TEST(Packing, AWholeSetCostsAPartOfItsBytes) {
  const Links::Traffic plain = transfer("former1", 10'000);
  const Links::Traffic packed = transfer("b1", 10'000);
  EXPECT_EQ(plain.spared, 0U);
  EXPECT_EQ(packed.sent + packed.spared, plain.sent);
  EXPECT_LT(packed.sent, plain.sent * 2 / 3);
  std::cout << "10 000 instances: " << plain.sent << " bytes plain, " << packed.sent << " packed\n";
}

TEST(Packing, WhoHasNotSaidThatHeReadsItGetsNoPackedFrame) {
  const Links::Traffic plain = transfer("former1", 1'000);
  EXPECT_EQ(plain.spared, 0U);
}

TEST(Packing, NothingOfAStrangerIsUnpacked) {
  PeeringNet net;
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {});
  wire::Hello hello{"B", Bytes(200, 'b'), 7, true, {1, 1}, 0};
  const Bytes packed = wire::pack_frame(wire::encode_sync(wire::SyncMessage(hello)));
  ASSERT_EQ(static_cast<std::uint8_t>(packed[4]), wire::kPackedType);
  const LinkId link = net.intrude(1, wire::preamble(wire::kSyncProtocol) + packed);
  EXPECT_FALSE(net.peering(1).owns(link));
  EXPECT_EQ(net.reason(1, EventKind::FrameDropped), "packed frame in a greeting");
}

}  // namespace
}  // namespace syncer::peering
