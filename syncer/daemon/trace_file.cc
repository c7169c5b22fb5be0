// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/trace_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "syncer/config/daemon_config.h"

namespace syncer::daemon {
namespace {

void quote(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += "\\u00";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

void put(std::string& out, std::string_view key, std::string_view text) {
  if (out.back() != '{') out += ',';
  quote(out, key);
  out += ':';
  quote(out, text);
}

void put_number(std::string& out, std::string_view key, std::int64_t number) {
  if (out.back() != '{') out += ',';
  quote(out, key);
  out += ':';
  out += std::to_string(number);
}

Error io_error(const std::string& path, const char* doing) {
  return {ErrorCode::Io, path, std::string("cannot ") + doing + ": " + std::generic_category().message(errno)};
}

}  // namespace

std::string trace_line(std::string_view node, const Event& event) {
  std::string out = "{";
  put(out, "node", node);
  put_number(out, "at", nanos(event.at));
  put(out, "event", name(event.kind));
  put(out, "severity", config::severity_text(event.severity));
  out += ",\"fields\":{";
  for (const Field& field : event.fields) {
    if (field.is_number) {
      put_number(out, field.key, field.number);
    } else {
      put(out, field.key, field.text);
    }
  }
  return out += "}}";
}

Result<std::unique_ptr<TraceFile>> TraceFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return tl::unexpected(io_error(path, "open the trace"));
  return std::unique_ptr<TraceFile>(new TraceFile(path, descriptor));
}

TraceFile::~TraceFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> TraceFile::begin(const node::NodeConfig& node, Instant now, std::int64_t wall, std::string_view version) {
  std::string out = "{";
  put_number(out, "trace", 1);
  put(out, "node", node.node);
  put(out, "region", node.region);
  put(out, "mode", node.mode == node::Mode::Cluster ? "cluster" : "single");
  put(out, "kind", node.registry.kind);
  put(out, "gossip", to_string(node.gossip_address));
  put(out, "version", version);
  put_number(out, "at", nanos(now));
  put_number(out, "wall", wall);
  return write(out += "}");
}

Result<void> TraceFile::note(std::string_view node, const Event& event) { return write(trace_line(node, event)); }

Result<void> TraceFile::write(std::string line) {
  if (is_over()) return {};
  line += '\n';
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written > 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0 || errno != EINTR) {
      Error error = io_error(path_, "go on with the trace");
      ::close(std::exchange(descriptor_, -1));
      return tl::unexpected(std::move(error));
    }
  }
  return {};
}

}  // namespace syncer::daemon
