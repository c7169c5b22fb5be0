// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ostream>

#include "syncer/wire/frame/seal.h"
#include "syncer/wire/raft/cluster_message.h"
#include "syncer/wire/sync/message.h"
#include "tests/e2e/region.h"
#include "tests/e2e/tls_peer.h"
#include "tests/support/pki.h"

/// Every link refuses who is not whom he says to be: real sockets, real daemons, a TLS that is not the product's.
namespace e2e {
namespace {

namespace wire = syncer::wire;
using syncer::tls::CredentialFiles;
using test::identity;

/// What one who dials shows, and what becomes of him.
struct Row {
  const char* about;
  bool tls = true;
  bool certificate = true;
  std::string region = "west";
  bool sync = true;
  bool voter = true;
  std::string node = "";
  int days = 10;
  std::string ca = "pool";
  bool denied = false;
  bool other_key = false;
  const char* protocol = "the right one";
  bool welcome = false;
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.about; }

enum class Link { Sync, Raft };

/// For `sync` he is region west, for `raft` syncer b of region east. Region north is somebody else in both cases.
std::vector<Row> rows(Link link) {
  const std::string own = link == Link::Sync ? "west" : "east";
  return {
      {.about = "is welcome with a certificate of his own", .region = own, .welcome = true},
      {.about = "speaks plain", .tls = false, .certificate = false},
      {.about = "shows no certificate", .certificate = false},
      {.about = "is of another CA", .region = own, .ca = "foreign"},
      {.about = "has expired", .region = own, .days = -1},
      {.about = "is of another region", .region = "north"},
      {.about = "has the other role alone", .region = own, .sync = link == Link::Raft, .voter = link == Link::Sync},
      {.about = "is of another syncer", .region = own, .node = "somebody-else"},
      {.about = "is on the deny-list", .region = own, .denied = true},
      {.about = "has another key of the pool", .region = own, .other_key = true},
      {.about = "does not say what the link is for", .region = own, .protocol = ""},
      {.about = "wants another kind of link", .region = own, .protocol = "syncer-other/1"},
  };
}

constexpr const char* kKey = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IDEyMzQ=";

/// A daemon of region east that requires certificates and has a key, and what a dialer needs to speak to it.
class Refusals {
 public:
  explicit Refusals(Link link) : link_(link) {
    pki_.add_ca("foreign");
    own_ = pki_.make(identity("east", "a"));
    own_.deny = pki_.path("deny");
    pki_.write(own_.deny, "");
    pki_.write(pki_.path("keyring"), std::string("[\"") + kKey + "\"]");
  }

  CredentialFiles files_of(const Row& row) {
    CredentialFiles files = pki_.make(identity(row.region, row.node, row.sync, row.voter), row.days, row.ca);
    if (row.denied) {
      const auto chain = syncer::tls::read_certificates(files.certificate);
      pki_.write(own_.deny, syncer::tls::fingerprint_of(*chain->front()) + "\n");
    }
    return files;
  }

  void start() {
    registry_ = std::make_unique<Registry>();
    std::vector<std::string> all = words("a", registry_->sc.origin());
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"--cluster-name", "east"},
                                                          {"--tls.ca-file", own_.ca},
                                                          {"--tls.cert-file", own_.certificate},
                                                          {"--tls.key-file", own_.key},
                                                          {"--tls.deny-file", own_.deny},
                                                          {"--gossip.keyring-file", pki_.path("keyring")}}) {
      all.insert(all.end(), {key, value});
    }
    if (link_ == Link::Raft) all.insert(all.end(), {"--mode", "cluster", "--cluster-port", "0"});
    syncer_ = std::make_unique<Syncer>(workplace_, all);
    address_ = link_ == Link::Sync ? syncer_->rpc : syncer_->status("/members/0/tags/cluster");
    std::erase(address_, '"');
  }

  TlsPeer::Shows shows(const Row& row) {
    TlsPeer::Shows shows;
    shows.tls = row.tls;
    if (row.certificate) shows.files = files_of(row);
    shows.protocol = row.protocol;
    if (shows.protocol == "the right one") shows.protocol = link_ == Link::Sync ? "syncer-sync/1" : "syncer-raft/1";
    return shows;
  }

  /// The dialer says what an honest one would; true when the daemon takes it.
  bool is_taken(TlsPeer& peer, bool other_key) {
    const std::string key = other_key ? std::string(32, 'o') : "secret secret secret secret 1234";
    wire::Seal seal(link_ == Link::Sync ? "syncer sync 1" : "syncer cluster 2/east",
                    syncer::crypto::Keyring::make({key}).value(), [] {
                      return syncer::crypto::Nonce{1, 2, 3};
                    });
    wire::SealedStream stream(wire::Writer::Dialer);
    const auto& protocol = link_ == Link::Sync ? wire::kSyncProtocol : wire::kClusterProtocol;
    peer.send(wire::preamble(protocol) + stream.greet(seal));
    wire::FrameReader frames(protocol);
    bool said = false;
    std::size_t used = 0;
    return peer.read([&](const std::string& all) {
      syncer::ByteView rest = syncer::ByteView(all).substr(used);
      used = all.size();
      while (true) {
        const auto frame = frames.next(rest);
        if (!frame || !*frame) return false;
        const auto opened = stream.read(seal, (*frame)->type, (*frame)->body);
        if (!opened) return false;
        if (*opened && is_consent(**opened)) return true;
        if (said || !stream.ready(seal)) continue;
        said = true;
        for (const syncer::Bytes& word : words_of_an_honest_one()) peer.send(stream.write(seal, word));
      }
    });
  }

  Syncer& syncer() { return *syncer_; }
  const std::string& address() const { return address_; }

 private:
  std::vector<syncer::Bytes> words_of_an_honest_one() const {
    if (link_ == Link::Sync) {
      return {wire::encode_sync(wire::SyncMessage(wire::Hello{"west", "w1", 7, true, {1, 1}, 0}))};
    }
    const wire::ClusterHello hello{"east", "b", 7, wire::VoterStage::Fresh, {}, 0, 0, 0};
    return {wire::encode_cluster(hello), wire::encode_cluster(wire::Pulse{false})};
  }
  bool is_consent(const wire::PlainFrame& frame) const {
    if (link_ == Link::Raft) {
      const auto message = wire::decode_cluster(frame.type, frame.body);
      return message && std::holds_alternative<wire::Pulse>(*message);
    }
    const auto message = wire::decode_sync(frame.type, frame.body);
    return message && std::holds_alternative<wire::Welcome>(*message);
  }

  Link link_;
  test::Pki pki_;
  CredentialFiles own_;
  Workplace workplace_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<Syncer> syncer_;
  std::string address_;
};

/// Whether one of that row is taken; what the daemon says of him is in its log, and he is not left waiting.
void judge(Link link, const Row& row) {
  Refusals daemon(link);
  const TlsPeer::Shows shows = daemon.shows(row);
  daemon.start();
  if (row.welcome) {
    // A syncer that has just started on an empty disk has no word for other voters yet.
    EXPECT_TRUE(eventually(seconds(10), [&] {
      TlsPeer peer(daemon.address(), shows);
      return daemon.is_taken(peer, row.other_key);
    })) << daemon.syncer().process.output();
    return;
  }
  TlsPeer peer(daemon.address(), shows);
  EXPECT_FALSE(daemon.is_taken(peer, row.other_key)) << daemon.syncer().process.output();
  EXPECT_TRUE(peer.is_closed()) << daemon.syncer().process.output();
  const auto said = [&](const char* event) {
    return daemon.syncer().process.output().find(event) != std::string::npos;
  };
  EXPECT_TRUE(eventually(seconds(5), [&] { return said("\"peer.refused\"") || said("\"frame.dropped\""); }))
      << daemon.syncer().process.output();
}

class SyncRefusals : public testing::TestWithParam<Row> {};
TEST_P(SyncRefusals, OnTheRpcPort) { judge(Link::Sync, GetParam()); }
INSTANTIATE_TEST_SUITE_P(Tls, SyncRefusals, testing::ValuesIn(rows(Link::Sync)));

class RaftRefusals : public testing::TestWithParam<Row> {};
TEST_P(RaftRefusals, OnTheClusterPort) { judge(Link::Raft, GetParam()); }
INSTANTIATE_TEST_SUITE_P(Tls, RaftRefusals, testing::ValuesIn(rows(Link::Raft)));

class Replays : public testing::TestWithParam<Link> {};

TEST_P(Replays, OfARecordedLinkAreRefused) {
  Refusals daemon(GetParam());
  const TlsPeer::Shows shows = daemon.shows(rows(GetParam()).front());
  daemon.start();
  std::string recorded;
  ASSERT_TRUE(eventually(seconds(10), [&] {
    TlsPeer honest(daemon.address(), shows);
    const bool taken = daemon.is_taken(honest, false);
    recorded = honest.sent_on_the_wire();
    return taken;
  })) << daemon.syncer().process.output();
  TlsPeer replayer(daemon.address(), {.tls = false});
  replayer.send(recorded);
  EXPECT_FALSE(replayer.read([](const std::string&) { return false; }));
  EXPECT_TRUE(replayer.is_closed());
  EXPECT_TRUE(daemon.syncer().process.wait_for_line({"peer.refused"}, seconds(5))) << daemon.syncer().process.output();
}

INSTANTIATE_TEST_SUITE_P(Tls, Replays, testing::Values(Link::Sync, Link::Raft));

}  // namespace
}  // namespace e2e
