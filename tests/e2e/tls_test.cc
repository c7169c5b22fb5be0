// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>
#include <memory>

#include "syncer/store/file.h"
#include "syncer/tls/certificate.h"
#include "tests/e2e/patrol.h"
#include "tests/e2e/region.h"
#include "tests/support/pki.h"

namespace e2e {
namespace {

using syncer::tls::CredentialFiles;
using test::identity;

using Words = std::vector<std::string>;

Words tls_words(const CredentialFiles& files, const std::string& mode = "required") {
  return {"--tls.ca-file",  files.ca,  "--tls.cert-file", files.certificate,
          "--tls.key-file", files.key, "--tls.mode",      mode};
}

Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

bool told(const Syncer& syncer, const std::string& text) {
  return syncer.process.output().find(text) != std::string::npos;
}

/// A registration at home is seen away.
bool arrives(const Registry& home, const Registry& away, const std::string& service) {
  const Registered instance(home.sc, service, "rest://10.1.0.1:8080");
  return eventually(seconds(30), [&] { return instance.visible_in(away.sc); });
}

class TlsRegions : public testing::Test {
 protected:
  Words east_words(const CredentialFiles& files) { return words("east", first.sc.origin()) + tls_words(files); }
  Words west_words(const CredentialFiles& files, const Syncer& east) {
    return words("west", second.sc.origin(), east.rpc) + tls_words(files);
  }

  Workplace workplace;
  test::Pki pki;
  Registry first;
  Registry second;
};

TEST_F(TlsRegions, SyncWithCertificatesAndShowThem) {
  const Syncer east(workplace, east_words(pki.make(identity("east"))));
  const Syncer west(workplace, west_words(pki.make(identity("west")), east));
  EXPECT_TRUE(arrives(first, second, "orders")) << west.process.output();
  EXPECT_TRUE(arrives(second, first, "billing")) << east.process.output();
  EXPECT_EQ(east.status("/certificate/identity"), "\"syncer://east/sync+voter\"");
  EXPECT_EQ(east.status("/certificate/required"), "true");
  EXPECT_EQ(east.status("/certificate/problem"), "\"\"");
  EXPECT_FALSE(told(west, "this pool is open"));
}

TEST_F(TlsRegions, ACertificateOfAnotherRegionDoesNotEvenStart) {
  const CredentialFiles files = pki.make(identity("west"));
  Process process(Words{syncer_program(), "daemon"} + east_words(files), workplace.environment());
  EXPECT_EQ(process.wait_for_exit(seconds(20)), 1);
  EXPECT_NE(process.output().find("its certificate is of region \\\"west\\\", not of \\\"east\\\""), std::string::npos)
      << process.output();
}

TEST_F(TlsRegions, WhoShowsNoneIsToldWhyAndNothingElse) {
  const Syncer east(workplace, east_words(pki.make(identity("east"))));
  const Syncer west(workplace, words("west", second.sc.origin(), east.rpc));
  EXPECT_TRUE(
      west.process.wait_for_line({"peer.refused", "it shows no certificate, and here one is required"}, seconds(20)))
      << west.process.output();
  const Registered instance(first.sc, "orders", "rest://10.1.0.1:8080");
  EXPECT_TRUE(east.process.wait_for_line({"link.dial_failed"}, seconds(20))) << east.process.output();
  EXPECT_FALSE(instance.visible_in(second.sc));
}

TEST_F(TlsRegions, ReadChangedFilesWithoutARestart) {
  CredentialFiles files = pki.make(identity("east"));
  files.deny = pki.path("deny");
  pki.write(files.deny, "");
  const CredentialFiles of_west = pki.make(identity("west"));
  const Syncer east(workplace, east_words(files) + Words{"--tls.deny-file", files.deny});
  const Syncer west(workplace, west_words(of_west, east));
  ASSERT_TRUE(arrives(first, second, "orders")) << west.process.output();

  // Half of a pair is no pair: the old one stays, and the operator hears of it.
  const CredentialFiles next = pki.make(identity("east"), 20);
  pki.write(files.certificate, *syncer::store::read_file(next.certificate, 100'000).value());
  EXPECT_TRUE(east.process.wait_for_line({"certificate.refused", "is not the key"}, seconds(20)));
  EXPECT_TRUE(eventually(seconds(5), [&] { return east.status("/ready") == "false"; }));
  EXPECT_NE(east.status("/certificate/problem").find("is not the key"), std::string::npos);
  EXPECT_TRUE(arrives(first, second, "while-refused")) << west.process.output();

  pki.write(files.key, *syncer::store::read_file(next.key, 100'000).value());
  EXPECT_TRUE(east.process.wait_for_line({"certificate.replaced"}, seconds(20))) << east.process.output();
  EXPECT_TRUE(east.process.wait_for_line({"certificate.ends", "ends in 19 days"}, seconds(20)));
  EXPECT_EQ(east.status("/certificate/problem"), "\"\"");
  EXPECT_TRUE(arrives(first, second, "with-the-new-one")) << west.process.output();

  // Who is denied from now on loses the links that he has.
  const auto chain = syncer::tls::read_certificates(of_west.certificate);
  pki.write(files.deny, syncer::tls::fingerprint_of(*chain->front()) + "\n");
  EXPECT_TRUE(east.process.wait_for_line({"link.down", "deny-list"}, seconds(20))) << east.process.output();
  EXPECT_TRUE(west.process.wait_for_line({"link.dial_failed", "deny-list of the other end"}, seconds(20)))
      << west.process.output();
}

/// Two regions that are taken from no protection to a key and on to certificates, a syncer at a time.
class Move {
 public:
  Move() {
    pki_.write(keyring(), "[\"c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IDEyMzQ=\"]");
    for (const char* region : {"east", "west"}) files_.push_back(pki_.make(identity(region)));
    for (int i = 0; i < 2; ++i) registries_.push_back(std::make_unique<Registry>());
    syncers_.resize(2);
  }
  std::string keyring() const { return pki_.path("keyring"); }
  const Registry& registry(std::size_t i) const { return *registries_[i]; }

  /// Starts it, or starts it again, with these words added.
  void start(std::size_t i, const Words& more) {
    if (syncers_[i]) {
      syncers_[i]->process.signal(SIGTERM);
      syncers_[i]->process.wait_for_exit(seconds(20));
    }
    Words all = words(i == 0 ? "east" : "west", registries_[i]->sc.origin()) + more;
    if (!gossip_[i].empty()) std::replace(all.begin(), all.begin() + 6, std::string("127.0.0.1:0"), gossip_[i]);
    if (!gossip_[1 - i].empty()) all = all + Words{"--join-addr", gossip_[1 - i]};
    syncers_[i] = std::make_unique<Syncer>(workplace_, all);
    gossip_[i] = syncers_[i]->gossip;
  }
  Words mode(std::size_t i, const std::string& mode) {
    return Words{"--gossip.keyring-file", keyring()} + tls_words(files_[i], mode);
  }
  void expect_exchange(const std::string& step) {
    EXPECT_TRUE(arrives(registry(0), registry(1), step + "-from-east")) << step << "\n" << output();
    EXPECT_TRUE(arrives(registry(1), registry(0), step + "-from-west")) << step << "\n" << output();
  }
  std::string output() const { return syncers_[0]->process.output() + "\n--- west\n" + syncers_[1]->process.output(); }

 private:
  Workplace workplace_;
  test::Pki pki_;
  std::vector<CredentialFiles> files_;
  std::vector<std::unique_ptr<Registry>> registries_;
  std::vector<std::unique_ptr<Syncer>> syncers_;
  std::string gossip_[2];
};

TEST(TlsMove, FromOpenToKeyToCertificatesLosesNoCopy) {
  Move move;
  move.start(0, {});
  move.start(1, {});
  const Registered orders(move.registry(0).sc, "orders", "rest://10.1.0.1:8080");
  const Registered billing(move.registry(1).sc, "billing", "rest://10.2.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] {
    return orders.visible_in(move.registry(1).sc) && billing.visible_in(move.registry(0).sc);
  })) << move.output();
  Patrol in_east(move.registry(0).sc, {"orders", "billing"});
  Patrol in_west(move.registry(1).sc, {"orders", "billing"});

  // The key: both within sync.hold, for the two do not talk between the steps.
  const Words key = {"--gossip.keyring-file", move.keyring()};
  move.start(0, key);
  move.start(1, key);
  move.expect_exchange("key");
  // The certificates: they talk at each step.
  move.start(0, move.mode(0, "optional"));
  move.expect_exchange("one-optional");
  move.start(1, move.mode(1, "optional"));
  move.expect_exchange("both-optional");
  move.start(0, move.mode(0, "required"));
  move.expect_exchange("one-required");
  move.start(1, move.mode(1, "required"));
  move.expect_exchange("both-required");

  EXPECT_EQ(in_east.finish(), "");
  EXPECT_EQ(in_west.finish(), "");
  EXPECT_GT(in_east.rounds(), 20U);
}

}  // namespace
}  // namespace e2e
