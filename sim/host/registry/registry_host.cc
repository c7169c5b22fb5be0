// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/registry_host.h"

#include <algorithm>
#include <utility>

#include "sim/host/network/fabric.h"
#include "sim/host/registry/kinds.h"

namespace sim::host {

using syncer::Instant;

RegistryHost::RegistryHost(Fabric& fabric, RegistryIndex index, RegistrySpec spec)
    : fabric_(fabric), index_(index), spec_(std::move(spec)) {
  const RegistryKind* kind = find_registry_kind(spec_.kind);
  SYNCER_ASSERT(kind != nullptr && kind->check(spec_).has_value());
  registry_ = kind->make(spec_, syncer::Random(fabric.kernel.seed).stream("registry").stream(index));
  registry_->set_listener(
      [this](const RegistryChange& change) { fabric_.kernel.probes.registry_change(index_, change); });
}

HttpReply RegistryHost::handle(std::uint32_t front_end, const syncer::HttpRequest& request, std::string_view client) {
  HttpReply reply = registry_->handle(fabric_.kernel.now(), front_end, request, client);
  if (!reply.hangs) reply.delay += spec_.latency;
  arm();
  return reply;
}

void RegistryHost::arm() {
  const Instant next = std::max(registry_->next_deadline(), fabric_.kernel.now());
  if (next == syncer::kNever || (armed_ && *armed_ <= next)) return;
  armed_ = next;
  fabric_.kernel.push(next, EventCode::RegistryWake, index_);
}

bool RegistryHost::wake() {
  const Instant now = fabric_.kernel.now();
  if (armed_ != now) return false;
  armed_.reset();
  registry_->advance(now);
  arm();
  return true;
}

}  // namespace sim::host
