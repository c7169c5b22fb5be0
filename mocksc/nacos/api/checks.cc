// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/api/checks.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mocksc/nacos/api/answers.h"
#include "syncer/base/quantity.h"

namespace mocksc::nacos {
namespace {

using syncer::HttpResponse;
using Problem = std::optional<HttpResponse>;

constexpr std::size_t kMaxMetadata = 1024;
constexpr const char* kIllegalSigns = "illegal characters should not appear in the param.";

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool all_of(const std::string& text, std::string_view further) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_word(c) || further.find(c) != std::string_view::npos; });
}

/// White space, or a sign of U+4E00 to U+9FA5: three bytes, the first one E4 to E9.
bool has_space_or_cjk(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == ' ' || (byte >= 9 && byte <= 13) || (byte >= 0xe4 && byte <= 0xe9);
  });
}

Problem illegal(const Call& call, const std::string& name, const std::string& what) {
  return illegal_parameter(call, "Param '" + name + "' is illegal, " + what);
}

Problem check_text(const Call& call, const std::string& name, const std::string& value, std::size_t longest,
                   bool is_good) {
  if (value.size() > longest)
    return illegal(call, name, "the param length should not exceed " + std::to_string(longest) + ".");
  return is_good ? Problem() : illegal(call, name, kIllegalSigns);
}

Problem check_port(const Call& call) {
  const std::string& text = call.parameters.text("port");
  if (text.empty() || syncer::parse_number(text, 65535)) return std::nullopt;
  return illegal(call, "port", "the value should be between 0 and 65535.");
}

Problem check_metadata(const Call& call) {
  const auto metadata = parse_metadata(call.parameters.text("metadata"), true);
  if (!metadata) return std::nullopt;  // of another kind of error
  std::size_t size = 0;
  for (const auto& [key, value] : *metadata) size += key.size() + value.value_or("").size();
  if (size <= kMaxMetadata) return std::nullopt;
  return illegal(call, "Metadata", "the param length should not exceed " + std::to_string(kMaxMetadata) + ".");
}

Problem check_names(const Call& call) {
  const Parameters& all = call.parameters;
  if (Problem bad =
          check_text(call, "namespaceId/tenant", all.text("namespaceId"), 64, all_of(all.text("namespaceId"), "_-")))
    return bad;
  std::string name = all.text("serviceName");
  std::string group = all.text("groupName");
  if (const std::size_t sign = name.find("@@"); sign != std::string::npos && sign > 0) {
    group = name.substr(0, sign);
    name = name.substr(sign + 2);
  }
  const bool is_good = !has_space_or_cjk(name) && !name.starts_with('@') && name.find("@@") == std::string::npos;
  if (Problem bad = check_text(call, "serviceName", name, 512, is_good)) return bad;
  if (Problem bad = check_text(call, "group", group, 128, all_of(group, "_-.:"))) return bad;
  const std::string cluster = all.text("clusterName");
  return check_text(call, "cluster", cluster, 64, all_of(cluster, "_-"));
}

/// A value of a plain kind as text; nothing for lists and objects.
std::optional<std::string> plain_text(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return std::nullopt;
}

auto bad_metadata(const std::string& text) {
  return syncer::failure(syncer::ErrorCode::Invalid, "metadata", "metadata format incorrect:" + text);
}

syncer::Result<Metadata> parse_pairs(const std::string& text) {
  Metadata out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string pair = text.substr(at, end - at);
    const std::size_t sign = pair.find('=');
    if (sign == std::string::npos || pair.find('=', sign + 1) != std::string::npos) return bad_metadata(text);
    out.insert_or_assign(pair.substr(0, sign), pair.substr(sign + 1));
    at = end + 1;
  }
  return out;
}

}  // namespace

Problem check_parameters(const Call& call) {
  if (call.is_first()) return std::nullopt;
  if (Problem bad = check_names(call)) return bad;
  const std::string& ip = call.parameters.text("ip");
  if (Problem bad = check_text(call, "ip", ip, 128, !has_space_or_cjk(ip))) return bad;
  if (Problem bad = check_port(call)) return bad;
  return check_metadata(call);
}

Problem check_service_name(const Call& call) {
  const std::string& name = call.parameters.text("serviceName");
  const std::string form = "Param 'serviceName' is illegal, it should be format as 'groupName@@serviceName'";
  if (call.api == Api::V1 && (name.starts_with("@@") || name.ends_with("@@"))) {
    if (call.is_first()) return text_error(call, 400, form);
    return spring_error(call, 400, "Bad Request", "Service name filter error,caused: " + form + ";");
  }
  if (!call.is_first() || call.method == "GET" || all_of(name, "-._:@")) return std::nullopt;
  return text_error(call, 400,
                    "dom name can only have these characters: 0-9a-zA-Z-._:, current: " + call.service().full());
}

syncer::Result<Metadata> parse_metadata(const std::string& text, bool keep_nulls) {
  if (text.empty()) return Metadata{};
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object()) return parse_pairs(text);
  Metadata out;
  for (const auto& [key, value] : document.items()) {
    const auto plain = plain_text(value);
    if (!plain && !value.is_null()) return bad_metadata(text);
    if (plain || keep_nulls) out.emplace(key, plain);
  }
  return out;
}

}  // namespace mocksc::nacos
