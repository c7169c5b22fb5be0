// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/tcp_streams.h"

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/v6_only.hpp>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "syncer/base/mutation.h"
#include "syncer/net/addresses.h"
#include "syncer/net/tcp_link.h"

namespace syncer::net {
namespace {

using asio::ip::tcp;

/// Pause after an accept that failed (out of descriptors): trying at once would spin.
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

asio::error_code open_acceptor(tcp::acceptor& acceptor, const Endpoint& local) {
  const bool v6 = !local.is_v4();
  asio::error_code failed;
  asio::error_code ignored;
  acceptor.open(v6 ? tcp::v6() : tcp::v4(), failed);
  if (failed) return failed;
  acceptor.set_option(tcp::acceptor::reuse_address(true), ignored);
  if (v6) acceptor.set_option(asio::ip::v6_only(false), ignored);
  acceptor.bind(to_asio<tcp::endpoint>(local, v6), failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  return failed;
}

struct Door {
  Door(Loop& loop, Listener which) : acceptor(loop.io()), pause(loop), listener(which) {}
  tcp::acceptor acceptor;
  Timer pause;
  Listener listener;
};

}  // namespace

struct TcpStreams::State : std::enable_shared_from_this<State> {
  State(Loop& l, StreamCallbacks c, StreamLimits b) : loop(l), callbacks(std::move(c)), limits(b) {}

  std::shared_ptr<TcpLink> add(LinkId id) {
    const std::weak_ptr<State> weak = weak_from_this();
    auto link = std::make_shared<TcpLink>(loop, id, callbacks, limits, [weak](LinkId gone) {
      if (const auto self = weak.lock()) self->forget(gone);
    });
    links.emplace(id, link);
    return link;
  }

  void forget(LinkId id) {
    links.erase(id);
    std::erase_if(flushing, [id](const Flushing& one) { return one.id == id; });
  }

  /// Who never ends his side must not collect our descriptors. Whoever was sent all of it goes first: what he lacks is
  /// our end alone.
  void bound_flushing() {
    while (flushing.size() > limits.flushing && !SYNCER_MUTATED("net.flush_any_number")) {
      const auto done = [](const Flushing& one) { return one.link->backlog() == 0; };
      auto oldest = std::find_if(flushing.begin(), flushing.end(), done);
      if (oldest == flushing.end()) oldest = flushing.begin();
      oldest->link->reset();
      flushing.erase(oldest);
    }
  }

  void accept(const std::shared_ptr<Door>& door) {
    door->acceptor.async_accept([self = shared_from_this(), door](const asio::error_code& failed, tcp::socket socket) {
      if (!door->acceptor.is_open()) return;
      if (failed && SYNCER_MUTATED("net.accept_nobody_after_a_shortage")) return;
      if (failed) return self->accept_later(door);
      self->welcome(*door, std::move(socket));
      if (door->acceptor.is_open()) self->accept(door);
    });
  }

  void accept_later(const std::shared_ptr<Door>& door) {
    const std::weak_ptr<Door> weak = door;
    door->pause.set(kAcceptPause, [this, weak] {
      if (const auto open = weak.lock()) accept(open);
    });
  }

  void welcome(const Door& door, tcp::socket socket) {
    asio::error_code failed;
    const tcp::endpoint from = socket.remote_endpoint(failed);
    const bool counts_closed = !SYNCER_MUTATED("net.count_open_links_alone");
    const std::size_t held = links.size() + (counts_closed ? flushing.size() : 0);
    if (failed || held >= limits.links) return;  // gone already, or one too many: the socket closes here
    const bool v6 = socket.local_endpoint(failed).protocol() == tcp::v6();
    if (trust && !has_room_for_handshake(door.listener, from_asio(from))) return;
    const int descriptor = socket.release(failed);
    if (failed) return;
    add(LinkId{next_accepted += 2})->adopt(descriptor, v6, door.listener, from_asio(from), trust);
  }

  /// Who holds places for handshakes must not keep everybody else out.
  bool has_room_for_handshake(Listener listener, const Endpoint& from) const {
    std::size_t all = 0;
    std::size_t of_this_host = 0;
    for (const auto& [id, link] : links) {
      if (!link->is_unreported(listener)) continue;
      ++all;
      if (link->from().address == from.address) ++of_this_host;
    }
    const bool expected = callbacks.expects && callbacks.expects(from);
    const bool full = all >= (expected ? limits.handshakes : limits.handshakes_of_strangers);
    if (!full && of_this_host < limits.handshakes_of_one_host) return true;
    if (callbacks.turned_away) callbacks.turned_away(from, "too many handshakes are under way");
    return false;
  }

  Loop& loop;
  StreamCallbacks callbacks;
  StreamLimits limits;
  TcpLink::Trust trust;
  bool plain_too = false;
  std::vector<std::shared_ptr<Door>> doors;
  std::map<LinkId, std::shared_ptr<TcpLink>> links;  ///< known to the node
  struct Flushing {
    LinkId id;
    std::shared_ptr<TcpLink> link;
  };
  std::vector<Flushing> flushing;  ///< closed by the node, and not over; the oldest in front
  std::uint64_t next_accepted = 0;
};

TcpStreams::TcpStreams(Loop& loop, StreamCallbacks callbacks, StreamLimits limits)
    : state_(std::make_shared<State>(loop, std::move(callbacks), limits)) {}

TcpStreams::~TcpStreams() {
  asio::error_code ignored;
  for (const auto& door : state_->doors) {
    door->acceptor.close(ignored);
    door->pause.cancel();
  }
  for (const auto& [id, link] : state_->links) link->abort();
  for (const auto& [id, link] : state_->flushing) link->abort();
}

Result<Endpoint> TcpStreams::listen(Listener listener, const Endpoint& local) {
  auto door = std::make_shared<Door>(state_->loop, listener);
  if (const asio::error_code failed = open_acceptor(door->acceptor, local)) {
    return tl::unexpected(bind_error(local, "TCP", failed));
  }
  asio::error_code ignored;
  const Endpoint bound = from_asio(door->acceptor.local_endpoint(ignored));
  state_->doors.push_back(door);
  state_->accept(door);
  return bound;
}

void TcpStreams::secure(std::shared_ptr<const tls::Credentials> credentials, bool plain_too) {
  state_->trust = std::move(credentials);
  state_->plain_too = plain_too;
  judge();
}

void TcpStreams::judge() {
  const auto links = state_->links;  // a link that does not pass goes at once
  for (const auto& [id, link] : links) link->judge(state_->trust);
}

void TcpStreams::connect(LinkId link, const Endpoint& to, Channel channel) {
  const bool sealed = channel != Channel::Gossip && state_->trust;
  state_->add(link)->connect(to, channel, sealed ? state_->trust : nullptr, state_->plain_too);
}

void TcpStreams::send(LinkId link, ByteView bytes) {
  const auto it = state_->links.find(link);
  if (it != state_->links.end()) it->second->send(bytes);
}

std::optional<Duration> TcpStreams::round_trip(LinkId link) const {
  const auto it = state_->links.find(link);
  return it == state_->links.end() ? std::nullopt : it->second->round_trip();
}

std::size_t TcpStreams::backlog(LinkId link) const {
  const auto it = state_->links.find(link);
  return it == state_->links.end() ? 0 : it->second->backlog();
}

void TcpStreams::close(LinkId link) {
  const auto it = state_->links.find(link);
  if (it == state_->links.end()) return;
  const auto closing = it->second;
  state_->links.erase(it);
  state_->flushing.push_back({link, closing});
  closing->close();
  state_->bound_flushing();
}

bool TcpStreams::flushed() const { return state_->flushing.empty(); }

}  // namespace syncer::net
