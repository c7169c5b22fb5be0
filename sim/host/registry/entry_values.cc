// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/entry_values.h"

#include "syncer/base/ids.h"

namespace sim::host {

std::string text_in(const Texts& metadata, const char* key, const std::string& otherwise) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? otherwise : found->second;
}

std::optional<CopyMark> mark_in(const Texts& metadata) {
  if (!metadata.contains("syncer.region")) return std::nullopt;
  const auto epoch = syncer::parse_epoch(text_in(metadata, "syncer.epoch"));
  return CopyMark{text_in(metadata, "syncer.region"), text_in(metadata, "syncer.instance"),
                  epoch.value_or(syncer::Epoch{})};
}

std::string version_in(const Texts& metadata) {
  const std::string version = text_in(metadata, "version");
  const bool fits = !version.empty() && version.find_first_not_of("0123456789.") == std::string::npos;
  return fits ? version : kDefaultVersion;
}

EndpointParts parts_of(const std::string& endpoint) {
  EndpointParts out;
  const std::size_t scheme = endpoint.find("://");
  out.scheme = scheme == std::string::npos ? "" : endpoint.substr(0, scheme);
  std::string rest = scheme == std::string::npos ? endpoint : endpoint.substr(scheme + 3);
  out.secure = out.scheme == "https" || rest.find("sslEnabled=true") != std::string::npos;
  rest = rest.substr(0, rest.find_first_of("/?"));
  const std::size_t colon = rest.rfind(':');
  out.host = rest.substr(0, colon);
  if (colon != std::string::npos) out.port = rest.substr(colon + 1);
  return out;
}

}  // namespace sim::host
