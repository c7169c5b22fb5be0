// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/admin/command.h"
#include "syncer/admin/gate.h"
#include "syncer/httpio/request_reader.h"

using namespace syncer;

namespace {

constexpr const char* kToken = "a-token-of-32-characters-0123456";

bool may_come_in(admin::Entrance entrance, const httpio::ServedRequest& request) {
  const httpio::Caller caller{"somebody", "somebody", "127.0.0.1:30199", true};
  return !admin::gate(entrance, request, caller, [] { return Result<std::string>(kToken); });
}

/// A command travels as the same command.
void check_command(const httpio::ServedRequest& request) {
  const std::string_view parameter = admin::parameter_of(request.path());
  const auto command =
      admin::to_command(request.path(), parameter.empty() ? request.body : request.parameter(parameter).value_or(""));
  if (!command) return;
  const admin::CommandRequest sent = admin::to_request(*command);
  const auto again = admin::to_command(sent.path, sent.argument);
  if (!again || !(*again == *command)) std::abort();
}

}  // namespace

/// Requests to the operators' endpoint and to the listener that only shows: read in pieces of the size that the first
/// byte says, let in or not, and taken for a command. Who does not name the token comes in nowhere but at the unix
/// socket, which the system guards.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0];
  ByteView bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool names_token = bytes.find(kToken) != ByteView::npos;
  httpio::RequestReader reader({});
  while (!bytes.empty() && !reader.refusal()) {
    bytes.remove_prefix(reader.feed(bytes.substr(0, piece)));
    if (!reader.complete()) continue;
    const httpio::ServedRequest request = reader.take();
    if (may_come_in(admin::Entrance::Token, request) && !names_token) std::abort();
    static_cast<void>(may_come_in(admin::Entrance::Socket, request));
    if (!may_come_in(admin::Entrance::ReadOnly, request)) std::abort();
    check_command(request);
  }
  return 0;
}
