// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "mocksc/nacos/api/call.h"
#include "mocksc/nacos/api/logins.h"
#include "mocksc/nacos/store/registry.h"

namespace mocksc::nacos {

/// A Nacos server, or any number of them that agree, as a state machine on the HTTP messages of its naming API. Pure:
/// time is an argument, so the same calls give the same bytes. A value: copies go on by themselves. Not thread-safe.
class Model {
 public:
  explicit Model(Options options) : registry_(std::move(options)) {}

  const Options& options() const { return registry_.options(); }
  Registry& registry() { return registry_; }
  const Registry& registry() const { return registry_; }

  /// `client` names who asks, for the change listener only.
  syncer::HttpResponse handle(syncer::Instant now, const syncer::HttpRequest& request, std::string_view client = {},
                              const ReadFault& fault = {});
  syncer::Instant next_deadline() const { return registry_.next_deadline(); }
  void advance(syncer::Instant now) { registry_.advance(now); }
  void set_listener(Listener listener) { registry_.set_listener(std::move(listener)); }
  /// The process starts anew: what applications registered is gone, and the first answer is good and empty.
  void restart(syncer::Instant now);
  /// "UP", or why naming calls are refused: DOWN, STARTING, READ_ONLY, WRITE_ONLY.
  void set_state(std::string state) { state_ = state == "UP" ? std::string() : std::move(state); }
  void revoke_tokens() { logins_.revoke(); }

 private:
  /// An answer as it was rendered, and what the registry had changed until then.
  struct Rendered {
    std::uint64_t changes = 0;
    syncer::HttpResponse answer;
  };

  syncer::HttpResponse naming(const Call& call);
  syncer::HttpResponse listed(const Call& call, syncer::HttpResponse (*render)(const Call&));
  syncer::HttpResponse service_call(const Call& call);
  syncer::HttpResponse operator_call(const Call& call);
  syncer::HttpResponse set_switch(const Call& call);
  bool is_open(const Call& call) const;

  Registry registry_;
  Logins logins_;
  std::string state_;                                      ///< empty: UP
  std::map<std::string, Rendered, std::less<>> rendered_;  ///< catalogs, by target
};

}  // namespace mocksc::nacos
