// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/raft/seal.h"

namespace syncer::wire {
namespace {

const crypto::Nonce kNonce{1, 2, 3};

ClusterSeal seal_of(const std::string& region, char key) {
  return {region, crypto::Keyring::make({Bytes(16, key)}).value(), [] { return kNonce; }};
}

/// Type and body of the one frame.
ClusterFrame taken_apart(const Bytes& frame) {
  const Bytes stream = preamble(kClusterProtocol) + frame;
  FrameReader reader(kClusterProtocol);
  ByteView input = stream;
  const auto read = reader.next(input);
  return {(*read)->type, Bytes((*read)->body)};
}

class ClusterSealTest : public testing::Test {
 protected:
  ClusterSeal ours = seal_of("east", 'k');
  ClusterFrame sealed = taken_apart(ours.seal(cluster_frame(Pulse{true}), Writer::Dialer, 7));
};

TEST_F(ClusterSealTest, IsOpenedByWhoHasTheKey) {
  const auto opened = ours.open(sealed.type, sealed.body, Writer::Dialer, 7);
  ASSERT_TRUE(opened);
  EXPECT_EQ(decode_cluster(opened->type, opened->body).value(), ClusterMessage(Pulse{true}));
}

TEST_F(ClusterSealTest, HoldsEveryByte) {
  for (std::size_t i = 0; i < sealed.body.size(); ++i) {
    Bytes body = sealed.body;
    body[i] = static_cast<char>(body[i] ^ 1);
    EXPECT_FALSE(ours.open(sealed.type, body, Writer::Dialer, 7)) << i;
    EXPECT_FALSE(ours.open(sealed.type, sealed.body.substr(0, i), Writer::Dialer, 7)) << i;
  }
}

TEST_F(ClusterSealTest, HoldsItsPlaceItsWriterAndItsRegion) {
  EXPECT_FALSE(ours.open(sealed.type, sealed.body, Writer::Dialer, 8));
  EXPECT_FALSE(ours.open(sealed.type, sealed.body, Writer::Acceptor, 7));
  EXPECT_FALSE(seal_of("west", 'k').open(sealed.type, sealed.body, Writer::Dialer, 7));
  EXPECT_FALSE(seal_of("east", 'x').open(sealed.type, sealed.body, Writer::Dialer, 7));
}

TEST_F(ClusterSealTest, IsRequiredWhereThereAreKeysAndUnknownWhereThereAreNone) {
  const ClusterFrame plain = cluster_frame(Pulse{true});
  EXPECT_EQ(ours.open(plain.type, plain.body, Writer::Dialer, 0).error().code, ErrorCode::Refused);
  const ClusterSeal open("east", {}, {});
  EXPECT_FALSE(open.open(sealed.type, sealed.body, Writer::Dialer, 7));
  EXPECT_EQ(open.seal(plain, Writer::Dialer, 0), encode_cluster(Pulse{true}));
  EXPECT_TRUE(open.open(plain.type, plain.body, Writer::Dialer, 0));
}

}  // namespace
}  // namespace syncer::wire
