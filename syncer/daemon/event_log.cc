// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/event_log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <vector>

#include "syncer/daemon/event_text.h"
#include "syncer/daemon/repeat_filter.h"

namespace syncer::daemon {
namespace {

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
