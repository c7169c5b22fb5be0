// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/validation.h"

#include <algorithm>

#include "mocksc/servicecenter/store/patterns.h"

namespace mocksc {
namespace rules {
namespace {
constexpr std::string_view kNamePattern = R"(^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$)";
constexpr std::string_view kExact = "the form x[.y[.z]] where x y and z are 0-32767 range";
const Rule kOptionalServiceId{0, 64, patterns::has_no_space, R"(^\S*$)"};
const Rule kOptionalAppId{0, 160, patterns::is_name, kNamePattern};
const Rule kServiceName{1, 128, patterns::is_name, kNamePattern};
const Rule kOptionalVersion{0, 64, patterns::is_version, kExact};
const Rule kDescription{0, 256};
const Rule kLevel{0, 0, patterns::is_level, "^(FRONT|MIDDLE|BACK)$"};
const Rule kPath{0, 0, patterns::is_path, R"(^[A-Za-z0-9.,?'\\/+&amp;%$#=~_\-@{}]*$)"};
const Rule kServiceStatus{0, 0, patterns::is_service_status, "^(UP|DOWN)?$"};
const Rule kAlias{0, 128, patterns::is_alias, R"(^[a-zA-Z0-9_\-.:]*$)"};
const Rule kRegisterBy{0, 64, patterns::is_register_by, "^(SDK|SIDECAR|PLATFORM)*$"};
const Rule kFrameworkName{0, 64, patterns::is_name, kNamePattern};
const Rule kFrameworkVersion{0, 64};
const Rule kOptionalInstanceId{0, 64, patterns::is_simple_name, "^[A-Za-z0-9_.-]*$"};
const Rule kEndpoints{0, 0, patterns::has_some_text, R"(\S+)"};
const Rule kHostName{1, 64, patterns::has_some_text, R"(\S+)"};
const Rule kInstanceStatus{0, 0, patterns::is_maybe_status, "^(UP|DOWN|STARTING|TESTING|OUTOFSERVICE)?$"};
const Rule kHealthMode{0, 0, patterns::is_health_mode, "^(push|pull)$"};
const Rule kPort{0, 65535};
const Rule kInterval{1, 2147483647};
const Rule kTimes{0, 2147483647};
const Rule kUrl{0, 0, patterns::has_no_space, R"(^\S*$)"};
const Rule kPlace{1, 128, patterns::is_filled_name, "^[A-Za-z0-9_.-]+$"};
}  // namespace

const Rule kServiceId{1, 64, patterns::has_no_space, R"(^\S*$)"};
const Rule kConsumerId{0, 64, patterns::has_no_space, R"(^\S*$)"};
const Rule kInstanceId{1, 64, patterns::is_simple_name, "^[A-Za-z0-9_.-]*$"};
const Rule kEnvironment{0, 0, patterns::is_environment, "^(development|testing|acceptance|production)*$"};
const Rule kAppId{1, 160, patterns::is_name, kNamePattern};
const Rule kSearchName{1, 289, patterns::is_name_or_alias,
                       R"(^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.:]*[a-zA-Z0-9]$)"};
const Rule kVersion{1, 64, patterns::is_version, kExact};
const Rule kVersionRule{1, 129, patterns::is_version_rule,
                        "the form x[.y[.z]] or x[.y[.z]]+ or x[.y[.z]]-x[.y[.z]] or 'latest' where x y and z are "
                        "0-32767 range"};
const Rule kUpdateStatus{0, 0, patterns::is_instance_status, "^(UP|DOWN|STARTING|TESTING|OUTOFSERVICE)$"};
const Rule kSchemaId{1, 160, patterns::is_schema_id, R"(^[a-zA-Z0-9]+$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$)"};
const Rule kSchemaSummary{0, 128, patterns::is_alnum_text, "^[a-zA-Z0-9]*$"};
const Rule kSummaryRequired{1, 128, patterns::is_alnum_text, "^[a-zA-Z0-9]*$"};
const Rule kNotEmpty{1, 0};
const Rule kTag{0, 0, patterns::is_tag, R"(^[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$)"};
}  // namespace rules

namespace {

std::int64_t code_points(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
}

bool in_bounds(std::int64_t low, std::int64_t high, const Rule& rule) {
  return (rule.min <= 0 || low >= rule.min) && (rule.max <= 0 || high <= rule.max);
}

std::string join(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const std::string& value : values) out += (out.size() > 1 ? " " : "") + value;
  return out + "]";
}

std::optional<ApiError> check_health(const HealthCheck& check) {
  return Check("HealthCheck")
      .text("Mode", check.mode, rules::kHealthMode)
      .number("Port", check.port, rules::kPort)
      .number("Interval", check.interval, rules::kInterval)
      .number("Times", check.times, rules::kTimes)
      .text("Url", check.url, rules::kUrl)
      .failure();
}

std::optional<ApiError> check_place(const DataCenter& center) {
  return Check("DataCenterInfo")
      .text("Name", center.name, rules::kPlace)
      .text("Region", center.region, rules::kPlace)
      .text("AvailableZone", center.available_zone, rules::kPlace)
      .failure();
}

std::optional<ApiError> check_framework(const Framework& framework) {
  return Check("FrameWork")
      .text("Name", framework.name, rules::kFrameworkName)
      .text("Version", framework.version, rules::kFrameworkVersion)
      .failure();
}

std::optional<ApiError> check_paths(const std::vector<ServicePath>& paths) {
  Check check("ServicePath");
  for (const ServicePath& path : paths) check.text("Path", path.path, rules::kPath);
  return check.failure();
}

}  // namespace

std::string to_text(const Rule& rule) {
  std::string out;
  if (rule.min != 0) out += "Min: " + std::to_string(rule.min);
  if (rule.max != 0) out += (out.empty() ? "Max: " : ", Max: ") + std::to_string(rule.max);
  if (rule.matches != nullptr) out += (out.empty() ? "Regexp: " : ", Regexp: ") + std::string(rule.pattern);
  return "{" + out + "}";
}

void Check::fail(std::string_view field, std::string_view value, const Rule& rule) {
  failure_ =
      ApiError{kInvalidParams, "field '" + std::string(structure_) + "." + std::string(field) + "' invalid value '" +
                                   std::string(value) + "' does not match rule: " + to_text(rule)};
}

Check& Check::text(std::string_view field, std::string_view value, const Rule& rule) {
  if (failure_) return *this;
  const bool fits = in_bounds(static_cast<std::int64_t>(value.size()), rule.max > 0 ? code_points(value) : 0, rule);
  if (!fits || (rule.matches != nullptr && !rule.matches(value))) fail(field, value, rule);
  return *this;
}

Check& Check::number(std::string_view field, std::int64_t value, const Rule& rule) {
  if (!failure_ && !in_bounds(value, value, rule)) fail(field, std::to_string(value), rule);
  return *this;
}

Check& Check::list(std::string_view field, const std::vector<std::string>& values, const Rule& rule) {
  if (failure_) return *this;
  const auto size = static_cast<std::int64_t>(values.size());
  if (!in_bounds(size, size, rule)) fail(field, join(values), rule);
  for (const std::string& value : values) {
    if (!failure_ && rule.matches != nullptr && !rule.matches(value)) fail(field, value, rule);
  }
  return *this;
}

Check& Check::map(std::string_view field, const Properties& values, const Rule& rule) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : values) {
    if (failure_) return *this;
    if (rule.matches != nullptr && !rule.matches(key)) fail(field, key, rule);
    if (!failure_ && rule.matches != nullptr && !rule.matches(value)) fail(field, value, rule);
    texts.push_back(key + ":" + value);
  }
  return count(field, values.size(), rule, "map" + join(texts));
}

Check& Check::count(std::string_view field, std::size_t size, const Rule& rule, std::string_view shown) {
  const auto n = static_cast<std::int64_t>(size);
  if (!failure_ && !in_bounds(n, n, rule)) fail(field, shown, rule);
  return *this;
}

Check& Check::present(std::string_view field, bool is_present) {
  if (!failure_ && !is_present) fail(field, "<nil>", rules::kNotEmpty);
  return *this;
}

Check& Check::nested(const std::optional<ApiError>& failure) {
  if (!failure_ && failure) failure_ = failure;
  return *this;
}

std::optional<ApiError> check_service(const Service& service, std::size_t schema_quota) {
  static constexpr std::string_view kSchemaPattern =
      R"(^[a-zA-Z0-9]{1,160}$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]{0,158}[a-zA-Z0-9]$)";
  const Rule schemas{0, static_cast<std::int64_t>(schema_quota),
                     [](std::string_view id) { return id.size() <= 160 && patterns::is_schema_id(id); },
                     kSchemaPattern};
  return Check("MicroService")
      .text("ServiceId", service.service_id, rules::kOptionalServiceId)
      .text("AppId", service.app_id, rules::kOptionalAppId)
      .text("ServiceName", service.service_name, rules::kServiceName)
      .text("Version", service.version, rules::kOptionalVersion)
      .text("Description", service.description, rules::kDescription)
      .text("Level", service.level, rules::kLevel)
      .list("Schemas", service.schemas, schemas)
      .nested(check_paths(service.paths))
      .text("Status", service.status, rules::kServiceStatus)
      .text("Alias", service.alias, rules::kAlias)
      .text("Environment", service.environment, rules::kEnvironment)
      .text("RegisterBy", service.register_by, rules::kRegisterBy)
      .nested(service.framework ? check_framework(*service.framework) : std::nullopt)
      .failure();
}

std::optional<ApiError> check_instance(const Instance& instance) {
  return Check("MicroServiceInstance")
      .text("InstanceId", instance.instance_id, rules::kOptionalInstanceId)
      .text("ServiceId", instance.service_id, rules::kServiceId)
      .list("Endpoints", instance.endpoints, rules::kEndpoints)
      .text("HostName", instance.host_name, rules::kHostName)
      .text("Status", instance.status, rules::kInstanceStatus)
      .nested(instance.health_check ? check_health(*instance.health_check) : std::nullopt)
      .nested(instance.data_center ? check_place(*instance.data_center) : std::nullopt)
      .failure();
}

}  // namespace mocksc
