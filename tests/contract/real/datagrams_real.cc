// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "syncer/net/udp_socket.h"
#include "tests/contract/real/loop_world.h"

namespace contract {
namespace {

/// Two sockets on one loopback address, of IPv4 or IPv6.
class RealDatagrams : public LoopWorld<DatagramsHarness> {
 public:
  explicit RealDatagrams(const syncer::Endpoint& local) {
    for (std::size_t i = 0; i < 2; ++i) {
      sockets_[i] = std::move(*syncer::net::UdpSocket::open(loop_, local, [this, i](const auto& from, auto packet) {
        arrived_[i].push_back({from, syncer::Bytes(packet)});
      }));
    }
    const auto passing = *syncer::net::UdpSocket::open(loop_, local, [](const auto&, auto) {});
    nobody_ = passing->local();
  }
  syncer::Datagrams& datagrams(int host) override { return *sockets_.at(static_cast<std::size_t>(host)); }
  syncer::Endpoint address(int host) override { return sockets_.at(static_cast<std::size_t>(host))->local(); }
  syncer::Endpoint nobody() override { return nobody_; }
  const std::vector<Packet>& arrived(int host) override { return arrived_.at(static_cast<std::size_t>(host)); }

 private:
  std::array<std::vector<Packet>, 2> arrived_;
  std::array<std::unique_ptr<syncer::net::UdpSocket>, 2> sockets_;
  syncer::Endpoint nobody_;
};

template <int Family>
std::unique_ptr<DatagramsHarness> make() {
  return std::make_unique<RealDatagrams>(Family == 4 ? loopback() : *syncer::parse_endpoint("[::1]:0"));
}

INSTANTIATE_TEST_SUITE_P(Ipv4, DatagramsContract, testing::Values(&make<4>));
INSTANTIATE_TEST_SUITE_P(Ipv6, DatagramsContract, testing::Values(&make<6>));

TEST(UdpSocket, ABusyPortIsNamedWithAdvice) {
  syncer::net::Loop loop;
  const auto first = syncer::net::UdpSocket::open(loop, loopback(), [](const auto&, auto) {});
  ASSERT_TRUE(first);
  const auto second = syncer::net::UdpSocket::open(loop, (*first)->local(), [](const auto&, auto) {});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find(to_string((*first)->local())), std::string::npos) << second.error().detail;
  EXPECT_NE(second.error().detail.find("already running"), std::string::npos) << second.error().detail;
}

TEST(UdpSocket, AForeignAddressIsNamedWithAdvice) {
  syncer::net::Loop loop;
  const auto opened =
      syncer::net::UdpSocket::open(loop, syncer::Endpoint::v4(192, 0, 2, 1, 0), [](const auto&, auto) {});
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("no such address"), std::string::npos) << opened.error().detail;
}

}  // namespace
}  // namespace contract
