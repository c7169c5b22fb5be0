// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/bundle.h"

#include <sys/stat.h>

#include <array>
#include <chrono>
#include <ctime>
#include <ostream>

#include "syncer/cli/event_lines.h"
#include "syncer/cli/reach.h"
#include "syncer/cli/version.h"
#include "syncer/store/file.h"

namespace syncer::cli {
namespace {

struct Document {
  const char* file;
  const char* target;
};

constexpr std::array<Document, 9> kDocuments = {{{"status.json", "/v1/status"},
                                                 {"checks.txt", "/readyz?verbose"},
                                                 {"metrics.txt", "/metrics"},
                                                 {"members.json", "/v1/members"},
                                                 {"group.json", "/v1/cluster"},
                                                 {"config.json", "/v1/config"},
                                                 {"services.json", "/v1/services?limit=500"},
                                                 {"history.json", "/v1/history"},
                                                 {"keys.json", "/v1/keys"}}};

std::string fresh_name() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), "syncer-debug-%Y%m%dT%H%M%SZ", &parts);
  return text.data();
}

/// Whatever the status is: what is not ready says so with 503.
Result<std::string> body_of(const admin::DaemonAddress& daemon, const char* target) {
  auto answer = admin::ask_daemon(daemon, "GET", target);
  if (!answer) return tl::unexpected(answer.error());
  const bool is_there = answer->status == 200 || answer->status == 503;
  return is_there ? Result<std::string>(std::move(answer->body)) : failure(ErrorCode::NotFound, target, answer->body);
}

Result<std::string> events_of(const admin::DaemonAddress& daemon) {
  std::string text;
  EventLines lines;
  const auto done = admin::read_daemon(daemon, "/v1/events?follow=0", std::chrono::seconds(10), [&](ByteView bytes) {
    for (const std::string& event : lines.feed(bytes)) text += event + "\n";
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  return text;
}

Result<void> fill(const std::string& folder, const admin::DaemonAddress& daemon) {
  std::string missing;
  const auto put = [&](const char* file, const Result<std::string>& text) -> Result<void> {
    if (text) return store::replace_file(folder, file, *text);
    missing += std::string(file) + ": " + to_string(text.error()) + "\n";
    return {};
  };
  for (const Document& document : kDocuments) {
    if (auto done = put(document.file, body_of(daemon, document.target)); !done) return done;
  }
  if (auto done = put("events.jsonl", events_of(daemon)); !done) return done;
  if (auto done = put("version.txt", version_text() + "\n"); !done) return done;
  return missing.empty() ? Result<void>{} : store::replace_file(folder, "missing.txt", missing);
}

}  // namespace

int make_bundle(const Arguments& arguments, Console console) {
  const auto daemon = reach_daemon(arguments);
  if (!daemon) return complain(console, daemon.error());
  // A daemon that does not answer at all leaves no folder behind.
  if (const auto alive = body_of(*daemon, "/livez"); !alive) return complain(console, alive.error());
  const std::string folder = arguments.ask.folder.empty() ? fresh_name() : arguments.ask.folder;
  if (::mkdir(folder.c_str(), 0700) != 0) {
    return complain(console, {ErrorCode::Io, folder, "cannot make this folder; it must be a new one"});
  }
  if (const auto done = fill(folder, *daemon); !done) return complain(console, done.error());
  console.out << folder << "\n";
  return kOk;
}

}  // namespace syncer::cli
