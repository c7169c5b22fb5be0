// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/names.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/quantity.h"
#include "syncer/registry/mapping.h"

namespace syncer::registry::nacos {
namespace {

constexpr std::size_t kLongestName = 512;
constexpr std::size_t kLongestGroup = 128;

/// Nothing but '#' and '%' is written in another way, so that people can read it.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '#')
      out += "%23";
    else if (c == '%')
      out += "%25";
    else
      out += c;
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size();
    out += is_escape ? (text[i + 2] == '3' ? '#' : '%') : text[i];
    if (is_escape) i += 2;
  }
  return out;
}

bool are_all_of(const std::string& text, std::string_view further) {
  return std::all_of(text.begin(), text.end(), [further](char c) {
    const bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_word || further.find(c) != std::string_view::npos;
  });
}

Result<void> misfit(const std::string& what, const std::string& text, const std::string& reason) {
  return failure(ErrorCode::Refused, what, "\"" + text + "\" " + reason);
}

}  // namespace

std::string space_of(const std::string& project) {
  return project == kDefaultApp || project == "public" ? std::string() : project;
}

std::string entry_id(const Address& address) {
  return address.cluster + "#" + address.ip + "#" + std::to_string(address.port);
}

std::optional<Address> address_of(const std::string& entry_id) {
  const std::size_t first = entry_id.find('#');
  const std::size_t last = entry_id.rfind('#');
  if (first == std::string::npos || first == last) return std::nullopt;
  const auto port = parse_number(std::string_view(entry_id).substr(last + 1), 65535);
  if (!port) return std::nullopt;
  return Address{entry_id.substr(0, first), entry_id.substr(first + 1, last - first - 1),
                 static_cast<std::uint16_t>(*port)};
}

/// The two defaults stand for each other. So each of the two names that is no default where it stands, a group
/// "default" and an application "DEFAULT_GROUP", has the other one's place, and no two groups are one application.
Service service_of(const ServiceKey& key) {
  const bool is_default = key.app == kDefaultApp || key.app.empty();
  const bool is_swapped = key.app == kDefaultGroup && !SYNCER_MUTATED("nacos.mix_the_two_default_groups");
  return {key.space, is_default ? kDefaultGroup : is_swapped ? std::string(kDefaultApp) : key.app, key.name};
}

ServiceKey key_of(const Service& service, const std::string& version) {
  const bool is_swapped = service.group == kDefaultApp && !SYNCER_MUTATED("nacos.mix_the_two_default_groups");
  const std::string app = service.group == kDefaultGroup ? std::string(kDefaultApp)
                          : is_swapped                   ? std::string(kDefaultGroup)
                                                         : service.group;
  return {service.space, "", app, service.name, version};
}

ServiceRef ref_of(const Service& service, const ServiceKey& key) {
  std::string id = escaped(service.full()) + "#" + escaped(key.version);
  if (key != key_of(service, key.version)) {
    for (const std::string* part : {&key.environment, &key.app, &key.name}) id += "#" + escaped(*part);
  }
  return {service.space, std::move(id)};
}

std::optional<Service> service_behind(const ServiceRef& ref) {
  const std::string full = unescaped(ref.id.str().substr(0, ref.id.str().find('#')));
  const std::size_t sign = full.find("@@");
  if (sign == std::string::npos) return std::nullopt;
  return Service{ref.space, full.substr(0, sign), full.substr(sign + 2)};
}

Result<void> check_names(const Service& service) {
  if (service.name.empty() || service.name.size() > kLongestName)
    return misfit("service name", service.name.substr(0, 64), "is empty or has over 512 characters");
  if (service.name.starts_with('@') || service.name.find("@@") != std::string::npos)
    return misfit("service name", service.name, "has an @ where Nacos takes it for the end of the group");
  if (!are_all_of(service.name, "@._:-"))
    return misfit("service name", service.name, "has signs besides letters, digits and @ . _ : -");
  if (service.group.empty() || service.group.size() > kLongestGroup)
    return misfit("group", service.group.substr(0, 64), "is empty or has over 128 characters");
  if (!are_all_of(service.group, "_.:-"))
    return misfit("group", service.group, "has signs besides letters, digits and _ . : -");
  return {};
}

}  // namespace syncer::registry::nacos
