// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/admin_server.h"

#include <grp.h>

#include <array>
#include <utility>

#include "syncer/base/quantity.h"
#include "syncer/httpio/token.h"

namespace syncer::admin {
namespace {

constexpr const char* kSocket = "admin.socket";
constexpr const char* kGroup = "admin.socket-group";
constexpr const char* kCommands = "admin-addr";
constexpr const char* kToken = "admin.token-file";
constexpr const char* kReadOnly = "metrics-addr";

tl::unexpected<Error> blame(const char* key, Error error) {
  error.detail = to_string(error);
  error.where = key;
  return tl::unexpected(std::move(error));
}

Result<httpio::HttpServer::Group> find_group(const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (const auto number = parse_number(name, 0xfffffffe)) return static_cast<unsigned>(*number);
  std::array<char, 16384> buffer{};
  group entry{};
  group* found = nullptr;
  if (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return entry.gr_gid;
  }
  return failure(ErrorCode::Invalid, kGroup, "there is no group \"" + name + "\" on this machine");
}

Result<std::string> read_admin_token(const std::string& path) {
  auto token = httpio::read_token(path);
  if (!token) return token;
  if (auto usable = check_token(*token); !usable) return failure(ErrorCode::Invalid, path, usable.error().detail);
  return token;
}

}  // namespace

struct AdminServer::State {
  State(net::Loop& l, AdminApi api, TokenSource token) : loop(l), site(std::move(api), std::move(token)) {}

  Result<std::unique_ptr<httpio::HttpServer>> open(const char* key, Entrance entrance,
                                                   const httpio::SocketAddress& local,
                                                   httpio::HttpServer::Group group = std::nullopt) {
    auto server = httpio::HttpServer::listen(
        loop, local, group, httpio::ServerLimits{},
        [this, entrance](const auto& request, const auto& caller) { return site.answer(entrance, request, caller); });
    if (!server) return blame(key, server.error());
    return server;
  }

  Result<void> open_socket(const AdminOptions& options) {
    const auto group = find_group(options.group);
    if (!group) return tl::unexpected(group.error());
    const auto path = httpio::parse_socket_address(httpio::to_string(httpio::SocketAddress{options.socket, {}}));
    if (!path) return blame(kSocket, path.error());
    auto server = open(kSocket, Entrance::Socket, *path, *group);
    if (!server) return tl::unexpected(server.error());
    socket = std::move(*server);
    return {};
  }

  Result<void> open_network(const AdminOptions& options) {
    if (options.commands) {
      if (auto token = read_admin_token(options.token_file); !token) return blame(kToken, token.error());
      auto server = open(kCommands, Entrance::Token, {"", *options.commands});
      if (!server) return tl::unexpected(server.error());
      commands = std::move(*server);
    }
    if (options.read_only) {
      auto server = open(kReadOnly, Entrance::ReadOnly, {"", *options.read_only});
      if (!server) return tl::unexpected(server.error());
      read_only = std::move(*server);
    }
    return {};
  }

  net::Loop& loop;
  const Site site;
  std::unique_ptr<httpio::HttpServer> socket;
  std::unique_ptr<httpio::HttpServer> commands;
  std::unique_ptr<httpio::HttpServer> read_only;
};

Result<std::unique_ptr<AdminServer>> AdminServer::start(net::Loop& loop, const AdminOptions& options, AdminApi api) {
  auto state =
      std::make_unique<State>(loop, std::move(api), [path = options.token_file] { return read_admin_token(path); });
  // The network first: a port that is in use tells more than a socket that is.
  if (auto opened = state->open_network(options); !opened) return tl::unexpected(opened.error());
  if (auto opened = state->open_socket(options); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(state)));
}

AdminServer::AdminServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
AdminServer::~AdminServer() = default;

const httpio::SocketAddress& AdminServer::socket() const { return state_->socket->local(); }

std::optional<Endpoint> AdminServer::commands() const {
  return state_->commands ? std::optional(state_->commands->local().endpoint) : std::nullopt;
}

std::optional<Endpoint> AdminServer::read_only() const {
  return state_->read_only ? std::optional(state_->read_only->local().endpoint) : std::nullopt;
}

}  // namespace syncer::admin
