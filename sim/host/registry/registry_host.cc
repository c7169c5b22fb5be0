// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/registry_host.h"

#include <algorithm>
#include <utility>

#include "sim/host/process/clock.h"
#include "sim/host/network/fabric.h"

namespace sim::host {

using syncer::ErrorCode;
using syncer::failure;
using syncer::HttpRequest;
using syncer::HttpResponse;
using syncer::Instant;

namespace {

mocksc::ModelOptions options_of(const RegistrySpec& spec) {
  mocksc::ModelOptions options;
  const syncer::Result<mocksc::Release> release = mocksc::parse_release(spec.release);
  SYNCER_ASSERT(release.has_value());
  options.release = *release;
  options.wall_at_zero = kWallAtZero;
  if (spec.min_lease) options.min_interval = *spec.min_lease / (options.min_times + 1);
  if (spec.delete_visibility) options.delete_visibility = *spec.delete_visibility;
  for (std::uint32_t k = 0; k < spec.front_ends; ++k) {
    options.frontends.push_back("rest://" + spec.name + "-" + std::to_string(k) + ":30100/");
  }
  return options;
}

HttpReply reply_of(mocksc::Outcome outcome, const std::string& origin) {
  using Kind = mocksc::Outcome::Kind;
  HttpReply reply;
  reply.delay = outcome.delay;
  if (outcome.kind == Kind::Answer && outcome.is_truncated) {
    reply.outcome = failure(ErrorCode::Corrupt, origin, "the answer ends early");
  } else if (outcome.kind == Kind::Answer) {
    reply.outcome = std::move(outcome.response);
  } else if (outcome.kind == Kind::Refuse) {
    reply.outcome = failure(ErrorCode::Unreachable, origin, "connection refused");
  } else {
    reply.hangs = outcome.kind == Kind::Hang && outcome.delay == mocksc::kForever;
    reply.outcome = failure(ErrorCode::Unreachable, origin, "connection reset");
  }
  return reply;
}

}  // namespace

RegistryHost::RegistryHost(Fabric& fabric, RegistryIndex index, RegistrySpec spec)
    : fabric_(fabric), index_(index), spec_(std::move(spec)) {
  const syncer::Random random = syncer::Random(fabric.kernel.seed).stream("registry").stream(index);
  front_ = std::make_unique<mocksc::FaultyFrontend>(mocksc::Model(options_of(spec_), random.stream("model")),
                                                    random.stream("faults"));
  front_->model().set_listener(
      [this](const mocksc::RegistryChange& change) { fabric_.kernel.probes.registry_change(index_, change); });
}

HttpReply RegistryHost::handle(std::uint32_t front_end, const HttpRequest& request, std::string_view client) {
  mocksc::Outcome outcome = front_->handle(fabric_.kernel.now(), front_end, request, client);
  HttpReply reply = reply_of(std::move(outcome), request.origin);
  if (!reply.hangs) reply.delay += spec_.latency;
  arm();
  return reply;
}

Instant RegistryHost::next_deadline() const {
  Instant next = front_->next_deadline();
  for (const auto& [key, group] : groups_) next = std::min(next, group.next);
  return next;
}

void RegistryHost::arm() {
  const Instant next = std::max(next_deadline(), fabric_.kernel.now());
  if (next == syncer::kNever || (armed_ && *armed_ <= next)) return;
  armed_ = next;
  fabric_.kernel.push(next, EventCode::RegistryWake, index_);
}

bool RegistryHost::wake() {
  const Instant now = fabric_.kernel.now();
  if (armed_ != now) return false;
  armed_.reset();
  front_->advance(now);
  for (auto& [key, group] : groups_) {
    if (group.next <= now) beat(key, group);
  }
  arm();
  return true;
}

mocksc::Model& RegistryHost::model() {
  fabric_.registries_touched = true;
  return front_->model();
}

mocksc::FaultyFrontend& RegistryHost::front() {
  fabric_.registries_touched = true;
  return *front_;
}

}  // namespace sim::host
