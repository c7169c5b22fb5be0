// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>

#include "syncer/admin/command.h"
#include "syncer/admin/status_json.h"
#include "syncer/cli/arguments.h"
#include "syncer/cli/commands.h"

namespace syncer::cli {

/// Says what went wrong; gives the exit code for it.
int complain(Console console, const Error& error);
/// The text, or what went wrong.
int print(Console console, const Result<std::string>& text);

/// The operator endpoint of the daemon that is meant: --admin, else what the daemon noted in its data directory; that
/// of --data-dir, of --node, or the only one on this machine; with the token that --token-file names. Unreachable when
/// there is none, Invalid when it is not clear which.
Result<admin::DaemonAddress> reach_daemon(const Arguments& arguments);

/// Asks the daemon that is meant; anything but 200 is an error.
Result<std::string> ask(const Arguments& arguments, const std::string& method, const std::string& target);
Result<std::string> ask(const Arguments& arguments, const admin::Command& command);

/// The document as it came with --output json, else what `show` makes of it.
template <class Document, class Show>
int print_document(const Arguments& arguments, Console console, const Result<std::string>& body, Show show) {
  if (!body || arguments.json) return print(console, body);
  const auto document = admin::from_json<Document>(*body);
  if (!document) return complain(console, document.error());
  return print(console, show(*document));
}

}  // namespace syncer::cli
