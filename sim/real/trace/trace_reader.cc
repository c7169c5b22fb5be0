// SPDX-License-Identifier: Apache-2.0
#include "sim/real/trace/trace_reader.h"

#include <algorithm>

namespace sim::real {

using syncer::ErrorCode;
using syncer::Result;

using Next = Result<std::optional<TimedEntry>>;

namespace {
constexpr std::size_t kLongestLine = 1 << 20;
}  // namespace

Result<std::unique_ptr<TraceReader>> TraceReader::open(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return syncer::failure(ErrorCode::Io, path, "cannot be read");
  return std::unique_ptr<TraceReader>(new TraceReader(path, std::move(file)));
}

Next TraceReader::wrong(const std::string& detail) const {
  return syncer::failure(ErrorCode::Invalid, path_ + ":" + std::to_string(line_), detail);
}

Next TraceReader::next() {
  for (std::string line; std::getline(file_, line);) {
    ++line_;
    if (file_.eof()) return std::optional<TimedEntry>();
    if (line.size() > kLongestLine) return wrong("no line of a trace is so long");
    auto entry = parse_trace_line(line);
    if (!entry) return wrong(entry.error().detail);
    if (!*entry) continue;
    if (const auto* start = std::get_if<TracedStart>(&**entry)) {
      offsets_[start->node] = start->wall - syncer::nanos(start->at);
      return std::optional(TimedEntry{start->wall, std::move(**entry)});
    }
    const auto& event = std::get<TracedEvent>(**entry);
    const auto offset = offsets_.find(event.node());
    if (offset == offsets_.end()) {
      return wrong("an event of \"" + event.node() + "\" stands before the line that says when it started");
    }
    const std::int64_t wall = offset->second + syncer::nanos(event.at());
    return std::optional(TimedEntry{wall, std::move(**entry)});
  }
  return std::optional<TimedEntry>();
}

Result<MergedTraces> MergedTraces::open(const std::vector<std::string>& paths) {
  MergedTraces merged;
  for (const std::string& path : paths) {
    auto reader = TraceReader::open(path);
    if (!reader) return tl::unexpected(reader.error());
    auto first = (*reader)->next();
    if (!first) return tl::unexpected(first.error());
    merged.sources_.push_back({std::move(*reader), std::move(*first)});
  }
  return merged;
}

Next MergedTraces::next() {
  Source* earliest = nullptr;
  for (Source& source : sources_) {
    if (!source.entry) continue;
    if (earliest == nullptr || source.entry->wall < earliest->entry->wall) earliest = &source;
  }
  if (earliest == nullptr) return std::optional<TimedEntry>();
  auto following = earliest->reader->next();
  if (!following) return tl::unexpected(following.error());
  std::optional<TimedEntry> entry = std::exchange(earliest->entry, std::move(*following));
  return entry;
}

}  // namespace sim::real
