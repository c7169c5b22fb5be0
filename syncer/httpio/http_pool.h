// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "syncer/base/result.h"
#include "syncer/ports/http.h"

namespace syncer::httpio {

/// How the pool talks to registries.
struct HttpOptions {
  std::size_t workers = 16;             ///< calls under way at once
  std::size_t body_limit = 64U << 20U;  ///< bytes of an answer's body, decompressed; more is an error
  std::string ca_file;                  ///< certificates to trust (PEM); empty for the system's
  std::string token_file;               ///< bearer token; read anew for every call, so that it can be rotated
};

/// Blocking HTTP clients on worker threads behind the Http port. Each worker keeps one connection an origin alive.
/// A watcher thread ends calls at their deadline, whatever their worker hangs in.
class HttpPool : public Http {
 public:
  /// Hands a task over to the thread that owns the pool (Loop::post).
  using Post = std::function<void(std::function<void()>)>;
  /// Called on the owner's thread; the same call as Node::on_http.
  using Done = std::function<void(CallId, Result<HttpResponse>)>;

  HttpPool(HttpOptions options, Post post, Done done);
  /// Breaks off the calls under way; nothing is reported any more.
  ~HttpPool() override;

  void call(CallId id, HttpRequest request, Instant deadline) override;
  void cancel(CallId id) override;

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with workers and posted results
};

/// Checks options that would otherwise fail with the first call: the files can be read, and the token is one.
Result<void> check(const HttpOptions& options);

}  // namespace syncer::httpio
