// SPDX-License-Identifier: Apache-2.0
#include "mocksc/eureka/server.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>

#include "mocksc/eureka/peer.h"
#include "mocksc/eureka/route.h"
#include "syncer/base/quantity.h"

namespace mocksc::eureka {
namespace {

using syncer::HttpRequest;
using syncer::HttpResponse;
using syncer::Instant;

constexpr std::string_view kHelp = R"(
A Eureka server further knows:
  curl URL/mock/restart/N -X POST            that peer loses its memory, copies what another one knows, and serves
)";

bool reads_many(Call call) {
  return call == Call::List || call == Call::Delta || call == Call::App || call == Call::Vip || call == Call::SecureVip;
}

bool writes(Call call) {
  return call == Call::Register || call == Call::Renew || call == Call::Cancel || call == Call::SetStatus ||
         call == Call::DropStatus || call == Call::AddMetadata;
}

class PeeredServers final : public Servers {
 public:
  PeeredServers(const Options& options, const syncer::Random& random) : options_(options), random_(random) {
    for (std::size_t i = 0; i < options.peers; ++i)
      peers_.push_back(std::make_unique<Peer>(options, random.stream(i), wall(Instant{})));
  }

  CallTraits traits_of(const HttpRequest& request) const override {
    const Call call = route_of(request, options_.path).call;
    return {name(call), reads_many(call), writes(call)};
  }
  syncer::Result<void> check_operation(std::string_view name) const override { return check_call(name); }
  HttpResponse handle(Instant now, std::size_t front_end, const HttpRequest& request, std::string_view client,
                      const ReadFault& fault) override {
    advance(now);
    Peer& peer = *peers_[front_end];
    HttpResponse response = peer.handle(wall(now), request, client, fault);
    for (Replication& what : peer.take_replications()) spread(now, front_end, std::move(what));
    deliver(now);
    return response;
  }
  Instant next_deadline() const override;
  void advance(Instant now) override {
    deliver(now);
    for (const auto& peer : peers_) peer->advance(wall(now));
  }

  std::size_t front_ends() const override { return peers_.size(); }
  void set_front_end_up(Instant, std::size_t, bool) override {}
  void freeze_leases(bool frozen) override {
    for (const auto& peer : peers_) peer->registry().freeze(frozen);
  }
  std::size_t expire(Instant now, std::string_view id) override {
    std::size_t ended = 0;
    for (const auto& peer : peers_) ended = std::max(ended, peer->registry().expire(wall(now), id));
    return ended;
  }
  void lose_data(Instant now) override {
    under_way_.clear();
    for (const auto& peer : peers_) peer->restart(wall(now), nullptr);
  }
  std::any save() const override { return peers_.front()->registry(); }
  syncer::Result<void> restore(Instant now, const std::any& saved) override {
    for (const auto& peer : peers_) peer->restart(wall(now), &std::any_cast<const Registry&>(saved));
    return {};
  }
  std::unique_ptr<Store> copy() const override {
    auto other = std::make_unique<PeeredServers>(options_, random_);
    for (std::size_t i = 0; i < peers_.size(); ++i) other->peers_[i]->take_over(*peers_[i]);
    other->under_way_ = under_way_;
    return other;
  }

  std::string broken_body() const override { return R"({"applications":{"application":[{"name":})"; }
  std::string instances() const override;
  std::string_view title() const override { return "Eureka server"; }
  std::optional<HttpResponse> control(Instant now, const HttpRequest& request) override;
  std::string_view help() const override { return kHelp; }

  void set_listener(Listener listener) override { peers_.front()->registry().set_listener(std::move(listener)); }
  const Registry& registry() const override { return peers_.front()->registry(); }
  void restart(Instant now, std::size_t server) override {
    const auto other = std::find_if(peers_.begin(), peers_.end(), [&](const auto& peer) {
      return peer != peers_[server] && !peer->registry().instances().empty();
    });
    peers_[server]->restart(wall(now), other == peers_.end() ? nullptr : &(*other)->registry());
  }

 private:
  struct UnderWay {
    Instant due;
    std::size_t from;
    std::size_t to;
    Replication what;
  };

  Millis wall(Instant now) const { return (options_.wall_at_zero + syncer::nanos(now)) / 1'000'000; }
  void spread(Instant now, std::size_t from, Replication what) {
    for (std::size_t to = 0; to < peers_.size(); ++to) {
      if (to != from) under_way_.push_back({now + options_.replication_delay, from, to, what});
    }
  }
  void deliver(Instant now);

  Options options_;
  syncer::Random random_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::deque<UnderWay> under_way_;
};

void PeeredServers::deliver(Instant now) {
  while (!under_way_.empty() && under_way_.front().due <= now) {
    const UnderWay next = std::move(under_way_.front());
    under_way_.pop_front();
    if (peers_[next.to]->replicate(wall(next.due), next.what)) continue;
    const auto& known = peers_[next.from]->registry().instances();
    const auto found = known.find(next.what.name);
    if (found == known.end()) continue;
    peers_[next.to]->replicate(wall(next.due), {Call::Register, next.what.name, found->second, ""});
  }
}

Instant PeeredServers::next_deadline() const {
  Instant next = under_way_.empty() ? syncer::kNever : under_way_.front().due;
  for (const auto& peer : peers_) {
    const Millis at = peer->registry().next_deadline();
    if (at == std::numeric_limits<Millis>::max()) continue;
    const std::int64_t nanos = std::max<std::int64_t>(at * 1'000'000 - options_.wall_at_zero, 0);
    next = std::min(next, syncer::instant(nanos) + std::chrono::milliseconds(1));
  }
  return next;
}

std::string PeeredServers::instances() const {
  std::string out;
  for (const auto& [name, instance] : registry().instances()) {
    out += name.first + " " + name.second + " " + instance.status + " " + instance.ip_addr + ":" +
           std::to_string(instance.port.number) + "\n";
  }
  return out;
}

std::optional<HttpResponse> PeeredServers::control(Instant now, const HttpRequest& request) {
  constexpr std::string_view kRestart = "/mock/restart/";
  if (request.method != "POST" || !request.target.starts_with(kRestart)) return std::nullopt;
  const auto number = syncer::parse_number(std::string_view(request.target).substr(kRestart.size()), UINT32_MAX);
  if (!number || *number >= peers_.size()) return HttpResponse{404, {}, "there is no such peer\n"};
  restart(now, *number);
  return HttpResponse{200, {}, "restarted\n"};
}

}  // namespace

std::unique_ptr<Servers> make_servers(const Options& options, const syncer::Random& random) {
  return std::make_unique<PeeredServers>(options, random);
}

}  // namespace mocksc::eureka
