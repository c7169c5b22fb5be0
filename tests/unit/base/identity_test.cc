// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/identity.h"

#include <gtest/gtest.h>

namespace syncer {
namespace {

PeerIdentity identity(const std::string& region, bool sync, bool voter, const std::string& node) {
  PeerIdentity identity;
  identity.region = region;
  identity.sync = sync;
  identity.voter = voter;
  identity.node = node;
  return identity;
}

TEST(Identity, IsAUriThatIsReadBack) {
  const PeerIdentity cases[] = {
      identity("east", true, true, "e1"),       identity("10.0.0.10:30100+10.0.0.11:30100", true, false, ""),
      identity("East", false, true, ".hidden"), identity("%", true, true, "a b"),
      identity("\xc3\xa4", true, true, "\xff"),
  };
  for (const PeerIdentity& one : cases) {
    const auto read = parse_identity_uri(identity_uri(one));
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(*read, one) << identity_uri(one);
  }
  EXPECT_EQ(identity_uri(cases[0]), "syncer://east/sync+voter/e1");
  EXPECT_EQ(identity_uri(cases[1]), "syncer://10.0.0.10%3A30100%2B10.0.0.11%3A30100/sync");
  EXPECT_EQ(identity_uri(cases[2]), "syncer://%45ast/voter/%2Ehidden");
}

TEST(Identity, HasOneSpelling) {
  for (const char* uri : {"", "syncer://", "syncer://east", "syncer://east/", "syncer:///sync", "syncer://east/writer",
                          "syncer://east/voter+sync", "syncer://east/sync/", "syncer://east/sync/e1/more",
                          "syncer://East/sync", "syncer://%65ast/sync", "syncer://e%4/sync", "syncer://e%zz/sync",
                          "syncer://%4aast/sync", "syncer://east/sync?x", "https://east/sync"}) {
    EXPECT_FALSE(parse_identity_uri(uri)) << uri;
  }
}

TEST(Identity, SpeaksForItsRegionInItsRole) {
  const auto required = CertificateRule::Required;
  const PeerIdentity east = identity("east", true, false, "e1");
  EXPECT_EQ(objection_to(east, required, PeerRole::Sync, "east", "e1"), "");
  EXPECT_EQ(objection_to(east, required, PeerRole::Sync, "east", ""), "") << "its name is not known yet";
  EXPECT_EQ(objection_to(identity("east", true, true, ""), required, PeerRole::Voter, "east", "e7"), "");
  EXPECT_EQ(objection_to(east, required, PeerRole::Sync, "west", "e1"),
            "its certificate is of region \"east\", not of \"west\"");
  EXPECT_EQ(objection_to(east, required, PeerRole::Voter, "east", "e1"),
            "its certificate does not have the role \"voter\"");
  EXPECT_EQ(objection_to(east, required, PeerRole::Sync, "east", "e2"),
            "its certificate is of syncer \"e1\", not of \"e2\"");
}

TEST(Identity, IsWantedAsTheRuleSays) {
  const PeerIdentity nobody;
  const PeerIdentity west = identity("west", true, true, "");
  EXPECT_NE(objection_to(nobody, CertificateRule::Required, PeerRole::Sync, "east", "e1"), "");
  EXPECT_EQ(objection_to(nobody, CertificateRule::Optional, PeerRole::Sync, "east", "e1"), "");
  EXPECT_NE(objection_to(west, CertificateRule::Optional, PeerRole::Sync, "east", "e1"), "")
      << "who shows one is held to it";
  EXPECT_EQ(objection_to(nobody, CertificateRule::Off, PeerRole::Sync, "east", "e1"), "");
}

}  // namespace
}  // namespace syncer
