// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/gate.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/httpio/message_grammar.h"

namespace syncer::admin {
namespace {

constexpr std::size_t kShortestToken = 16;

/// Takes as long for every guess of one length.
bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

bool is_own_host(std::string_view host, const httpio::Caller& caller) {
  if (SYNCER_MUTATED("admin.any_host")) return true;
  const std::string name = "localhost" + caller.local.substr(std::min(caller.local.rfind(':'), caller.local.size()));
  return host == caller.local || (caller.is_loopback && httpio::same_word(host, name));
}

bool has_token(const httpio::ServedRequest& request, std::string_view token) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string* field = request.headers.find("Authorization");
  if (field == nullptr || field->size() < kScheme.size()) return false;
  const std::string_view text = *field;
  return httpio::same_word(text.substr(0, kScheme.size()), kScheme) &&
         same_secret(httpio::trimmed(text.substr(kScheme.size())), token);
}

std::optional<httpio::Refusal> check_network(const httpio::ServedRequest& request, const httpio::Caller& caller,
                                             const TokenSource& source) {
  const std::string* host = request.headers.find("Host");
  if (host == nullptr || !is_own_host(*host, caller)) return httpio::Refusal{403, "ask for Host " + caller.local};
  const auto token = source();
  if (!token) return httpio::Refusal{503, to_string(token.error())};
  if (!has_token(request, *token)) return httpio::Refusal{401, "the bearer token is missing or wrong"};
  return std::nullopt;
}

}  // namespace

std::optional<httpio::Refusal> gate(Entrance entrance, const httpio::ServedRequest& request,
                                    const httpio::Caller& caller, const TokenSource& token) {
  if (entrance == Entrance::ReadOnly) return std::nullopt;
  if (request.headers.find("Origin") != nullptr && !SYNCER_MUTATED("admin.any_origin")) {
    return httpio::Refusal{403, "a page of a browser may not ask"};
  }
  return entrance == Entrance::Token ? check_network(request, caller, token) : std::nullopt;
}

Result<void> check_token(const std::string& token) {
  if (token.size() >= kShortestToken) return {};
  return failure(ErrorCode::Invalid, "",
                 "a token of " + std::to_string(token.size()) + " characters can be guessed; give at least " +
                     std::to_string(kShortestToken));
}

}  // namespace syncer::admin
