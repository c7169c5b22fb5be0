// SPDX-License-Identifier: Apache-2.0
#include "sim/host/network/call_net.h"

#include <algorithm>
#include <utility>

#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"
#include "syncer/base/hash.h"

namespace sim::host {

using engine::Handle;
using syncer::CallId;
using syncer::Duration;
using syncer::ErrorCode;
using syncer::Instant;
using Phase = HttpCall::Phase;

namespace {
constexpr Duration kMaxRetry = std::chrono::seconds(2);
/// Bytes of a request or answer besides its body, about.
constexpr std::size_t kHeadSize = 300;
}  // namespace

void CallNet::add_origin(std::string origin, RegistryIndex registry, std::uint32_t front_end) {
  origins_[std::move(origin)] = {registry, front_end};
}

bool CallNet::writes(const syncer::HttpRequest& request) const {
  const auto found = origins_.find(request.origin);
  return found != origins_.end() && services_[found->second.registry]->writes(request);
}

void CallNet::add_service(HttpService& service) { services_.push_back(&service); }

CallNet::Open& CallNet::open(NodeIndex node) {
  if (node >= open_.size()) open_.resize(node + 1);
  return open_[node];
}

void CallNet::call(NodeIndex node, CallId id, syncer::HttpRequest request, Instant world_deadline) {
  const Handle handle = calls_.acquire();
  HttpCall& call = calls_.at(handle);
  const auto origin = origins_.find(request.origin);
  call.node = node;
  call.id = id;
  call.phase = Phase::Waiting;
  call.abandoned = false;
  call.timeout = fabric_.kernel.options.retransmit_first;
  call.request = std::move(request);
  const bool fresh = open(node).emplace(id, handle).second;
  SYNCER_ASSERT(fresh);
  if (origin == origins_.end()) return fail(handle, ErrorCode::Unreachable, "host name does not resolve");
  call.registry = origin->second.registry;
  call.front_end = origin->second.front_end;
  const Instant now = fabric_.kernel.now();
  if (world_deadline != syncer::kNever) {
    fabric_.kernel.push(std::max(now, world_deadline), EventCode::CallDeadline, node, handle);
  }
  attempt(handle);
}

void CallNet::attempt(Handle handle) {
  HttpCall* call = calls_.find(handle);
  if (call == nullptr || call->phase != Phase::Waiting) return;
  const Site from = Site::node(call->node);
  const Site to = Site::registry(call->registry);
  Network& network = fabric_.network;
  fault::Path& path = network.path(from, to);
  const Instant now = fabric_.kernel.now();
  if (path.model().connect == fault::ConnectFate::Refuse) {
    return fail(handle, ErrorCode::Unreachable, "connection refused");
  }
  if (path.model().connect == fault::ConnectFate::Hang || network.drops(from, to)) {
    return retry_later(handle, EventCode::RequestRetry);
  }
  const std::size_t size = call->request.body.size() + kHeadSize;
  const Duration delay = path.segment(now, size, fabric_.kernel.options.retransmit_first);
  call->phase = Phase::Travelling;
  report(*call, MessageFate::Sent, true);
  network.transmit(from, to, now + delay + network.slowness(from, to), EventCode::RequestArrived, call->registry,
                   handle);
}

void CallNet::retry_later(Handle handle, EventCode code) {
  HttpCall& call = calls_.at(handle);
  fabric_.kernel.after(call.timeout, code, call.registry, handle);
  call.timeout = std::min(call.timeout * 2, kMaxRetry);
}

void CallNet::request_arrived(Handle handle) {
  HttpCall& call = calls_.at(handle);
  report(call, MessageFate::Delivered, true);
  HttpReply reply = services_[call.registry]->handle(call.front_end, call.request, fabric_.nodes[call.node]->name());
  if (call.abandoned) return calls_.release(handle);
  call.phase = Phase::Answering;
  if (reply.hangs) return;
  call.outcome = std::move(reply.outcome);
  fabric_.kernel.after(reply.delay, EventCode::AnswerReady, call.registry, handle);
}

void CallNet::answer_ready(Handle handle) {
  HttpCall* call = calls_.find(handle);
  if (call == nullptr) return;
  const Site from = Site::registry(call->registry);
  const Site to = Site::node(call->node);
  Network& network = fabric_.network;
  if (network.drops(from, to)) return retry_later(handle, EventCode::AnswerReady);
  const std::size_t size = (call->outcome ? call->outcome->body.size() : 0) + kHeadSize;
  const Instant now = fabric_.kernel.now();
  const Duration delay = network.path(from, to).segment(now, size, fabric_.kernel.options.retransmit_first);
  report(*call, MessageFate::Sent, false);
  network.transmit(from, to, now + delay + network.slowness(from, to), EventCode::AnswerArrived, call->node, handle);
}

void CallNet::answer_arrived(Handle handle) {
  const HttpCall* call = calls_.find(handle);
  if (call == nullptr || call->phase != Phase::Answering) return;
  report(*call, MessageFate::Delivered, false);
  end(handle);
}

bool CallNet::deadline(Handle handle) {
  const HttpCall* call = calls_.find(handle);
  if (call == nullptr || call->abandoned || call->phase == Phase::Ended) return false;
  const NodeIndex node = call->node;
  const CallId id = call->id;
  // The request may still be on its way; its own record goes with it, another one informs the process.
  if (call->phase == Phase::Travelling) {
    abandon(handle);
    handle = calls_.acquire();
    HttpCall& word = calls_.at(handle);
    word.node = node;
    word.id = id;
    word.abandoned = false;
    open(node).emplace(id, handle);
  }
  fail(handle, ErrorCode::Timeout, "no answer within the deadline");
  return true;
}

std::uint64_t CallNet::hash(Handle handle, bool request) const {
  const HttpCall* call = calls_.find(handle);
  if (call == nullptr) return 0;
  if (request) return syncer::hash64(call->request.body, syncer::hash64(call->request.target));
  return call->outcome ? syncer::hash64(call->outcome->body, static_cast<std::uint64_t>(call->outcome->status)) : 1;
}

void CallNet::fail(Handle handle, ErrorCode code, const char* detail) {
  HttpCall& call = calls_.at(handle);
  call.outcome = syncer::failure(code, call.request.origin, detail);
  end(handle);
}

void CallNet::end(Handle handle) {
  HttpCall& call = calls_.at(handle);
  call.phase = Phase::Ended;
  fabric_.kernel.push(fabric_.kernel.now(), EventCode::WorkAnswer, call.node, handle);
}

void CallNet::cancel(NodeIndex node, CallId id) {
  const auto found = open(node).find(id);
  if (found != open(node).end()) abandon(found->second);
}

void CallNet::process_ended(NodeIndex node) {
  while (!open(node).empty()) abandon(open(node).begin()->second);
}

void CallNet::abandon(Handle handle) {
  HttpCall& call = calls_.at(handle);
  open(call.node).erase(call.id);
  call.abandoned = true;
  if (call.phase != Phase::Travelling) calls_.release(handle);
}

std::optional<CallNet::Ended> CallNet::take(Handle handle) {
  HttpCall* call = calls_.find(handle);
  if (call == nullptr) return std::nullopt;
  std::optional<Ended> ended(Ended{call->id, std::move(call->outcome)});
  open(call->node).erase(call->id);
  calls_.release(handle);
  return ended;
}

void CallNet::report(const HttpCall& call, MessageFate fate, bool request) const {
  const Probes& probes = fabric_.kernel.probes;
  if (!probes.wants_messages()) return;
  const Site node = Site::node(call.node);
  const Site registry = Site::registry(call.registry);
  const syncer::ByteView answer = call.outcome ? syncer::ByteView(call.outcome->body) : syncer::ByteView();
  probes.message({Channel::Http, fate, request ? node : registry, request ? registry : node,
                  request ? syncer::ByteView(call.request.body) : answer});
}

}  // namespace sim::host
