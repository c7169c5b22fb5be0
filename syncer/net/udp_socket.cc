// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/udp_socket.h"

#include <array>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <asio/ip/v6_only.hpp>
#include <utility>

#include "syncer/net/addresses.h"

namespace syncer::net {
namespace {

using asio::ip::udp;
constexpr int kSocketBuffer = 1 << 20;

asio::error_code bind_socket(udp::socket& socket, const Endpoint& local) {
  const bool v6 = !local.is_v4();
  asio::error_code failed;
  asio::error_code ignored;
  socket.open(v6 ? udp::v6() : udp::v4(), failed);
  if (failed) return failed;
  if (v6) socket.set_option(asio::ip::v6_only(false), ignored);
  // Larger buffers only make bursts survive; a system that refuses them still works.
  socket.set_option(asio::socket_base::receive_buffer_size(kSocketBuffer), ignored);
  socket.bind(to_asio<udp::endpoint>(local, v6), failed);
  if (!failed) socket.non_blocking(true, failed);
  return failed;
}

}  // namespace

struct UdpSocket::State : std::enable_shared_from_this<State> {
  State(asio::io_context& io, OnPacket callback) : socket(io), on_packet(std::move(callback)) {}

  void receive() {
    socket.async_receive_from(asio::buffer(buffer), from,
                              [self = shared_from_this()](const asio::error_code& failed, std::size_t size) {
                                if (!self->socket.is_open() || failed == asio::error::operation_aborted) return;
                                if (!failed)
                                  self->on_packet(from_asio(self->from), ByteView(self->buffer.data(), size));
                                if (self->socket.is_open()) self->receive();
                              });
  }

  udp::socket socket;
  bool v6 = false;
  udp::endpoint from;
  OnPacket on_packet;
  std::array<char, 65536> buffer{};
};

Result<std::unique_ptr<UdpSocket>> UdpSocket::open(Loop& loop, const Endpoint& local, OnPacket on_packet) {
  auto state = std::make_shared<State>(loop.io(), std::move(on_packet));
  state->v6 = !local.is_v4();
  if (const asio::error_code failed = bind_socket(state->socket, local)) {
    return tl::unexpected(bind_error(local, "UDP", failed));
  }
  state->receive();
  return std::unique_ptr<UdpSocket>(new UdpSocket(std::move(state)));
}

UdpSocket::UdpSocket(std::shared_ptr<State> state) : state_(std::move(state)) {}

UdpSocket::~UdpSocket() {
  asio::error_code ignored;
  state_->socket.close(ignored);
}

void UdpSocket::send(const Endpoint& to, ByteView packet) {
  if (!to.is_v4() && !state_->v6) return;
  asio::error_code lost;  // a full buffer, no route, an earlier ICMP answer: gossip lives with loss
  state_->socket.send_to(asio::buffer(packet.data(), packet.size()), to_asio<udp::endpoint>(to, state_->v6), 0, lost);
}

Endpoint UdpSocket::local() const {
  asio::error_code ignored;
  return from_asio(state_->socket.local_endpoint(ignored));
}

}  // namespace syncer::net
