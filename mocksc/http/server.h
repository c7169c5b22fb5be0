// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mocksc/servicecenter/store/options.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace mocksc {

struct ServerOptions {
  std::string kind = "servicecenter";  ///< one of mock_kinds()
  std::string release;                 ///< of the kind; the kind's own choice when empty
  /// Settings of the kind by the names that its real server has for them.
  std::vector<std::pair<std::string, std::string>> settings;
  /// One front-end each; port 0 takes a free one.
  std::vector<syncer::Endpoint> listen;
  /// `frontends` is filled in by the server, and `wall_at_zero` unless there is a clock of the caller's own.
  ModelOptions model;  ///< of kind "servicecenter"
  /// Time since the start, asked by any thread; the real one when empty.
  std::function<syncer::Instant()> clock;
  /// Decides generated ids and fault draws.
  std::uint64_t seed = 0;
  /// One line on standard error for each request.
  bool is_logging = false;
};

/// The kinds of registry that a server can be.
std::vector<std::string_view> mock_kinds();

/// Several processes of a registry over one store, as real sockets in one process.
class Server {
 public:
  /// Binds every address and answers on all of them. Io when an address is not free, Invalid for an unknown kind,
  /// release or setting.
  static syncer::Result<std::unique_ptr<Server>> start(ServerOptions options);
  /// Stops at once; requests that are being answered are cut.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// The bound addresses in the order of `listen`.
  const std::vector<syncer::Endpoint>& endpoints() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mocksc
