// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/event_log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
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

// --- log lines ---

/// The priority of syslog(3) before a line, for the journal.
class Priority final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    constexpr std::string_view kPriorities = "776433";
    const std::array<char, 3> text = {'<', kPriorities.at(static_cast<std::size_t>(message.level)), '>'};
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override { return std::make_unique<Priority>(); }
};

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
  return is_about_one_instance(kind) ? std::min(severity, Severity::Debug) : severity;
}

std::string wall_time_text(std::chrono::system_clock::time_point time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(time - whole).count();
  std::snprintf(text.data() + size, text.size() - size, ".%03dZ", static_cast<int>(rest));
  return text.data();
}

bool is_read_by_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat about {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &about) != 0) return false;
  return stream == std::to_string(about.st_dev) + ":" + std::to_string(about.st_ino);
}

struct EventLog::Sink {
  explicit Sink(bool json) : logger("syncer", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_level(spdlog::level::trace);
    logger.flush_on(spdlog::level::trace);
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    const std::string pattern = json ? kJsonPattern : kTextPattern;
    formatter->add_flag<Priority>('*').set_pattern(is_read_by_journal() ? "%*" + pattern : pattern);
    logger.set_formatter(std::move(formatter));
  }
  spdlog::logger logger;
  RepeatFilter repeats;
};

EventLog::EventLog(Severity least, config::LogFormat format)
    : least_(least), json_(use_json(format)), sink_(std::make_unique<Sink>(json_)) {}
EventLog::~EventLog() = default;

void EventLog::on_event(const Event& event) {
  const Severity severity = log_severity(event.kind, event.severity);
  tally_.count(event);
  const auto left_out = sink_->repeats.pass(event);
  if (!left_out) return;
  std::vector<Field> fields(event.fields.begin(), event.fields.end());
  if (*left_out > 0) fields.emplace_back("repeated", *left_out);
  if (event.severity >= Severity::Info) keep(event.severity, name(event.kind), "", fields, severity < event.severity);
  if (severity >= least_) write(severity, name(event.kind), "", fields);
}

void EventLog::trace(std::string_view node, const Event& event) {
  if (!traces(event.severity) || trace_->is_over()) return;
  if (const auto noted = trace_->note(node, event); !noted)
    say(Severity::Error, "daemon.warning", "the trace ends here", {{"reason", to_string(noted.error())}});
}

void EventLog::advance(Instant now) {
  const auto counts = tally_.take(now);
  if (!counts || least_ < Severity::Info) return;  // each was logged
  const CopyTally::Counts sum = total(*counts);
  say(Severity::Info, "copies.changed", "",
      {{"registered", sum.registered},
       {"updated", sum.updated},
       {"removed", sum.removed},
       {"regions", std::string_view(to_string(*counts))}});
}

void EventLog::say(Severity severity, std::string_view name, std::string_view message,
                   std::initializer_list<Field> fields) {
  keep(severity, name, message, {fields.begin(), fields.size()}, false);
  if (severity >= least_) write(severity, name, message, {fields.begin(), fields.size()});
}

void EventLog::keep(Severity severity, std::string_view name, std::string_view message, std::span<const Field> fields,
                    bool single) {
  if (!keep_) return;
  Said said{severity, std::string(name), "", "", single};
  for (const Field& field : fields) {
    if (field.key == "region") said.region = field.text;
  }
  said.inside = "\"time\":\"" + wall_time_text(std::chrono::system_clock::now()) + "\",\"level\":\"" +
                std::string(config::severity_text(severity)) + "\"," + event_as_json(name, message, fields);
  keep_(std::move(said));
}

void EventLog::write(Severity severity, std::string_view name, std::string_view message,
                     std::span<const Field> fields) {
  const std::string line = json_ ? event_as_json(name, message, fields) : event_as_text(name, message, fields);
  sink_->logger.log(level(severity), spdlog::string_view_t(line.data(), line.size()));
}

void EventCounter::on_event(const Event& event) {
  ++counts_[static_cast<std::size_t>(event.kind)];
  log_.trace(node_, event);
  if (side_.empty()) return log_.on_event(event);
  std::vector<Field> fields = {{"side", side_}};
  fields.insert(fields.end(), event.fields.begin(), event.fields.end());
  log_.on_event({event.at, event.kind, event.severity, fields});
}

}  // namespace syncer::daemon
