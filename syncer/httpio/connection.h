// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "syncer/httpio/answer_reader.h"
#include "syncer/httpio/origin.h"
#include "syncer/httpio/tls_problem.h"
#include "syncer/net/loop.h"

namespace syncer::httpio {

/// What connections to https origins trust and show.
class Trust {
 public:
  /// An error names what cannot be used.
  static Result<std::shared_ptr<Trust>> load(const TlsOptions& options);
  ~Trust();

  struct Context;
  Context& context() { return *context_; }
  bool shows_certificate() const { return shows_certificate_; }

 private:
  Trust();
  std::unique_ptr<Context> context_;
  bool shows_certificate_ = false;
};

/// One connection to one origin, over TLS where it is https, for one exchange after another. Lives on the loop's
/// thread; what is under way keeps it alive.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// An answer, or why there is none. Never called from within exchange() or close().
  using Done = std::function<void(Result<HttpResponse>)>;

  static std::shared_ptr<Connection> create(net::Loop& loop, Origin origin, const AnswerLimits& limits,
                                            std::shared_ptr<Trust> trust);
  virtual ~Connection() = default;

  /// Connects if it is not connected, sends `request` as it is and reads its answer. One at a time.
  virtual void exchange(Bytes request, bool answer_has_body, Recall recall, Done done) = 0;
  /// Another exchange may follow: the server said so and has not closed since.
  virtual bool is_reusable() const = 0;
  /// Something of the answer to the present or the last exchange arrived.
  virtual bool was_answered() const = 0;
  /// Ends it; no `Done` is called any more.
  virtual void close() = 0;
};

}  // namespace syncer::httpio
