// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/answers.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "syncer/base/mutation.h"
#include "syncer/json/document.h"

namespace syncer::registry::nacos {
namespace {

using json::Document;
using json::Value;

constexpr std::size_t kLongestReason = 200;
/// What the call for one instance says of one that is not there.
constexpr std::array<std::string_view, 3> kAbsent = {"no service ", "no ips found", "no matched ip found"};

Error error_of(const HttpResponse& answer) {
  const std::string where = "HTTP " + std::to_string(answer.status);
  std::string reason = answer.body.substr(0, kLongestReason);
  while (!reason.empty() && (reason.back() == '\n' || reason.back() == '\r')) reason.pop_back();
  const int status = answer.status;
  if (status == 410 || status == 501 || status == 404) return {ErrorCode::Unsupported, where, std::move(reason)};
  if (reason.find("length should not exceed 1024") != std::string::npos)
    return {ErrorCode::TooLarge, where, std::move(reason)};
  // Of an unknown user and of a server that is not UP alike, nobody knows what the call would have shown.
  const bool is_unknown_user = status == 401 || status == 403;
  if (status >= 500 || status == 429 || status < 200 || is_unknown_user)
    return {ErrorCode::Unreachable, where, std::move(reason)};
  return {ErrorCode::Refused, where, std::move(reason)};
}

auto corrupt(const char* what) { return failure(ErrorCode::Corrupt, what, "the answer is not of the known form"); }

/// The good answer, or why there is none.
Result<const HttpResponse*> good(const RawAnswer& raw) {
  if (!raw) return tl::make_unexpected(raw.error());
  if (raw->status != 200) return tl::make_unexpected(error_of(*raw));
  return &*raw;
}

Result<Document> document_of(const RawAnswer& raw, const char* what) {
  const auto answer = good(raw);
  if (!answer) return tl::make_unexpected(answer.error());
  auto document = Document::parse((*answer)->body);
  if (!document) return corrupt(what);
  return std::move(*document);
}

std::optional<std::string> text_of(const Value& object, const char* name) {
  const Value* member = object.find(name);
  return member != nullptr && member->is_text() ? std::optional(std::string(member->text())) : std::nullopt;
}

std::optional<bool> flag_of(const Value& object, const char* name) {
  const Value* member = object.find(name);
  return member != nullptr && member->is_boolean() ? std::optional(member->text() == "true") : std::nullopt;
}

/// "2.50" and "1.0" in the shortest way: "2.5", "1".
std::string short_number(std::string text) {
  if (text.find('.') == std::string::npos || text.find_first_of("eE") != std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

/// A server that was told a weight of NaN took it, and shows it as a text: no number is the ordinary weight.
std::optional<std::string> weight_of(const Value& host) {
  const Value* weight = host.find("weight");
  if (weight == nullptr) return std::nullopt;
  if (weight->type() == json::Type::Number) return short_number(std::string(weight->text()));
  const bool is_readable = weight->is_text() && !SYNCER_MUTATED("nacos.read_no_list_with_an_odd_weight");
  return is_readable ? std::optional<std::string>("1") : std::nullopt;
}

/// Nothing when they are no texts; nulls are left out, as a 1.x server does.
std::optional<Metadata> metadata_of(const Value& object) {
  const Value* member = object.find("metadata");
  Metadata metadata;
  if (member == nullptr || member->is_null()) return metadata;
  if (!member->is_object()) return std::nullopt;
  for (const Value& value : *member) {
    if (value.is_null()) continue;
    if (!value.is_text()) return std::nullopt;
    metadata.emplace(std::string(value.name()), std::string(value.text()));
  }
  return metadata;
}

/// A host of a list, of the catalog or of the call for one: they have these members in common.
std::optional<Shown> host_of(const Value& host, const Service& service, const std::string& cluster) {
  const auto ip = text_of(host, "ip");
  const Value* port = host.find("port");
  const auto weight = weight_of(host);
  auto metadata = metadata_of(host);
  const auto healthy = host.find("valid") != nullptr ? flag_of(host, "valid") : flag_of(host, "healthy");
  if (!ip || port == nullptr || !port->integer() || !weight || !metadata || !healthy) return std::nullopt;
  // A 1.x server takes any number for a port; what is none answers nowhere, and is shown as that.
  const std::int64_t number = *port->integer();
  const auto usable = static_cast<std::uint16_t>(number >= 0 && number <= 65535 ? number : 0);
  return Shown{service,  {cluster, *ip, usable}, *weight, flag_of(host, "enabled").value_or(true),
               *healthy, std::move(*metadata)};
}

bool add_cluster(const Value& cluster, const Service& service, std::vector<Shown>& out) {
  const Value* hosts = cluster.find("hosts");
  if (hosts == nullptr || !hosts->is_list()) return false;
  for (const Value& host : *hosts) {
    auto shown = host_of(host, service, std::string(cluster.name()));
    if (!shown) return false;
    out.push_back(std::move(*shown));
  }
  return true;
}

bool add_services(const Value& list, const std::string& space, CatalogPage& out) {
  if (!list.is_list()) return false;
  for (const Value& entry : list) {
    const auto name = text_of(entry, "serviceName");
    const auto group = text_of(entry, "groupName");
    const Value* clusters = entry.find("clusterMap");
    if (!name || !group || clusters == nullptr || !clusters->is_object()) return false;
    ++out.services;
    for (const Value& cluster : *clusters) {
      if (!add_cluster(cluster, {space, *group, *name}, out.instances)) return false;
    }
  }
  return true;
}

std::optional<std::size_t> count_of(const Value& object, const char* name) {
  const Value* member = object.find(name);
  const auto number = member != nullptr ? member->natural() : std::nullopt;
  return number ? std::optional<std::size_t>(*number) : std::nullopt;
}

}  // namespace

Result<void> read_ok(const RawAnswer& raw) {
  const auto answer = good(raw);
  if (!answer) return tl::make_unexpected(answer.error());
  if ((*answer)->body == "ok") return {};
  return corrupt("write");
}

Result<std::uint32_t> read_release(const RawAnswer& raw) {
  const auto document = document_of(raw, "server state");
  if (!document) return tl::make_unexpected(document.error());
  const Value* data = document->root().find("data");
  const auto version = text_of(data != nullptr ? *data : document->root(), "version");
  if (!version || version->empty() || version->front() < '1' || version->front() > '9') return corrupt("server state");
  return static_cast<std::uint32_t>(version->front() - '0');
}

Result<std::size_t> read_count(const RawAnswer& raw) {
  const auto document = document_of(raw, "catalog");
  if (!document) return tl::make_unexpected(document.error());
  const auto count = count_of(document->root(), "count");
  if (!count) return corrupt("catalog");
  return *count;
}

Result<CatalogPage> read_catalog(const RawAnswer& raw, const std::string& space) {
  const auto document = document_of(raw, "catalog");
  if (!document) return tl::make_unexpected(document.error());
  CatalogPage page;
  if (!add_services(document->root(), space, page)) return corrupt("catalog");
  page.total = page.services;
  return page;
}

Result<CatalogPage> read_admin_page(const RawAnswer& raw, const std::string& space) {
  const auto document = document_of(raw, "catalog");
  if (!document) return tl::make_unexpected(document.error());
  const Value* data = document->root().find("data");
  const Value* items = data != nullptr ? data->find("pageItems") : nullptr;
  CatalogPage page;
  if (items == nullptr || !add_services(*items, space, page)) return corrupt("catalog");
  const auto total = count_of(*data, "totalCount");
  const auto pages = count_of(*data, "pagesAvailable");
  if (!total || !pages) return corrupt("catalog");
  page.total = *total;
  page.pages = *pages;
  return page;
}

bool says_absent(const HttpResponse& answer) {
  if (answer.status != 500 && answer.status != 404) return false;
  return std::any_of(kAbsent.begin(), kAbsent.end(),
                     [&](std::string_view text) { return answer.body.find(text) != std::string::npos; });
}

Result<Shown> read_instance(const RawAnswer& raw, const Service& service) {
  if (raw && says_absent(*raw))
    return failure(ErrorCode::NotFound, "HTTP " + std::to_string(raw->status), raw->body.substr(0, kLongestReason));
  const auto document = document_of(raw, "instance");
  if (!document) return tl::make_unexpected(document.error());
  const auto cluster = text_of(document->root(), "clusterName");
  auto shown = cluster ? host_of(document->root(), service, *cluster) : std::nullopt;
  if (!shown) return corrupt("instance");
  return std::move(*shown);
}

Beat read_beat(const RawAnswer& raw) {
  constexpr std::uint64_t kRenewed = 10200;
  constexpr std::uint64_t kUnknown = 20404;
  const auto document = document_of(raw, "beat");
  const auto code = document ? count_of(document->root(), "code") : std::nullopt;
  if (code == kRenewed) return Beat::Renewed;
  return code == kUnknown ? Beat::Lost : Beat::Unknown;
}

Result<LoginToken> read_token(const RawAnswer& raw) {
  // Of an unknown user some releases say that they failed.
  const bool is_unknown = raw && raw->status == 500 && raw->body.find("not found") != std::string::npos;
  if (raw && (raw->status == 403 || raw->status == 401 || is_unknown))
    return failure(ErrorCode::Refused, "HTTP " + std::to_string(raw->status), "user or password is not accepted");
  const auto document = document_of(raw, "login");
  if (!document) return tl::make_unexpected(document.error());
  const auto token = text_of(document->root(), "accessToken");
  const auto seconds = count_of(document->root(), "tokenTtl");
  if (!token || token->empty() || !seconds) return corrupt("login");
  constexpr std::size_t kLongest = 365 * 24 * 3600;
  return LoginToken{*token, std::chrono::seconds(std::min(*seconds, kLongest))};
}

bool is_name_list(const HttpResponse& answer) {
  const auto document = answer.status == 200 ? Document::parse(answer.body) : std::nullopt;
  if (!document || !document->root().is_object()) return false;
  const Value* names = document->root().find("doms");
  return names != nullptr && names->is_list() && count_of(document->root(), "count").has_value();
}

}  // namespace syncer::registry::nacos
