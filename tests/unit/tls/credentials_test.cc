// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/credentials.h"

#include <gtest/gtest.h>

#include "syncer/tls/issue.h"
#include "syncer/tls/probe.h"
#include "tests/support/pki.h"

namespace syncer::tls {
namespace {

using test::identity;

class CredentialsTest : public testing::Test {
 protected:
  /// Why the files are refused, with the place; "usable" when they are not.
  static std::string refusal(const CredentialFiles& files) {
    const auto loaded = Credentials::load(files);
    return loaded ? "usable" : to_string(loaded.error());
  }
  static void expect_refusal(const CredentialFiles& files, const std::string& place, const std::string& reason) {
    const std::string text = refusal(files);
    EXPECT_EQ(text.find(place), 0U) << text;
    EXPECT_NE(text.find(reason), std::string::npos) << text;
  }
  test::Pki pki;
};

TEST_F(CredentialsTest, NameWhomTheyAreOf) {
  const auto loaded = Credentials::load(pki.make(identity("east", "e1", true, false)));
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  EXPECT_EQ(identity_uri((*loaded)->own()), "syncer://east/sync/e1");
  EXPECT_EQ((*loaded)->own().fingerprint.size(), 64U);
  EXPECT_GT((*loaded)->time_left(), std::chrono::hours(24 * 99));
  EXPECT_LE((*loaded)->time_left(), std::chrono::hours(24 * 100));
}

TEST_F(CredentialsTest, EndWithTheFirstOfTheCasAbove) {
  CredentialFiles files = pki.make(identity("east"), 5000);
  const auto loaded = Credentials::load(files);
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  EXPECT_LE((*loaded)->time_left(), std::chrono::hours(24 * 1000)) << "nothing outlives the CA";
}

TEST_F(CredentialsTest, ThatOthersWouldRefuseAreRefusedAtOnce) {
  pki.add_ca("foreign");
  const CredentialFiles good = pki.make(identity("east"));
  const CredentialFiles other = pki.make(identity("east"));
  expect_refusal(pki.make(identity("east"), -1), good.certificate.substr(0, 10), "has expired");
  CredentialFiles foreign = pki.make(identity("east"), 10, "foreign");
  expect_refusal(foreign, foreign.certificate, "not issued by a CA of tls.ca-file");
  CredentialFiles mixed = good;
  mixed.key = other.key;
  expect_refusal(mixed, other.key, "is not the key of the certificate");
  CredentialFiles absent = good;
  absent.certificate += ".gone";
  expect_refusal(absent, absent.certificate, "no such file");
  CredentialFiles nonsense = good;
  nonsense.ca = pki.path("nonsense");
  pki.write(nonsense.ca, "hello\n");
  expect_refusal(nonsense, nonsense.ca, "no PEM certificate");
  CredentialFiles broken = good;
  broken.certificate = pki.path("broken");
  pki.write(broken.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  expect_refusal(broken, broken.certificate, "cannot be read");
  CredentialFiles ca_as_own = good;
  ca_as_own.certificate = pki.path("pool.pem");
  ca_as_own.key = pki.path("pool-key.pem");
  expect_refusal(ca_as_own, ca_as_own.certificate, "it names no region");
}

TEST_F(CredentialsTest, WantAKeyThatNobodyElseMayRead) {
  const CredentialFiles files = pki.make(identity("east"));
  for (const unsigned mode : {0640U, 0604U, 0660U}) {
    pki.write(files.key, "whatever", mode);
    expect_refusal(files, files.key, "chmod 600");
  }
}

TEST_F(CredentialsTest, DenyWhatTheListSays) {
  CredentialFiles files = pki.make(identity("east"));
  const auto own = Credentials::load(files);
  ASSERT_TRUE(own);
  files.deny = pki.path("deny");
  expect_refusal(files, files.deny, "no such deny-list");
  pki.write(files.deny, "# nobody\n\n");
  EXPECT_EQ(refusal(files), "usable");
  pki.write(files.deny, "0123\n" + (*own)->own().fingerprint + " # lost laptop\n");
  expect_refusal(files, files.certificate, "deny-list");
  pki.write(files.deny, "0123\nnot hexadecimal\n");
  expect_refusal(files, files.deny + ":2", "neither a SHA-256 fingerprint nor a serial number");
}

TEST_F(CredentialsTest, DenyByTheSerialNumberAsOthersPrintIt) {
  CredentialFiles files = pki.make(identity("east"));
  const auto chain = read_certificates(files.certificate);
  ASSERT_TRUE(chain);
  std::string serial = serial_of(*chain->front());
  if (serial.size() % 2 == 1) serial.insert(0, "0");
  std::string with_colons;
  for (std::size_t i = 0; i < serial.size(); i += 2) {
    with_colons += (i == 0 ? "" : ":") + std::string{static_cast<char>(std::toupper(serial[i])),
                                                     static_cast<char>(std::toupper(serial[i + 1]))};
  }
  files.deny = pki.path("deny");
  pki.write(files.deny, with_colons + "\n");
  expect_refusal(files, files.certificate, "deny-list");
}

TEST_F(CredentialsTest, OfARegionsOwnCaAreOfThatRegionAlone) {
  const auto root = Issuer::read(pki.path("pool.pem"), pki.path("pool-key.pem"));
  ASSERT_TRUE(root) << to_string(root.error());
  const auto region_ca = root->region_ca("east", 100);
  ASSERT_TRUE(region_ca) << to_string(region_ca.error());
  pki.write(pki.path("east.pem"), region_ca->certificate_pem);
  pki.write(pki.path("east-key.pem"), region_ca->key_pem);
  EXPECT_EQ(refusal(pki.make(identity("east", "e1"), 10, "east")), "usable");
  const auto east = Issuer::read(pki.path("east.pem"), pki.path("east-key.pem"));
  ASSERT_TRUE(east);
  for (const char* other : {"west", "East", "easter", "e"}) {
    const auto refused = east->certificate(identity(other), 10);
    ASSERT_FALSE(refused) << other;
    EXPECT_NE(refused.error().detail.find("may not issue for region"), std::string::npos) << refused.error().detail;
  }
}

TEST_F(CredentialsTest, SayOfflineWhyTwoEndsWillNotTalk) {
  pki.add_ca("foreign");
  const CredentialFiles east = pki.make(identity("east"));
  EXPECT_EQ(objection_between(pki.make(identity("west")), east).value(), "");
  EXPECT_EQ(objection_between(pki.make(identity("west"), -2), east).value(), "it, or a CA above it, has expired");
  EXPECT_EQ(objection_between(pki.make(identity("west"), 9, "foreign"), east).value(),
            "it is not issued by a CA of tls.ca-file");
}

}  // namespace
}  // namespace syncer::tls
