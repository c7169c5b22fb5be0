// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/signer.h"

#include <gtest/gtest.h>

#include "tests/support/pki.h"

namespace syncer::tls {
namespace {

using test::identity;

class CredentialSignerTest : public testing::Test {
 protected:
  CredentialSigner signer(const CredentialFiles& files) {
    CredentialSigner made;
    made.use(Credentials::load(files).value());
    return made;
  }
  static std::string verdict(CredentialSigner& judge, ByteView certificate, ByteView text, ByteView signature) {
    const auto who = judge.verify(certificate, text, signature);
    return who ? identity_uri(*who) : who.error().detail;
  }
  test::Pki pki;
};

TEST_F(CredentialSignerTest, SaysWhoSigned) {
  CredentialSigner east = signer(pki.make(identity("east", "e1")));
  CredentialSigner west = signer(pki.make(identity("west")));
  const Bytes signature = east.sign("text");
  EXPECT_EQ(verdict(west, east.certificate(), "text", signature), "syncer://east/sync+voter/e1");
  EXPECT_EQ(verdict(west, east.certificate(), "text", signature), "syncer://east/sync+voter/e1");
}

TEST_F(CredentialSignerTest, AnotherTextOrAnotherKeyIsNoSignature) {
  CredentialSigner east = signer(pki.make(identity("east")));
  CredentialSigner west = signer(pki.make(identity("west")));
  const std::string refusal = "the signature is not of the key of the certificate";
  EXPECT_EQ(verdict(west, east.certificate(), "texts", east.sign("text")), refusal);
  EXPECT_EQ(verdict(west, east.certificate(), "text", west.sign("text")), refusal);
  EXPECT_EQ(verdict(west, east.certificate(), "text", ""), refusal);
  EXPECT_EQ(verdict(west, west.certificate(), "text", east.sign("text")), refusal);
}

TEST_F(CredentialSignerTest, BelievesNoCertificateThatNoLinkWould) {
  pki.add_ca("foreign");
  const CredentialFiles files = pki.make(identity("east"));
  CredentialSigner east = signer(files);
  CredentialFiles wests = pki.make(identity("west"));
  CredentialFiles own_world = wests;
  own_world.ca = pki.path("foreign.pem");
  CredentialSigner stranger;
  CredentialFiles foreign = pki.make(identity("east"), 10, "foreign");
  foreign.ca = pki.path("foreign.pem");
  stranger.use(Credentials::load(foreign).value());
  CredentialSigner west = signer(wests);
  EXPECT_NE(verdict(west, stranger.certificate(), "text", stranger.sign("text")).find("not issued by a CA"),
            std::string::npos);
  ASSERT_EQ(verdict(west, east.certificate(), "text", east.sign("text")), "syncer://east/sync+voter");
  wests.deny = pki.path("deny");
  pki.write(wests.deny, Credentials::load(files).value()->own().fingerprint + "\n");
  west.use(Credentials::load(wests).value());
  EXPECT_NE(verdict(west, east.certificate(), "text", east.sign("text")).find("not believed"), std::string::npos);
}

TEST_F(CredentialSignerTest, TakesNothingForACertificateThatIsNone) {
  CredentialSigner west = signer(pki.make(identity("west")));
  for (const Bytes& shown : {Bytes(), Bytes("nonsense"), Bytes(16384, '0'), west.certificate() + "x"}) {
    EXPECT_EQ(verdict(west, shown, "text", west.sign("text")), "the certificate cannot be read");
  }
}

TEST_F(CredentialSignerTest, SignsWithWhatWasReadLast) {
  CredentialSigner east = signer(pki.make(identity("east")));
  const Bytes former = east.certificate();
  east.use(Credentials::load(pki.make(identity("east"))).value());
  EXPECT_NE(east.certificate(), former);
  CredentialSigner west = signer(pki.make(identity("west")));
  EXPECT_EQ(verdict(west, east.certificate(), "text", east.sign("text")), "syncer://east/sync+voter");
}

TEST_F(CredentialSignerTest, ExpandsAsFips202Says) {
  CredentialSigner any = signer(pki.make(identity("east")));
  std::array<std::uint8_t, 8> out{};
  any.expand({}, out);
  EXPECT_EQ(to_hex({reinterpret_cast<const char*>(out.data()), out.size()}), "7f9c2ba4e88f827d");
  const std::array<ByteView, 2> parts = {"ab", "c"};
  any.expand(parts, out);
  EXPECT_EQ(to_hex({reinterpret_cast<const char*>(out.data()), out.size()}), "5881092dd818bf5c");
}

}  // namespace
}  // namespace syncer::tls
