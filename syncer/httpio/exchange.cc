// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/exchange.h"

#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "syncer/net/loop.h"

namespace syncer::httpio {
namespace {

/// Registries of one region are few; more origins than this means they were reconfigured: start afresh.
constexpr std::size_t kMaxOrigins = 16;

/// The text without what editors and people put around a token.
std::string cleaned(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  constexpr std::string_view kBlank = " \t\r\n";
  constexpr std::string_view kScheme = "bearer";
  const auto trim = [&] {
    text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
    text = text.substr(0, text.find_last_not_of(kBlank) + 1);
  };
  if (text.substr(0, kMark.size()) == kMark) text.remove_prefix(kMark.size());
  trim();
  const bool has_scheme =
      text.size() > kScheme.size() && kBlank.find(text[kScheme.size()]) != std::string_view::npos &&
      std::equal(kScheme.begin(), kScheme.end(), text.begin(), [](char lower, char c) { return lower == (c | 0x20); });
  if (has_scheme) text.remove_prefix(kScheme.size());
  trim();
  return std::string(text);
}

Result<httplib::Request> to_httplib(const HttpRequest& request, const std::string& token_file) {
  httplib::Request out;
  out.method = request.method;
  out.path = request.target;
  for (const auto& [name, value] : request.headers) out.headers.emplace(name, value);
  out.body = request.body;
  if (token_file.empty()) return out;
  const auto token = read_token(token_file);
  if (!token) return tl::unexpected(token.error());
  out.headers.emplace("Authorization", "Bearer " + *token);
  return out;
}

HttpResponse from_httplib(httplib::Response& response, Bytes body) {
  HttpResponse out;
  out.status = response.status;
  for (auto& [name, value] : response.headers) out.headers.add(name, value);
  out.body = std::move(body);
  return out;
}

Error explain(httplib::Error failed, const std::string& origin) {
  const auto because = [&](ErrorCode code, std::string text) { return Error{code, origin, std::move(text)}; };
  switch (failed) {
    case httplib::Error::Connection:
    case httplib::Error::BindIPAddress:
      return because(ErrorCode::Unreachable, "connection refused or host unknown");
    case httplib::Error::ConnectionTimeout:
      return because(ErrorCode::Unreachable, "connection timed out");
    case httplib::Error::SSLConnection:
      return because(ErrorCode::Unreachable, "TLS handshake failed");
    case httplib::Error::SSLLoadingCerts:
      return because(ErrorCode::Unreachable, "cannot load the CA certificates");
    case httplib::Error::SSLServerVerification:
      return because(ErrorCode::Unreachable, "the server's certificate is not trusted for this host name");
    case httplib::Error::Read:
      return because(ErrorCode::Unreachable, "connection lost while reading the answer");
    case httplib::Error::Write:
      return because(ErrorCode::Unreachable, "connection lost while sending the request");
    default:
      return because(ErrorCode::Corrupt, "no valid HTTP answer (" + httplib::to_string(failed) + ")");
  }
}

/// A little longer than what is left: the pool's watcher is the one who calls a deadline.
void set_timeouts(httplib::Client& client, Duration left) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(left) + std::chrono::milliseconds(50);
  client.set_connection_timeout(micros);
  client.set_read_timeout(micros);
  client.set_write_timeout(micros);
}

}  // namespace

Result<std::string> read_token(const std::string& path) {
  constexpr std::size_t kLongest = 64U << 10U;
  std::ifstream file(path, std::ios::binary);
  std::string text(kLongest, '\0');
  if (!file || std::filesystem::is_directory(path) || (!file.read(text.data(), kLongest) && !file.eof())) {
    return failure(ErrorCode::Io, path, "cannot read the bearer token");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  const std::string token = cleaned(text);
  if (token.empty()) return failure(ErrorCode::Invalid, path, "holds no bearer token");
  if (!std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return failure(ErrorCode::Invalid, path, "must hold one bearer token of printable ASCII and nothing else");
  }
  return token;
}

/// A client and a second descriptor of its socket. Client::stop() takes a lock that is held while connecting; shutting
/// the socket down by our own descriptor never waits and never hits a number that was used again.
struct Exchange::Session {
  explicit Session(const std::string& origin) : client(origin) {}
  ~Session() { forget_socket(); }

  void forget_socket() {
    if (socket >= 0) ::close(socket);
    socket = -1;
  }

  httplib::Client client;
  int socket = -1;
};

Exchange::Exchange(const HttpOptions& options) : options_(options) {}
Exchange::~Exchange() = default;

Exchange::Session& Exchange::session(const std::string& origin) {
  if (sessions_.size() >= kMaxOrigins && sessions_.count(origin) == 0) sessions_.clear();
  auto& slot = sessions_[origin];
  if (slot) return *slot;
  slot = std::make_unique<Session>(origin);
  httplib::Client& client = slot->client;
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  client.set_url_encode(false);  // the target is encoded already
  client.set_follow_location(false);
  client.enable_server_certificate_verification(true);
  if (!options_.ca_file.empty()) client.set_ca_cert_path(options_.ca_file);
  client.set_socket_options([this, s = slot.get()](socket_t fresh) {
    const std::lock_guard lock(mutex_);
    s->forget_socket();
    s->socket = ::dup(fresh);
  });
  return *slot;
}

void Exchange::set_current(Session* session) {
  const std::lock_guard lock(mutex_);
  current_ = session;
}

void Exchange::interrupt() {
  const std::lock_guard lock(mutex_);
  if (current_ != nullptr && current_->socket >= 0) ::shutdown(current_->socket, SHUT_RDWR);
}

Result<HttpResponse> Exchange::perform(const HttpRequest& request, Instant deadline) {
  const auto timeout = failure(ErrorCode::Timeout, request.origin, "no answer within the deadline");
  const Duration left = deadline - net::steady_now();
  if (left <= Duration::zero()) return timeout;
  Session& chosen = session(request.origin);
  if (!chosen.client.is_valid()) return failure(ErrorCode::Unreachable, request.origin, "cannot set up a connection");
  auto wire = to_httplib(request, options_.token_file);
  if (!wire) return tl::unexpected(wire.error());

  Bytes body;
  bool too_large = false;
  wire->content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    too_large = body.size() + size > options_.body_limit;
    if (too_large || net::steady_now() >= deadline) return false;
    body.append(data, size);
    return true;
  };
  set_timeouts(chosen.client, left);
  httplib::Response response;
  httplib::Error failed = httplib::Error::Success;
  set_current(&chosen);
  const bool answered = chosen.client.send(*wire, response, failed);
  set_current(nullptr);

  if (answered) return from_httplib(response, std::move(body));
  if (too_large) return failure(ErrorCode::TooLarge, request.origin, "the answer is larger than the limit");
  if (net::steady_now() >= deadline) return timeout;
  return tl::unexpected(explain(failed, request.origin));
}

}  // namespace syncer::httpio
