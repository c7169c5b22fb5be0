// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/json/json_writer.h"

#include <array>
#include <cstddef>

namespace mocksc {
namespace {

constexpr std::string_view kReplacement = "\\ufffd";

void append_control(std::string& out, unsigned char c) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u00";
  out.push_back(kDigits[c >> 4U]);
  out.push_back(kDigits[c & 15U]);
}

/// Octets of the UTF-8 character at the front of `text`; 0 when it is broken.
std::size_t utf8_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) return 0;
  }
  return length;
}

/// Line and paragraph separators end a line in JavaScript, so Go escapes them.
bool is_line_separator(std::string_view character) {
  return character == "\xe2\x80\xa8" || character == "\xe2\x80\xa9";
}

constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
  return plain;
}();
bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

void append_ascii(std::string& out, char c) {
  switch (c) {
    case '"':
    case '\\':
      out.push_back('\\');
      out.push_back(c);
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      append_control(out, static_cast<unsigned char>(c));
  }
}

/// Appends the character at the front of `text` and gives back how many octets it took.
std::size_t append_character(std::string& out, std::string_view text) {
  if (static_cast<unsigned char>(text.front()) < 0x80) {
    append_ascii(out, text.front());
    return 1;
  }
  const std::size_t length = utf8_length(text);
  if (length == 0) {
    out += kReplacement;
    return 1;
  }
  if (is_line_separator(text.substr(0, length))) {
    out += text[2] == '\xa8' ? "\\u2028" : "\\u2029";
  } else {
    out += text.substr(0, length);
  }
  return length;
}

void write(JsonWriter& out, const HealthCheck& check) {
  out.open_object("healthCheck");
  out.text("mode", check.mode);
  out.number("port", check.port);
  out.number("interval", check.interval);
  out.number("times", check.times);
  out.text("url", check.url);
  out.close_object();
}

void write(JsonWriter& out, const DataCenter& center) {
  out.open_object("dataCenterInfo");
  out.text("name", center.name);
  out.text("region", center.region);
  out.text("availableZone", center.available_zone);
  out.close_object();
}

void write_paths(JsonWriter& out, const std::vector<ServicePath>& paths) {
  if (paths.empty()) return;
  out.open_array("paths");
  for (const ServicePath& path : paths) {
    out.open_object();
    out.text("path", path.path);
    out.map("property", path.property);
    out.close_object();
  }
  out.close_array();
}

void write_providers(JsonWriter& out, const std::vector<ServiceKey>& providers) {
  if (providers.empty()) return;
  out.open_array("providers");
  for (const ServiceKey& key : providers) {
    out.open_object();
    out.text("tenant", key.tenant);
    out.text("environment", key.environment);
    out.text("appId", key.app_id);
    out.text("serviceName", key.service_name);
    out.text("alias", key.alias);
    out.text("version", key.version);
    out.close_object();
  }
  out.close_array();
}

}  // namespace

void JsonWriter::separate() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':') out_.push_back(',');
}

void JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
}

void JsonWriter::open(std::string_view name, char bracket) {
  key(name);
  out_.push_back(bracket);
}

void JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  out_.push_back(':');
}

void JsonWriter::quote(std::string_view value) {
  out_.push_back('"');
  while (!value.empty()) {
    std::size_t plain = 0;
    while (plain < value.size() && is_plain(value[plain])) ++plain;
    out_ += value.substr(0, plain);
    value.remove_prefix(plain);
    if (!value.empty()) value.remove_prefix(append_character(out_, value));
  }
  out_.push_back('"');
}

void JsonWriter::text(std::string_view name, std::string_view value) {
  if (!value.empty()) text_always(name, value);
}

void JsonWriter::number(std::string_view name, std::int64_t value) {
  if (value != 0) number_always(name, value);
}

void JsonWriter::texts(std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  open_array(name);
  for (const std::string& value : values) element_text(value);
  close_array();
}

void JsonWriter::map(std::string_view name, const Properties& values) {
  if (values.empty()) return;
  open_object(name);
  for (const auto& [member, value] : values) text_always(member, value);
  close_object();
}

void JsonWriter::text_always(std::string_view name, std::string_view value) {
  key(name);
  quote(value);
}

void JsonWriter::number_always(std::string_view name, std::int64_t value) {
  key(name);
  out_ += std::to_string(value);
}

void JsonWriter::boolean(std::string_view name, bool value) {
  key(name);
  out_ += value ? "true" : "false";
}

void JsonWriter::raw(std::string_view name, std::string_view json) {
  key(name);
  out_ += json;
}

void JsonWriter::element_raw(std::string_view json) {
  separate();
  out_ += json;
}

void JsonWriter::element_text(std::string_view value) {
  separate();
  quote(value);
}

void JsonWriter::element_number(std::int64_t value) {
  separate();
  out_ += std::to_string(value);
}

void write(JsonWriter& out, const Service& service) {
  out.open_object();
  out.text("serviceId", service.service_id);
  out.text("appId", service.app_id);
  out.text("serviceName", service.service_name);
  out.text("version", service.version);
  out.text("description", service.description);
  out.text("level", service.level);
  out.texts("schemas", service.schemas);
  write_paths(out, service.paths);
  out.text("status", service.status);
  out.map("properties", service.properties);
  out.text("timestamp", service.timestamp);
  write_providers(out, service.providers);
  out.text("alias", service.alias);
  out.map("LBStrategy", service.lb_strategy);
  out.text("modTimestamp", service.mod_timestamp);
  out.text("environment", service.environment);
  out.text("registerBy", service.register_by);
  if (service.framework) {
    out.open_object("framework");
    out.text("name", service.framework->name);
    out.text("version", service.framework->version);
    out.close_object();
  }
  out.close_object();
}

void write(JsonWriter& out, const Instance& instance) {
  out.open_object();
  out.text("instanceId", instance.instance_id);
  out.text("serviceId", instance.service_id);
  out.texts("endpoints", instance.endpoints);
  out.text("hostName", instance.host_name);
  out.text("status", instance.status);
  out.map("properties", instance.properties);
  if (instance.health_check) write(out, *instance.health_check);
  out.text("timestamp", instance.timestamp);
  if (instance.data_center) write(out, *instance.data_center);
  out.text("modTimestamp", instance.mod_timestamp);
  out.text("version", instance.version);
  out.close_object();
}

std::string render(const Service& service) {
  std::string out;
  JsonWriter writer(out);
  write(writer, service);
  return out;
}

std::string render(const Instance& instance) {
  std::string out;
  JsonWriter writer(out);
  write(writer, instance);
  return out;
}

}  // namespace mocksc
