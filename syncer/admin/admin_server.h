// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "syncer/admin/options.h"
#include "syncer/admin/site.h"
#include "syncer/base/endpoint.h"
#include "syncer/net/loop.h"

namespace syncer::admin {

/// The operators' listeners, all on the loop and all on one Site. Lives on the loop's thread; the loop outlives it.
class AdminServer {
 public:
  /// The error's place is the key of the option that cannot be used.
  static Result<std::unique_ptr<AdminServer>> start(net::Loop& loop, const AdminOptions& options, AdminApi api);
  ~AdminServer();

  /// Where commands are taken for sure.
  const httpio::SocketAddress& socket() const;
  /// The bound addresses with their real ports.
  std::optional<Endpoint> commands() const;
  std::optional<Endpoint> read_only() const;

 private:
  struct State;
  explicit AdminServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace syncer::admin
