// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace syncer::registry {

/// What a registry gives for a name and a password.
struct LoginToken {
  std::string text;     ///< empty: this registry wants none
  Duration lifetime{};  ///< from now on
};

/// How a kind of registry is logged in to.
struct LoginScheme {
  HttpRequest request;  ///< asks for a token; the sender fills the origin in
  /// Refused when name and password are not accepted; other errors may pass.
  std::function<Result<LoginToken>(const Result<HttpResponse>&)> read;
  /// Puts a token, which is not empty, into a request.
  std::function<void(HttpRequest&, const std::string& token)> sign;
  /// The answer says that the token is not accepted, or not any more.
  std::function<bool(const HttpResponse&)> is_rejected;
};

/// Keeps the token that calls to a registry carry: asks for one before the first call, for another one in the last
/// quarter of its life, and when it is rejected. A refused password is tried again after a minute, and then after
/// longer than a registry bans who was refused too often. No clock, no I/O.
class Login {
 public:
  explicit Login(LoginScheme scheme) : scheme_(std::move(scheme)) {}

  /// The request for a token is to be sent now; asked() says that it was.
  bool is_due(Instant now) const { return !is_asking_ && now >= due_; }
  /// When it is, if nothing happens before; kNever while one is under way.
  Instant next_deadline() const { return is_asking_ ? kNever : due_; }
  const HttpRequest& request() const { return scheme_.request; }
  void asked() { is_asking_ = true; }
  void answered(Instant now, const Result<HttpResponse>& raw);
  /// What was asked for will never be answered.
  void forgotten() { is_asking_ = false; }

  /// There is a token: calls can be sent.
  bool is_ready() const { return token_.has_value(); }
  bool is_asking() const { return is_asking_; }
  /// Why there is no token, once it is known.
  const std::optional<Error>& problem() const { return problem_; }

  void sign(HttpRequest& request) const {
    if (is_ready() && !token_->empty()) scheme_.sign(request, *token_);
  }
  /// Which of the tokens, counted from 1, is in use.
  std::uint64_t generation() const { return generation_; }
  /// Looks at the answer to a call that was signed with a token of that generation. True when it was rejected, and the
  /// same call may succeed with another token.
  bool rejects(Instant now, std::uint64_t generation, const HttpResponse& answer);
  /// The second try of such a call was rejected as well, or was not: a registry that rejects fresh tokens is asked for
  /// others less and less often.
  void tried_again(const Result<HttpResponse>& raw);

 private:
  void failed(Instant now, Error error);

  LoginScheme scheme_;
  std::optional<std::string> token_;
  std::uint64_t generation_ = 0;
  Instant since_ = Instant::min();  ///< of the token
  Duration distance_ = kShortestDistance;
  Instant due_ = Instant::min();
  bool is_asking_ = false;
  std::uint32_t failures_ = 0;  ///< in a row
  std::uint32_t refusals_ = 0;  ///< in a row
  std::optional<Error> problem_;

  /// Between two tokens because the first was rejected.
  static constexpr Duration kShortestDistance = std::chrono::seconds(5);
};

}  // namespace syncer::registry
