// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/event_queue.h"
#include "sim/host/kernel.h"
#include "sim/host/registry/registry.h"
#include "syncer/base/http_message.h"
#include "syncer/base/ids.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace sim::host {

struct Fabric;

/// One HTTP request of a node, from its call to its end.
struct HttpCall {
  enum class Phase : std::uint8_t {
    Waiting,     ///< tries to reach the registry
    Travelling,  ///< on its way: it takes effect even when nobody waits for the answer any more
    Answering,   ///< the registry works on it, or the answer is on its way
    Ended,       ///< the outcome waits for the process
  };
  NodeIndex node = 0;
  syncer::CallId id;
  RegistryIndex registry = 0;
  std::uint32_t front_end = 0;
  Phase phase = Phase::Waiting;
  bool abandoned = false;  ///< cancelled, timed out, or the process is gone
  syncer::Duration timeout{};
  syncer::HttpRequest request;
  syncer::Result<syncer::HttpResponse> outcome;
};

/// HTTP between nodes and registries, over the same links and partitions as everything else.
class CallNet {
 public:
  explicit CallNet(Fabric& fabric) : fabric_(fabric) {}

  /// The service of the next registry; borrowed.
  void add_service(HttpService& service);
  /// Front-end `front_end` of the registry answers to that origin.
  void add_origin(std::string origin, RegistryIndex registry, std::uint32_t front_end);
  /// Whether a request changes something at the registry it is for; false when its origin does not resolve.
  bool writes(const syncer::HttpRequest& request) const;
  /// Calls of a process whose outcome it does not know yet.
  std::size_t under_way(NodeIndex node) const { return node < open_.size() ? open_[node].size() : 0; }

  // The process's side.
  void call(NodeIndex node, syncer::CallId id, syncer::HttpRequest request, syncer::Instant world_deadline);
  void cancel(NodeIndex node, syncer::CallId id);
  void process_ended(NodeIndex node);
  /// The outcome of an ended call, which is over then; nothing when it was cancelled meanwhile.
  struct Ended {
    syncer::CallId id;
    syncer::Result<syncer::HttpResponse> outcome;
  };
  std::optional<Ended> take(engine::Handle call);

  // Events.
  void attempt(engine::Handle call);
  void request_arrived(engine::Handle call);
  void answer_ready(engine::Handle call);
  void answer_arrived(engine::Handle call);
  /// False when the call had ended before.
  bool deadline(engine::Handle call);
  /// Hash of the body of the request or the answer; 0 when the call is over.
  std::uint64_t hash(engine::Handle call, bool request) const;

 private:
  struct Origin {
    RegistryIndex registry;
    std::uint32_t front_end;
  };
  using Open = std::map<syncer::CallId, engine::Handle>;
  Open& open(NodeIndex node);
  void retry_later(engine::Handle call, EventCode code);
  void abandon(engine::Handle call);
  void end(engine::Handle call);
  void fail(engine::Handle call, syncer::ErrorCode code, const char* detail);
  void report(const HttpCall& call, MessageFate fate, bool request) const;

  Fabric& fabric_;
  std::vector<HttpService*> services_;
  std::map<std::string, Origin, std::less<>> origins_;
  std::vector<Open> open_;
  engine::Slab<HttpCall> calls_;
};

}  // namespace sim::host
