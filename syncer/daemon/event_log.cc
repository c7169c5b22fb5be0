// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/event_log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "syncer/base/printable.h"
#include "syncer/registry/record.h"

namespace syncer::daemon {
namespace {

// --- text of events ---

using nlohmann::ordered_json;

std::string json_text(std::string_view text) {
  return ordered_json(text).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// The same in ASCII: for terminals, which some characters command.
std::string terminal_text(std::string_view text) {
  return ordered_json(text).dump(-1, ' ', true, ordered_json::error_handler_t::replace);
}

bool needs_quotes(std::string_view text) {
  const auto odd = [](char c) {
    return c == '"' || c == '=' || c <= ' ' || c >= 0x7f;
  };  // chars from 0x80 on are either
  return text.empty() || std::any_of(text.begin(), text.end(), odd);
}

/// Keys of records are bytes; people read names.
std::string readable(const Field& field) {
  const bool record = field.key == "key" && registry::decode_key(field.text);
  return record ? registry::readable_key(field.text) : std::string(field.text);
}

// --- repeated troubles ---

/// A trouble that goes on is logged again after this.
constexpr Duration kQuiet = std::chrono::minutes(1);
/// More different troubles than this at once: start over instead of growing.
constexpr std::size_t kLimit = 1024;
/// Different troubles of one kind that are logged in that time: whoever makes up names floods no log.
constexpr std::size_t kMostOfAKind = 60;

/// Recovery, and the trouble it ends.
constexpr std::array<std::pair<EventKind, EventKind>, 6> kRecoveries = {{
    {EventKind::RegistryUp, EventKind::RegistryDown},
    {EventKind::LinkUp, EventKind::LinkDown},
    {EventKind::LinkUp, EventKind::DialFailed},
    {EventKind::JoinSucceeded, EventKind::JoinFailed},
    {EventKind::CopyAccepted, EventKind::CopyRejected},
    {EventKind::GuardReleased, EventKind::GuardTripped},
}};

/// What makes two troubles the same one: the texts, but not who was refused, since a stranger comes under many names.
std::string text_of(const Event& event) {
  std::string key(name(event.kind));
  for (const Field& field : event.fields) {
    const bool counts = event.kind != EventKind::PeerRefused || field.key == "reason";
    if (!field.is_number && counts) key.append("\x1f").append(field.text);
  }
  return key;
}

// --- log lines ---

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum level(Severity severity) { return static_cast<spdlog::level::level_enum>(severity); }
static_assert(static_cast<int>(Severity::Trace) == SPDLOG_LEVEL_TRACE);
static_assert(static_cast<int>(Severity::Error) == SPDLOG_LEVEL_ERROR);

bool use_json(config::LogFormat format) {
  if (format == config::LogFormat::Auto) return ::isatty(STDERR_FILENO) == 0;
  return format == config::LogFormat::Json;
}

}  // namespace

std::string event_as_text(std::string_view name, std::string_view message, std::span<const Field> fields) {
  std::string out(name);
  if (!message.empty()) out.append(": ").append(printable(message));
  for (const Field& field : fields) {
    out.append(" ").append(field.key).append("=");
    if (field.is_number) {
      out += std::to_string(field.number);
    } else {
      const std::string text = readable(field);
      out += needs_quotes(text) ? terminal_text(text) : text;
    }
  }
  return out;
}

std::string event_as_json(std::string_view name, std::string_view message, std::span<const Field> fields) {
  std::string out = "\"event\":" + json_text(name);
  if (!message.empty()) out += ",\"message\":" + json_text(message);
  for (const Field& field : fields) {
    out += "," + json_text(field.key) + ":" +
           (field.is_number ? std::to_string(field.number) : json_text(readable(field)));
  }
  return out;
}

Severity log_severity(EventKind kind, Severity severity) {
  switch (kind) {
    case EventKind::EntryAppended:
    case EventKind::EntryApplied:
    case EventKind::Exported:
    case EventKind::Unexported:
    case EventKind::CopyRegistered:
    case EventKind::CopyUpdated:
    case EventKind::CopyRemoved:
      return std::min(severity, Severity::Debug);
    default:
      return severity;
  }
}

std::optional<std::uint64_t> RepeatFilter::pass(const Event& event) {
  for (const auto& [recovery, trouble] : kRecoveries) {
    if (event.kind == recovery) forget(trouble);
  }
  if (event.severity < Severity::Warning) return 0;
  if (seen_.size() >= kLimit) seen_.clear();
  const auto [entry, is_new] = seen_.try_emplace(text_of(event), Seen{event.at});
  Seen& seen = entry->second;
  if (!is_new && event.at - seen.at < kQuiet) {
    ++seen.left_out;
    return std::nullopt;
  }
  Turn& turn = turns_.try_emplace(event.kind, Turn{event.at}).first->second;
  if (event.at - turn.since >= kQuiet) turn = {event.at, 0, turn.left_out};
  if (turn.passed >= kMostOfAKind) {
    ++turn.left_out;
    return std::nullopt;
  }
  ++turn.passed;
  seen.at = event.at;
  return std::exchange(seen.left_out, 0) + std::exchange(turn.left_out, 0);
}

void RepeatFilter::forget(EventKind kind) {
  const std::string begin(name(kind));
  const auto belongs = [&](const std::string& key) {
    return key.compare(0, begin.size(), begin) == 0 && (key.size() == begin.size() || key[begin.size()] == '\x1f');
  };
  for (auto it = seen_.begin(); it != seen_.end();) it = belongs(it->first) ? seen_.erase(it) : std::next(it);
}

struct EventLog::Sink {
  explicit Sink(bool json) : logger("syncer", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_level(spdlog::level::trace);
    logger.flush_on(spdlog::level::trace);
    logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(json ? kJsonPattern : kTextPattern,
                                                                     spdlog::pattern_time_type::utc));
  }
  spdlog::logger logger;
  RepeatFilter repeats;
};

EventLog::EventLog(Severity least, config::LogFormat format)
    : least_(least), json_(use_json(format)), sink_(std::make_unique<Sink>(json_)) {}
EventLog::~EventLog() = default;

void EventLog::on_event(const Event& event) {
  const Severity severity = log_severity(event.kind, event.severity);
  const auto left_out = sink_->repeats.pass(event);
  if (severity < least_ || !left_out) return;
  std::vector<Field> fields(event.fields.begin(), event.fields.end());
  if (*left_out > 0) fields.emplace_back("repeated", *left_out);
  write(severity, name(event.kind), "", fields);
}

void EventLog::say(Severity severity, std::string_view name, std::string_view message,
                   std::initializer_list<Field> fields) {
  if (severity >= least_) write(severity, name, message, {fields.begin(), fields.size()});
}

void EventLog::write(Severity severity, std::string_view name, std::string_view message,
                     std::span<const Field> fields) {
  const std::string line = json_ ? event_as_json(name, message, fields) : event_as_text(name, message, fields);
  sink_->logger.log(level(severity), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace syncer::daemon
