// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mocksc/eureka/options.h"
#include "mocksc/eureka/registry.h"
#include "mocksc/fault/store.h"

namespace mocksc::eureka {

/// Eureka servers that are peers of each other, one for each front-end: what is written to one reaches the others
/// later.
class Servers : public Store {
 public:
  /// Called for what becomes of instances at the first server.
  virtual void set_listener(Listener listener) = 0;
  /// What the first server knows.
  virtual const Registry& registry() const = 0;
  /// That server loses its memory, copies what a peer knows, and serves again.
  virtual void restart(syncer::Instant now, std::size_t server) = 0;
};

std::unique_ptr<Servers> make_servers(const Options& options, const syncer::Random& random);

}  // namespace mocksc::eureka
