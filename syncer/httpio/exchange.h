// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "syncer/httpio/http_pool.h"

namespace syncer::httpio {

/// The bearer token in a file. Blanks and line breaks around it, a byte order mark and a leading "Bearer" are taken
/// off; Invalid when what is left is not one word of printable ASCII.
Result<std::string> read_token(const std::string& path);

/// One worker's clients: one an origin, connections kept alive. One thread calls perform(); any thread may interrupt().
class Exchange {
 public:
  explicit Exchange(const HttpOptions& options);
  ~Exchange();

  /// One request and its answer, blocking until `deadline` at the latest (name resolution excepted).
  Result<HttpResponse> perform(const HttpRequest& request, Instant deadline);
  /// Breaks the connection under a perform() that is under way. Never blocks.
  void interrupt();

 private:
  struct Session;
  Session& session(const std::string& origin);
  void set_current(Session* session);

  const HttpOptions& options_;
  std::map<std::string, std::unique_ptr<Session>> sessions_;
  std::mutex mutex_;            ///< guards current_ and the sockets of all sessions
  Session* current_ = nullptr;  ///< in use by perform()
};

}  // namespace syncer::httpio
