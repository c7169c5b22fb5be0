// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "syncer/base/result.h"
#include "syncer/httpio/answer_reader.h"
#include "syncer/httpio/tls_problem.h"
#include "syncer/net/loop.h"
#include "syncer/ports/http.h"

namespace syncer::httpio {

/// How the client talks to registries.
struct HttpOptions {
  std::size_t connections = 16;  ///< calls under way at once; the others wait
  AnswerLimits limits;
  TlsOptions tls;                                 ///< for https
  std::string token_file;                         ///< bearer token; read anew for every call, so that it can be rotated
  Duration idle_time = std::chrono::seconds(30);  ///< a connection nobody needed for so long is closed
};

/// HTTP/1.1 on the loop behind the Http port. Connections are kept alive and used again, the last used one first. When
/// one that was kept turns out to be closed before a byte of the answer came, a request that may be repeated is sent
/// once more over a new one.
class HttpClient : public Http {
 public:
  /// Called on the loop's thread, never from within a call of the client; the same as Node::on_http.
  using Done = std::function<void(CallId, Result<HttpResponse>)>;

  /// The loop outlives the client. Options that check() refuses make calls fail, not the construction.
  HttpClient(net::Loop& loop, HttpOptions options, Done done);
  /// Breaks off the calls under way; nothing is reported any more.
  ~HttpClient() override;

  void call(CallId id, HttpRequest request, Instant deadline) override;
  void cancel(CallId id) override;
  /// Reads the files of certificates again; connections that are kept are dropped. On an error all stays as it is.
  Result<void> reload_files();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with what is under way
};

/// Checks options that would otherwise fail with the first call: the files can be read, and the token is one.
Result<void> check(const HttpOptions& options);

}  // namespace syncer::httpio
