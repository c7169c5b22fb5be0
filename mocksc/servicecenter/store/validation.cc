// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/validation.h"

#include <algorithm>
#include <initializer_list>

namespace mocksc {
namespace {

/// Hand-written matchers for the regular expressions of the service center; std::regex is slow and depends on locale.
namespace patterns {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_letter(c) || is_digit(c); }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v'); }

bool only(std::string_view text, std::string_view extra) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alnum(c) || extra.find(c) != std::string_view::npos; });
}

bool framed(std::string_view text, std::string_view extra) {
  return !text.empty() && is_alnum(text.front()) && is_alnum(text.back()) && only(text, extra);
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// The words, any number of times one after the other; none of them begins with another.
bool repeats(std::string_view text, std::initializer_list<std::string_view> words) {
  while (!text.empty()) {
    const auto* word = std::find_if(words.begin(), words.end(), [&](auto w) { return text.substr(0, w.size()) == w; });
    if (word == words.end()) return false;
    text.remove_prefix(word->size());
  }
  return true;
}

/// Takes one number of a version off the front.
bool take_part(std::string_view& text) {
  int value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    value = std::min(value * 10 + (text[digits] - '0'), 40000);
    ++digits;
  }
  text.remove_prefix(digits);
  return digits > 0 && value <= 32767;
}

bool has_no_space(std::string_view text) { return std::none_of(text.begin(), text.end(), is_space); }
bool has_some_text(std::string_view text) { return !std::all_of(text.begin(), text.end(), is_space); }
bool is_name(std::string_view text) { return text.empty() || framed(text, "_-."); }
bool is_name_or_alias(std::string_view text) { return text.empty() || framed(text, "_-.:"); }
bool is_alias(std::string_view text) { return only(text, "_-.:"); }
bool is_simple_name(std::string_view text) { return only(text, "_.-"); }
bool is_filled_name(std::string_view text) { return !text.empty() && only(text, "_.-"); }
bool is_environment(std::string_view text) {
  return repeats(text, {"development", "testing", "acceptance", "production"});
}
bool is_register_by(std::string_view text) { return repeats(text, {"SDK", "SIDECAR", "PLATFORM"}); }
bool is_level(std::string_view text) { return one_of(text, {"FRONT", "MIDDLE", "BACK"}); }
bool is_service_status(std::string_view text) { return one_of(text, {"", "UP", "DOWN"}); }
bool is_instance_status(std::string_view text) {
  return one_of(text, {"UP", "DOWN", "STARTING", "TESTING", "OUTOFSERVICE"});
}
bool is_maybe_status(std::string_view text) { return text.empty() || is_instance_status(text); }
bool is_health_mode(std::string_view text) { return one_of(text, {"push", "pull"}); }

bool is_version(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    if (!take_part(text)) return false;
    if (text.empty()) return true;
    if (text.front() != '.') return false;
    text.remove_prefix(1);
  }
  return false;
}

bool is_version_rule(std::string_view text) {
  if (text == "latest") return true;
  if (!text.empty() && text.back() == '+') return is_version(text.substr(0, text.size() - 1));
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return is_version(text);
  return is_version(text.substr(0, dash)) && is_version(text.substr(dash + 1));
}

bool is_path(std::string_view text) { return only(text, ".,?'\\/+&;%$#=~_-@{}"); }
bool is_schema_id(std::string_view text) { return framed(text, "_-."); }
bool is_alnum_text(std::string_view text) { return only(text, ""); }
bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_letter(text.front()) && only(text, "_-.");
}

bool is_rule_attribute(std::string_view text) {
  static constexpr std::array<std::string_view, 7> kNames = {"ServiceId",   "AppId", "ServiceName", "Version",
                                                             "Description", "Level", "Status"};
  if (text.starts_with("tag_")) return is_tag(text.substr(4));
  return std::find(kNames.begin(), kNames.end(), text) != kNames.end();
}

}  // namespace patterns

int take_number(std::string_view& text) {
  int value = 0;
  while (!text.empty() && text.front() != '.') {
    value = std::min(value * 10 + (text.front() - '0'), 1'000'000);
    text.remove_prefix(1);
  }
  if (!text.empty()) text.remove_prefix(1);
  return value;
}

constexpr std::string_view kNamePattern = R"(^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$)";
constexpr std::string_view kExact = "the form x[.y[.z]] where x y and z are 0-32767 range";
const Rule kOptionalServiceId{0, 64, patterns::has_no_space, R"(^\S*$)"};
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

int compare_versions(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const int left = take_number(a);
    const int right = take_number(b);
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

bool fits_rule(std::string_view version, std::string_view rule) {
  if (rule == "latest") return true;
  if (!rule.empty() && rule.back() == '+') return compare_versions(version, rule.substr(0, rule.size() - 1)) >= 0;
  const auto dash = rule.find('-');
  if (dash == std::string_view::npos) return compare_versions(version, rule) == 0;
  return compare_versions(version, rule.substr(0, dash)) >= 0 && compare_versions(version, rule.substr(dash + 1)) < 0;
}

namespace rules {

const Rule kOptionalAppId{0, 160, patterns::is_name, kNamePattern};
const Rule kServiceName{1, 128, patterns::is_name, kNamePattern};
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
const Rule kOptionalVersionRule{0, 129,
                                [](std::string_view text) { return text.empty() || patterns::is_version_rule(text); },
                                kVersionRule.pattern};
const Rule kUpdateStatus{0, 0, patterns::is_instance_status, "^(UP|DOWN|STARTING|TESTING|OUTOFSERVICE)$"};
const Rule kSchemaId{1, 160, patterns::is_schema_id, R"(^[a-zA-Z0-9]+$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$)"};
const Rule kSchemaSummary{0, 128, patterns::is_alnum_text, "^[a-zA-Z0-9]*$"};
const Rule kSummaryRequired{1, 128, patterns::is_alnum_text, "^[a-zA-Z0-9]*$"};
const Rule kRuleType{0, 0, [](std::string_view text) { return text == "WHITE" || text == "BLACK"; }, "^(WHITE|BLACK)$"};
const Rule kRuleAttribute{
    0, 0, patterns::is_rule_attribute,
    R"(((^tag_[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$)|(^ServiceId$)|(^AppId$)|(^ServiceName$)|(^Version$)|(^Description$)|(^Level$)|(^Status$)))"};
const Rule kRulePattern{1, 64};
const Rule kRuleDescription{0, 256};
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

std::optional<ApiError> check_health(const HealthCheck& check, bool allows_negative) {
  return Check("HealthCheck")
      .text("Mode", check.mode, kHealthMode)
      .number("Port", check.port, kPort, allows_negative)
      .number("Interval", check.interval, kInterval, allows_negative)
      .number("Times", check.times, kTimes, allows_negative)
      .text("Url", check.url, kUrl)
      .failure();
}

std::optional<ApiError> check_place(const DataCenter& center) {
  return Check("DataCenterInfo")
      .text("Name", center.name, kPlace)
      .text("Region", center.region, kPlace)
      .text("AvailableZone", center.available_zone, kPlace)
      .failure();
}

std::optional<ApiError> check_framework(const Framework& framework, std::string_view structure) {
  return Check(structure)
      .text("Name", framework.name, kFrameworkName)
      .text("Version", framework.version, kFrameworkVersion)
      .failure();
}

std::optional<ApiError> check_paths(const std::vector<ServicePath>& paths) {
  Check check("ServicePath");
  for (const ServicePath& path : paths) check.text("Path", path.path, kPath);
  return check.failure();
}

}  // namespace

std::string go_list(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const std::string& value : values) out += (out.size() > 1 ? " " : "") + value;
  return out + "]";
}

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

Check& Check::number(std::string_view field, std::int64_t value, const Rule& rule, bool allows_negative) {
  const bool is_negative = value < 0 && !allows_negative;
  if (!failure_ && (is_negative || !in_bounds(value, value, rule))) fail(field, std::to_string(value), rule);
  return *this;
}

Check& Check::list(std::string_view field, const std::vector<std::string>& values, const Rule& rule) {
  if (failure_) return *this;
  const auto size = static_cast<std::int64_t>(values.size());
  if (!in_bounds(size, size, rule)) fail(field, go_list(values), rule);
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
  return count(field, values.size(), rule, "map" + go_list(texts));
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

std::optional<ApiError> check_service(const Service& service, std::size_t schema_quota, std::string_view framework) {
  static constexpr std::string_view kSchemaPattern =
      R"(^[a-zA-Z0-9]{1,160}$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]{0,158}[a-zA-Z0-9]$)";
  const Rule schemas{0, static_cast<std::int64_t>(schema_quota),
                     [](std::string_view id) { return id.size() <= 160 && patterns::is_schema_id(id); },
                     kSchemaPattern};
  return Check("MicroService")
      .text("ServiceId", service.service_id, kOptionalServiceId)
      .text("AppId", service.app_id, rules::kOptionalAppId)
      .text("ServiceName", service.service_name, rules::kServiceName)
      .text("Version", service.version, kOptionalVersion)
      .text("Description", service.description, kDescription)
      .text("Level", service.level, kLevel)
      .list("Schemas", service.schemas, schemas)
      .nested(check_paths(service.paths))
      .text("Status", service.status, kServiceStatus)
      .text("Alias", service.alias, kAlias)
      .text("Environment", service.environment, rules::kEnvironment)
      .text("RegisterBy", service.register_by, kRegisterBy)
      .nested(service.framework ? check_framework(*service.framework, framework) : std::nullopt)
      .failure();
}

std::optional<ApiError> check_instance(const Instance& instance, bool allows_negative) {
  return Check("MicroServiceInstance")
      .text("InstanceId", instance.instance_id, kOptionalInstanceId)
      .text("ServiceId", instance.service_id, rules::kServiceId)
      .list("Endpoints", instance.endpoints, kEndpoints)
      .text("HostName", instance.host_name, kHostName)
      .text("Status", instance.status, kInstanceStatus)
      .nested(instance.health_check ? check_health(*instance.health_check, allows_negative) : std::nullopt)
      .nested(instance.data_center ? check_place(*instance.data_center) : std::nullopt)
      .failure();
}

}  // namespace mocksc
