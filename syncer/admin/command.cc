// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/command.h"

#include <array>
#include <chrono>

#include "syncer/httpio/blocking_call.h"
#include "syncer/httpio/blocking_stream.h"

namespace syncer::admin {
namespace {

/// A daemon that is alive answers at once.
constexpr Duration kPatience = std::chrono::seconds(5);

/// How one alternative of Command travels.
struct Route {
  std::string_view path;
  std::string_view parameter;  ///< empty: the body, or nothing
  std::string_view missing;    ///< the error without an argument; empty: it takes none
  Command (*make)(std::string argument);
};

/// In the order of the alternatives.
constexpr std::array<Route, std::variant_size_v<Command>> kRoutes = {{
    {"/v1/guard/release", "region", "name a region: ?region=NAME, or ?region=* for all",
     [](std::string a) -> Command { return ReleaseGuard{std::move(a)}; }},
    {"/v1/region/forget", "region", "name a region: ?region=NAME",
     [](std::string a) -> Command { return ForgetRegion{std::move(a)}; }},
    {"/v1/keys/install", "", "the body must be the key in base64",
     [](std::string a) -> Command { return InstallKey{std::move(a)}; }},
    {"/v1/keys/use", "id", "name a key: ?id=ID", [](std::string a) -> Command { return UseKey{std::move(a)}; }},
    {"/v1/keys/remove", "id", "name a key: ?id=ID", [](std::string a) -> Command { return RemoveKey{std::move(a)}; }},
    {"/v1/cluster/replace", "node", "name a voter: ?node=NAME",
     [](std::string a) -> Command { return ReplaceVoter{std::move(a)}; }},
    {"/v1/cluster/raise-generation", "", "", [](std::string) -> Command { return RaiseGeneration{}; }},
    {"/v1/cluster/forget-proposal", "", "", [](std::string) -> Command { return ForgetProposal{}; }},
    {"/v1/reload", "", "", [](std::string) -> Command { return Reload{}; }},
    {"/v1/log-level", "level", "name a severity: ?level=debug, or ?level=debug+10m for a while",
     [](std::string a) -> Command { return SetLogLevel{std::move(a)}; }},
    {"/v1/join", "address", "name an address: ?address=HOST:PORT",
     [](std::string a) -> Command { return Join{std::move(a)}; }},
    {"/v1/leave", "", "", [](std::string) -> Command { return Leave{}; }},
    {"/v1/force-leave", "node", "name a member: ?node=NAME",
     [](std::string a) -> Command { return ForceLeave{std::move(a)}; }},
    {"/v1/sync-now", "region", "", [](std::string a) -> Command { return SyncNow{std::move(a)}; }},
    {"/v1/pause", "what", "say what: ?what=export or ?what=import, with +REGION for one region",
     [](std::string a) -> Command { return Pause{std::move(a)}; }},
    {"/v1/resume", "what", "say what: ?what=export or ?what=import, with +REGION for one region",
     [](std::string a) -> Command { return Resume{std::move(a)}; }},
    {"/v1/drain", "what", "say what and how fast: ?what=REGION+20/s",
     [](std::string a) -> Command { return Drain{std::move(a)}; }},
    {"/v1/policy/check", "", "", [](std::string a) -> Command { return CheckPolicy{std::move(a)}; }},
    {"/v1/policy/apply", "", "", [](std::string a) -> Command { return ApplyPolicy{std::move(a)}; }},
    {"/v1/policy/confirm", "", "", [](std::string a) -> Command { return ConfirmPolicy{std::move(a)}; }},
}};

struct Argument {
  std::string operator()(const ReleaseGuard& c) const { return c.region; }
  std::string operator()(const ForgetRegion& c) const { return c.region; }
  std::string operator()(const InstallKey& c) const { return c.key; }
  std::string operator()(const UseKey& c) const { return c.id; }
  std::string operator()(const RemoveKey& c) const { return c.id; }
  std::string operator()(const ReplaceVoter& c) const { return c.node; }
  std::string operator()(const RaiseGeneration&) const { return ""; }
  std::string operator()(const ForgetProposal&) const { return ""; }
  std::string operator()(const Reload&) const { return ""; }
  std::string operator()(const SetLogLevel& c) const { return c.level; }
  std::string operator()(const Join& c) const { return c.address; }
  std::string operator()(const Leave&) const { return ""; }
  std::string operator()(const ForceLeave& c) const { return c.node; }
  std::string operator()(const SyncNow& c) const { return c.region; }
  std::string operator()(const Pause& c) const { return c.what; }
  std::string operator()(const Resume& c) const { return c.what; }
  std::string operator()(const Drain& c) const { return c.what; }
  std::string operator()(const CheckPolicy& c) const { return c.policy; }
  std::string operator()(const ApplyPolicy& c) const { return c.policy; }
  std::string operator()(const ConfirmPolicy& c) const { return c.policy; }
};

const Route* find(std::string_view path) {
  for (const Route& route : kRoutes) {
    if (route.path == path) return &route;
  }
  return nullptr;
}

HttpRequest request_to(const DaemonAddress& daemon, const std::string& method, const std::string& target,
                       const std::string& body) {
  HttpRequest request{method, "", target, {{"Connection", "close"}}, body};
  if (!daemon.token.empty()) request.headers.add("Authorization", "Bearer " + daemon.token);
  return request;
}

}  // namespace

CommandRequest to_request(const Command& command) {
  const Route& route = kRoutes[command.index()];
  return {std::string(route.path), std::string(route.parameter), std::visit(Argument{}, command)};
}

std::string_view parameter_of(std::string_view path) {
  const Route* route = find(path);
  return route == nullptr ? "" : route->parameter;
}

Result<Command> to_command(std::string_view path, std::string argument) {
  const Route* route = find(path);
  if (route == nullptr) {
    std::string known;
    for (const Route& one : kRoutes) known += (known.empty() ? "" : ", ") + std::string(one.path);
    return failure(ErrorCode::NotFound, std::string(path), "there is no such command; there are " + known);
  }
  if (argument.empty() && !route->missing.empty()) return failure(ErrorCode::Invalid, "", std::string(route->missing));
  return route->make(std::move(argument));
}

Result<HttpResponse> ask_daemon(const DaemonAddress& daemon, const std::string& method, const std::string& target,
                                const std::string& body) {
  return httpio::call_and_wait(daemon.address, request_to(daemon, method, target, body), kPatience);
}

Result<void> read_daemon(const DaemonAddress& daemon, const std::string& target, Duration patience,
                         const std::function<bool(ByteView)>& take) {
  return httpio::read_stream(daemon.address, request_to(daemon, "GET", target, ""), patience, take);
}

Result<HttpResponse> ask_daemon(const DaemonAddress& daemon, const Command& command) {
  const CommandRequest request = to_request(command);
  if (request.parameter.empty()) return ask_daemon(daemon, "POST", request.path, request.argument);
  return ask_daemon(daemon, "POST", request.path + "?" + request.parameter + "=" + percent_encode(request.argument));
}

}  // namespace syncer::admin
