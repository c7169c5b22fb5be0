// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/relation_calls.h"

#include <algorithm>
#include <regex>

#include "mocksc/servicecenter/store/validation.h"

namespace mocksc {
namespace {

constexpr std::string_view kAll = "*";

bool names(const ServiceKey& key, const Service& provider) {
  if (key.service_name == kAll) return true;
  const bool is_named =
      key.service_name == provider.service_name || (!provider.alias.empty() && key.service_name == provider.alias);
  return is_named && key.environment == provider.environment && key.app_id == provider.app_id &&
         (key.version.empty() || fits_rule(provider.version, key.version));
}

/// The service of exactly that key, or nothing.
const ServiceRecord* find_exactly(const Tenant& tenant, const ServiceKey& key) {
  const auto family = tenant.names.find({key.environment, key.app_id, key.service_name});
  if (family == tenant.names.end()) return nullptr;
  const auto found = family->second.find(key.version);
  return found == family->second.end() ? nullptr : found->second;
}

std::optional<ApiError> check_key(const Call& call, const ServiceKey& key, bool is_provider) {
  if (is_provider && key.service_name == kAll && call.before(Release::V2_0_0)) return std::nullopt;
  return Check("MicroServiceKey")
      .text("Environment", key.environment, rules::kEnvironment)
      .text("AppId", key.app_id, rules::kOptionalAppId)
      .text("ServiceName", key.service_name, rules::kServiceName)
      .text("Version", key.version, is_provider ? rules::kOptionalVersionRule : rules::kVersion)
      .failure();
}

std::optional<ApiError> check_dependency(const Call& call, const DependencyBody& dependency) {
  Check check("ConsumerDependency");
  check.present("Consumer", dependency.consumer.has_value());
  if (dependency.consumer) check.nested(check_key(call, *dependency.consumer, false));
  for (const ServiceKey& provider : dependency.providers) check.nested(check_key(call, provider, true));
  return check.failure();
}

std::optional<ApiError> store_dependencies(Call& call, bool replaces) {
  auto body = decode_dependencies(call.request.body, call.go_package());
  if (!body) return body.error();
  Check check("AddDependenciesRequest");
  check.count("Dependencies", body->size(), {1, 100}, "[]");
  for (const DependencyBody& dependency : *body) check.nested(check_dependency(call, dependency));
  if (check.failure()) return check.failure();
  for (DependencyBody& dependency : *body) {
    const ServiceKey& key = *dependency.consumer;
    const ServiceRecord* consumer = find_exactly(call.tenant, key);
    if (consumer == nullptr) {
      return ApiError{kServiceNotExists, "Consumer " + key.environment + "/" + key.app_id + "/" + key.service_name +
                                             "/" + key.version + " does not exist."};
    }
    auto& stored = call.tenant.dependencies[consumer->data.service_id];
    if (replaces) stored.clear();
    for (ServiceKey& provider : dependency.providers) {
      provider.tenant = call.tenant.domain + "/" + call.tenant.project;
      stored.insert(std::move(provider));
    }
    if (stored.empty()) call.tenant.dependencies.erase(consumer->data.service_id);
  }
  return std::nullopt;
}

syncer::HttpResponse dependencies_answer(const Call& call, const std::optional<ApiError>& failure) {
  if (failure) return error_answer(*failure);
  syncer::HttpResponse answer = empty_answer();
  if (!call.before(Release::V2_0_0)) answer.headers.add("Deprecation", "version=\"v4\"");
  return answer;
}

Answer related(Call& call, std::string_view name, std::string_view detail, bool as_consumer) {
  const auto service = require_service(call, call.route.id, detail);
  if (!service) return tl::unexpected(service.error());
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  write_related(writer, name, call, **service, as_consumer, !call.query.flag("noSelf"));
  writer.close_object();
  return out;
}

std::string attribute_of(const ServiceRecord& service, const std::string& attribute) {
  const Service& s = service.data;
  if (attribute.starts_with("tag_")) {
    const auto tag = service.tags.find(attribute.substr(4));
    return tag == service.tags.end() ? std::string() : tag->second;
  }
  if (attribute == "ServiceId") return s.service_id;
  if (attribute == "AppId") return s.app_id;
  if (attribute == "ServiceName") return s.service_name;
  if (attribute == "Version") return s.version;
  if (attribute == "Description") return s.description;
  return attribute == "Level" ? s.level : s.status;
}

/// A pattern that is no regular expression matches nothing.
bool matches(const AccessRule& rule, const ServiceRecord& service) try {
  return std::regex_search(attribute_of(service, rule.attribute), std::regex(rule.pattern));
} catch (const std::regex_error&) {
  return false;
}

std::optional<ApiError> check_rule(const AccessRule& rule) {
  return Check("AddOrUpdateServiceRule")
      .text("RuleType", rule.rule_type, rules::kRuleType)
      .text("Attribute", rule.attribute, rules::kRuleAttribute)
      .text("Pattern", rule.pattern, rules::kRulePattern)
      .text("Description", rule.description, rules::kRuleDescription)
      .failure();
}

/// The rule that the path names, or 400022.
ApiResult<AccessRule*> require_rule(ServiceRecord& service, std::string_view id) {
  const auto found = std::find_if(service.rules.begin(), service.rules.end(),
                                  [&](const AccessRule& rule) { return rule.rule_id == id; });
  if (found == service.rules.end()) return refuse(kRuleNotExists, "This rule does not exist.");
  return &*found;
}

/// False when the provider's rules keep that consumer away.
bool rules_allow(const ServiceRecord& provider, const ServiceRecord& consumer) {
  if (provider.rules.empty()) return true;
  const bool is_matched = std::any_of(provider.rules.begin(), provider.rules.end(),
                                      [&](const AccessRule& rule) { return matches(rule, consumer); });
  return is_matched == (provider.rules.front().rule_type == "WHITE");
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string path_of(const Service& s) {
  return s.environment + "/" + s.app_id + "/" + s.service_name + "/" + s.version;
}

bool has_tags(const ServiceRecord& service, const std::vector<std::string>& tags) {
  return std::all_of(tags.begin(), tags.end(), [&](const auto& tag) { return service.tags.count(tag) > 0; });
}

ApiResult<const ServiceRecord*> find_consumer(const Call& call, std::string_view consumer_id) {
  if (consumer_id.empty()) return nullptr;
  const auto found = require_service(call, consumer_id, "Consumer[" + std::string(consumer_id) + "] does not exist.");
  if (!found) return tl::unexpected(found.error());
  return *found;
}

bool depends_on(const Tenant& tenant, std::string_view consumer_id, const ServiceRecord& provider) {
  const auto found = tenant.dependencies.find(consumer_id);
  return found != tenant.dependencies.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [&](const ServiceKey& key) { return names(key, provider.data); });
}

bool has_consumers(const Tenant& tenant, const ServiceRecord& provider) {
  return std::any_of(tenant.dependencies.begin(), tenant.dependencies.end(), [&](const auto& one) {
    return one.first != provider.data.service_id && depends_on(tenant, one.first, provider);
  });
}

bool may_access(const Call& call, const ServiceRecord& asking, const ServiceRecord& provider) {
  const Service& consumer = asking.data;
  if (call.registry.is_shared(call.tenant, provider.data)) return true;
  if (!rules_allow(provider, asking)) return false;
  if (consumer.environment != provider.data.environment) return false;
  if (consumer.app_id == provider.data.app_id) return true;
  const auto allowed = provider.data.properties.find("allowCrossApp");
  return allowed != provider.data.properties.end() && equals_ignoring_case(allowed->second, "true");
}

void write_related(JsonWriter& out, std::string_view name, const Call& call, const ServiceRecord& service,
                   bool as_consumer, bool with_self) {
  bool any = false;
  for (const auto& [id, other] : call.tenant.services) {
    if (!with_self && other.get() == &service) continue;
    const bool is_related =
        as_consumer ? depends_on(call.tenant, service.data.service_id, *other) : depends_on(call.tenant, id, service);
    if (!is_related) continue;
    if (!any) out.open_array(name);
    any = true;
    out.element_raw(other->json);
  }
  if (any) out.close_array();
}

Answer list_providers(Call& call) { return related(call, "providers", "Consumer does not exist", true); }
Answer list_consumers(Call& call) { return related(call, "consumers", "Provider does not exist", false); }

syncer::HttpResponse add_dependencies(Call& call) { return dependencies_answer(call, store_dependencies(call, false)); }

syncer::HttpResponse set_dependencies(Call& call) { return dependencies_answer(call, store_dependencies(call, true)); }

ApiResult<std::vector<std::string>> store_rules(Call& call, ServiceRecord& service,
                                                const std::vector<AccessRule>& rules) {
  for (const AccessRule& rule : rules) {
    if (const auto failure = check_rule(rule)) return tl::unexpected(*failure);
  }
  std::vector<std::string> added;
  for (AccessRule rule : rules) {
    std::vector<AccessRule>& stored = service.rules;
    if (!stored.empty() && stored.front().rule_type != rule.rule_type) {
      return refuse(kRuleTypeConflict, "Service can only contain one rule type, BLACK or WHITE.");
    }
    const bool is_known = std::any_of(stored.begin(), stored.end(), [&](const AccessRule& one) {
      return one.attribute == rule.attribute && one.pattern == rule.pattern;
    });
    if (is_known) continue;
    rule.rule_id = call.registry.new_id();
    rule.timestamp = rule.mod_timestamp = call.registry.timestamp(call.now);
    added.push_back(rule.rule_id);
    stored.push_back(std::move(rule));
  }
  if (!added.empty()) call.registry.service_changed(service, call.now, call.client);
  return added;
}

Answer add_rules(Call& call) {
  const auto body = decode_rules(call.request.body, call.go_package());
  if (!body) return tl::unexpected(body.error());
  ServiceRecord* service = Registry::find_service(call.tenant, call.route.id);
  if (service == nullptr) return refuse(kInvalidParams, "Service does not exist.");
  const auto added = store_rules(call, *service, *body);
  if (!added) return tl::unexpected(added.error());
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.texts("RuleIds", *added);
  writer.close_object();
  return out;
}

Answer list_rules(Call& call) {
  const auto service = require_service(call, call.route.id);
  if (!service) return tl::unexpected(service.error());
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  if (!(*service)->rules.empty()) {
    writer.open_array("rules");
    for (const AccessRule& rule : (*service)->rules) write(writer, rule);
    writer.close_array();
  }
  writer.close_object();
  return out;
}

Answer put_rule(Call& call) {
  const auto body = decode_rule(call.request.body, call.go_package());
  if (!body) return tl::unexpected(body.error());
  if (const auto failure = check_rule(*body)) return tl::unexpected(*failure);
  const auto service = require_service(call, call.route.id);
  if (!service) return tl::unexpected(service.error());
  const auto rule = require_rule(**service, call.route.item);
  if (!rule) return tl::unexpected(rule.error());
  (*rule)->attribute = body->attribute;
  (*rule)->pattern = body->pattern;
  (*rule)->description = body->description;
  (*rule)->mod_timestamp = call.registry.timestamp(call.now);
  call.registry.service_changed(**service, call.now, call.client);
  return std::string();
}

Answer delete_rules(Call& call) {
  const auto service = require_service(call, call.route.id);
  if (!service) return tl::unexpected(service.error());
  for (const std::string& id : split_list(call.route.item)) {
    const auto rule = require_rule(**service, id);
    if (!rule) return tl::unexpected(rule.error());
  }
  for (const std::string& id : split_list(call.route.item)) {
    std::erase_if((*service)->rules, [&](const AccessRule& rule) { return rule.rule_id == id; });
  }
  call.registry.service_changed(**service, call.now, call.client);
  return std::string();
}

}  // namespace mocksc
