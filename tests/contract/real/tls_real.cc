// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "syncer/net/tcp_streams.h"
#include "syncer/store/file.h"
#include "tests/contract/real/loop_world.h"
#include "tests/support/pki.h"

namespace contract {
namespace {

using namespace std::chrono_literals;
using syncer::Channel;
using syncer::LinkId;
using syncer::Listener;
using syncer::PeerIdentity;
using syncer::net::StreamLimits;
using syncer::net::TcpStreams;
using syncer::tls::CredentialFiles;
using syncer::tls::Credentials;
using test::identity;

constexpr LinkId kDialled{1};

/// One end with all that came back to it.
struct End {
  explicit End(syncer::net::Loop& loop, const StreamLimits& limits = {}) : streams(loop, callbacks(), limits) {}

  syncer::net::StreamCallbacks callbacks() {
    syncer::net::StreamCallbacks calls;
    calls.accepted = [this](LinkId link, Listener, const auto&, const PeerIdentity& who) {
      accepted.emplace_back(link, who);
    };
    calls.connected = [this](LinkId, const PeerIdentity& who) { connected.push_back(who); };
    calls.data = [this](LinkId, syncer::ByteView bytes) { received += bytes; };
    calls.closed = [this](LinkId, std::string_view reason) { closed.emplace_back(reason); };
    calls.turned_away = [this](const auto&, std::string_view reason) { turned_away.emplace_back(reason); };
    calls.expects = [this](const auto&) { return expects; };
    return calls;
  }

  std::vector<std::pair<LinkId, PeerIdentity>> accepted;
  std::vector<PeerIdentity> connected;
  std::string received;
  std::vector<std::string> closed;
  std::vector<std::string> turned_away;
  bool expects = false;
  TcpStreams streams;
};

class TlsStreams : public testing::Test {
 protected:
  static std::shared_ptr<const Credentials> load(const CredentialFiles& files) {
    return Credentials::load(files).value();
  }
  /// West listens; east dials with what the test gave it.
  void dial(Channel channel = Channel::Sync, Listener listener = Listener::Rpc) {
    address = west.streams.listen(listener, loopback()).value();
    east.streams.connect(kDialled, address, channel);
  }
  bool run_until(const std::function<bool()>& done, syncer::Duration limit = 20s) {
    return loop.run_until(done, loop.now() + limit);
  }
  /// A socket of somebody who is no syncer; gives its descriptor.
  static int stranger(const syncer::Endpoint& to) {
    sockaddr_in target{};
    target.sin_family = AF_INET;
    target.sin_port = htons(to.port);
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    const auto* generic = reinterpret_cast<const sockaddr*>(&target);
    return ::connect(descriptor, generic, sizeof target) == 0 ? descriptor : -1;
  }
  bool is_refused() {
    return run_until([&] { return !east.closed.empty(); }) && west.accepted.empty();
  }

  test::Pki pki;
  syncer::net::Loop loop;
  End east{loop};
  End west{loop};
  syncer::Endpoint address;
};

TEST_F(TlsStreams, BothEndsLearnWhoTheOtherIs) {
  east.streams.secure(load(pki.make(identity("east", "e1", true, false))), false);
  west.streams.secure(load(pki.make(identity("west"))), false);
  dial();
  ASSERT_TRUE(run_until([&] { return !east.connected.empty() && !west.accepted.empty(); })) << west.turned_away.size();
  EXPECT_EQ(identity_uri(east.connected[0]), "syncer://west/sync+voter");
  EXPECT_EQ(identity_uri(west.accepted[0].second), "syncer://east/sync/e1");
  EXPECT_EQ(west.accepted[0].second.fingerprint.size(), 64U);
}

TEST_F(TlsStreams, NothingIsReadableOnTheWire) {
  east.streams.secure(load(pki.make(identity("east"))), false);
  const syncer::Endpoint spy = west.streams.listen(Listener::Gossip, loopback()).value();
  east.streams.connect(kDialled, spy, Channel::Sync);  // a plain end hears what is said
  east.streams.send(kDialled, "the secret");
  ASSERT_TRUE(run_until([&] { return !west.received.empty(); }));
  EXPECT_EQ(west.received.front(), '\x16');
  EXPECT_EQ(west.received.find("secret"), std::string::npos);
}

TEST_F(TlsStreams, GossipAndWhoHasNoCertificateComeInPlainWithoutIdentity) {
  west.streams.secure(load(pki.make(identity("west"))), false);
  dial();
  east.streams.send(kDialled, "hello");
  ASSERT_TRUE(run_until([&] { return west.received == "hello"; }));
  EXPECT_FALSE(west.accepted.at(0).second.present());
  east.streams.secure(load(pki.make(identity("east"))), false);
  east.streams.connect(LinkId{3}, address, Channel::Gossip);
  east.streams.send(LinkId{3}, " again");
  ASSERT_TRUE(run_until([&] { return west.received == "hello again"; }));
  EXPECT_FALSE(west.accepted.at(1).second.present());
}

TEST_F(TlsStreams, InAMoveAnEndWithoutCertificateIsDialledPlain) {
  east.streams.secure(load(pki.make(identity("east"))), true);
  // An end that does not know of TLS ends such a link at once, as a syncer does.
  const syncer::Endpoint old = west.streams.listen(Listener::Rpc, loopback()).value();
  east.streams.connect(kDialled, old, Channel::Sync);
  east.streams.send(kDialled, "plain at last");
  ASSERT_TRUE(run_until([&] { return !west.received.empty(); }));
  west.received.clear();
  west.streams.close(west.accepted.at(0).first);
  ASSERT_TRUE(run_until([&] { return !east.connected.empty() && west.received == "plain at last"; }));
  EXPECT_FALSE(east.connected[0].present());
}

TEST_F(TlsStreams, WhoRequiresOneNeverFallsBack) {
  east.streams.secure(load(pki.make(identity("east"))), false);
  const syncer::Endpoint old = west.streams.listen(Listener::Rpc, loopback()).value();
  east.streams.connect(kDialled, old, Channel::Sync);
  ASSERT_TRUE(run_until([&] { return !west.received.empty(); }));
  west.streams.close(west.accepted.at(0).first);
  ASSERT_TRUE(run_until([&] { return !east.closed.empty(); }));
  EXPECT_TRUE(east.connected.empty());
}

TEST_F(TlsStreams, AMoveDoesNotPutUpWithACertificateThatIsRefused) {
  pki.add_ca("foreign");
  east.streams.secure(load(pki.make(identity("east"))), true);
  CredentialFiles files = pki.make(identity("west"), 10, "foreign");
  files.ca = pki.path("foreign.pem");
  west.streams.secure(load(files), true);
  dial();
  EXPECT_TRUE(is_refused());
  EXPECT_NE(east.closed.at(0).find("not issued by a CA of tls.ca-file"), std::string::npos) << east.closed[0];
}

TEST_F(TlsStreams, TheDialersCaIsUnknown) {
  pki.add_ca("foreign");
  CredentialFiles files = pki.make(identity("east"), 10, "foreign");
  files.ca = pki.path("both.pem");
  std::string both;
  for (const char* name : {"pool.pem", "foreign.pem"}) both += *syncer::store::read_file(pki.path(name), 10000).value();
  pki.write(files.ca, both);
  east.streams.secure(load(files), false);
  west.streams.secure(load(pki.make(identity("west"))), false);
  dial();
  EXPECT_TRUE(is_refused());
  EXPECT_EQ(east.closed.at(0), "the other end does not know the CA that issued our certificate");
  ASSERT_TRUE(run_until([&] { return !west.turned_away.empty(); }));
  EXPECT_NE(west.turned_away[0].find("not issued by a CA of tls.ca-file"), std::string::npos) << west.turned_away[0];
}

TEST_F(TlsStreams, ADeniedCertificateIsRefused) {
  const auto own = load(pki.make(identity("east")));
  CredentialFiles files = pki.make(identity("west"));
  files.deny = pki.path("deny");
  pki.write(files.deny, own->own().fingerprint + "\n");
  east.streams.secure(own, false);
  west.streams.secure(load(files), false);
  dial();
  EXPECT_TRUE(is_refused());
  EXPECT_EQ(east.closed.at(0), "our certificate is on the deny-list of the other end");
}

TEST_F(TlsStreams, ALinkForAnotherPurposeIsRefused) {
  east.streams.secure(load(pki.make(identity("east"))), false);
  west.streams.secure(load(pki.make(identity("west"))), false);
  dial(Channel::Raft, Listener::Rpc);
  EXPECT_TRUE(is_refused());
  EXPECT_NE(east.closed.at(0).find("compare RPC and cluster port"), std::string::npos) << east.closed[0];
}

TEST_F(TlsStreams, LinksThatAreUpAreJudgedByTheNewFiles) {
  const auto own = load(pki.make(identity("east")));
  CredentialFiles files = pki.make(identity("west"));
  east.streams.secure(own, false);
  west.streams.secure(load(files), false);
  dial();
  ASSERT_TRUE(run_until([&] { return !east.connected.empty() && !west.accepted.empty(); }));
  west.streams.secure(load(files), false);
  EXPECT_TRUE(west.closed.empty()) << "the same files change nothing";
  files.deny = pki.path("deny");
  pki.write(files.deny, own->own().fingerprint + "\n");
  west.streams.secure(load(files), false);
  ASSERT_EQ(west.closed.size(), 1U);
  EXPECT_NE(west.closed[0].find("deny-list"), std::string::npos) << west.closed[0];
  EXPECT_TRUE(run_until([&] { return !east.closed.empty(); }));
}

TEST_F(TlsStreams, AHandshakeHasADeadline) {
  StreamLimits limits;
  limits.handshake_timeout = 100ms;
  End strict(loop, limits);
  strict.streams.secure(load(pki.make(identity("west"))), false);
  const syncer::Endpoint to = strict.streams.listen(Listener::Rpc, loopback()).value();
  const int silent = stranger(to);
  const int begun = stranger(to);
  const std::string client_hello_begins("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9);
  ASSERT_EQ(::send(begun, client_hello_begins.data(), client_hello_begins.size(), 0), 9);
  for (const int descriptor : {silent, begun}) {
    const auto is_over = [&] {
      char byte = 0;
      return ::recv(descriptor, &byte, 1, MSG_DONTWAIT) == 0;
    };
    EXPECT_TRUE(run_until(is_over));
    ::close(descriptor);
  }
  EXPECT_TRUE(strict.accepted.empty());
}

TEST_F(TlsStreams, HandshakesUnderWayHaveAShareForEachHost) {
  StreamLimits limits;
  limits.handshakes_of_one_host = 4;
  limits.handshakes_of_strangers = 3;
  End strict(loop, limits);
  strict.streams.secure(load(pki.make(identity("west"))), false);
  const syncer::Endpoint to = strict.streams.listen(Listener::Rpc, loopback()).value();
  std::vector<int> held;
  for (int i = 0; i < 5; ++i) held.push_back(stranger(to));
  ASSERT_TRUE(run_until([&] { return strict.turned_away.size() == 2; }));
  EXPECT_EQ(strict.turned_away[0], "too many handshakes are under way");
  strict.expects = true;
  held.push_back(stranger(to));
  held.push_back(stranger(to));
  ASSERT_TRUE(run_until([&] { return strict.turned_away.size() == 3; })) << "one more place for hosts that are known";
  for (const int descriptor : held) ::close(descriptor);
}

TEST_F(TlsStreams, MemoryOfHandshakesIsWhatCameIn) {
  west.streams.secure(load(pki.make(identity("west"))), false);
  const syncer::Endpoint to = west.streams.listen(Listener::Rpc, loopback()).value();
  // A first message that is declared as long as can be, of which next to nothing comes.
  const std::string declares("\x16\x03\x01\x40\x00\x01\xff\xff\xff", 9);
  std::vector<int> held;
  for (int i = 0; i < 60; ++i) {
    held.push_back(stranger(to));
    ASSERT_EQ(::send(held.back(), declares.data(), declares.size(), 0), 9);
  }
  std::string rest(16384 - 4, 'x');
  ASSERT_EQ(::send(held.back(), rest.data(), rest.size(), 0), static_cast<ssize_t>(rest.size()));
  ASSERT_TRUE(run_until([&] { return !west.turned_away.empty(); })) << "a message of 16 MB is no first message";
  EXPECT_TRUE(west.accepted.empty());
  for (const int descriptor : held) ::close(descriptor);
}

}  // namespace
}  // namespace contract
