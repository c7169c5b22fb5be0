// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/admin_calls.h"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "mocksc/servicecenter/json/go_json.h"

namespace mocksc {
namespace {

/// Lists one section of the dump; nothing is written while there is no entry.
class Section {
 public:
  Section(JsonWriter& out, std::string_view name) : out_(out), name_(name) {}
  ~Section() {
    if (is_open_) out_.close_array();
  }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
  /// Opens an entry up to its value, which the caller writes before close_object().
  void entry(const std::string& key, std::uint64_t revision) {
    if (!is_open_) out_.open_array(name_);
    is_open_ = true;
    out_.open_object();
    out_.text_always("key", key);
    out_.number_always("rev", static_cast<std::int64_t>(revision));
    out_.text_always("cluster", "default");
  }

 private:
  JsonWriter& out_;
  std::string_view name_;
  bool is_open_ = false;
};

using ForEachService = std::function<void(const std::function<void(const Tenant&, const ServiceRecord&)>&)>;

std::string tenant_path(const Tenant& tenant) { return tenant.domain + "/" + tenant.project + "/"; }

void dump_services(JsonWriter& out, const ForEachService& each) {
  Section section(out, "services");
  each([&](const Tenant& tenant, const ServiceRecord& service) {
    section.entry("/cse-sr/ms/files/" + tenant_path(tenant) + service.data.service_id, service.revision);
    out.raw("value", service.json);
    out.close_object();
  });
}

void dump_indexes(JsonWriter& out, const ForEachService& each) {
  {
    Section section(out, "serviceIndexes");
    each([&](const Tenant& tenant, const ServiceRecord& service) {
      section.entry(index_key(tenant.domain, tenant.project, service.data), service.revision);
      out.text_always("value", service.data.service_id);
      out.close_object();
    });
  }
  Section section(out, "serviceAliases");
  each([&](const Tenant& tenant, const ServiceRecord& service) {
    const Service& s = service.data;
    if (s.alias.empty()) return;
    section.entry(
        "/cse-sr/ms/alias/" + tenant_path(tenant) + s.environment + "/" + s.app_id + "/" + s.alias + "/" + s.version,
        service.revision);
    out.text_always("value", s.service_id);
    out.close_object();
  });
}

/// Old releases store no empty summary.
void dump_details(JsonWriter& out, const ForEachService& each, bool with_empty_summaries) {
  {
    Section section(out, "serviceTags");
    each([&](const Tenant& tenant, const ServiceRecord& service) {
      if (service.tags.empty()) return;
      section.entry("/cse-sr/ms/tags/" + tenant_path(tenant) + service.data.service_id, service.revision);
      out.map("value", service.tags);
      out.close_object();
    });
  }
  Section section(out, "summaries");
  each([&](const Tenant& tenant, const ServiceRecord& service) {
    for (const auto& [id, schema] : service.schemas) {
      if (schema.summary.empty() && !with_empty_summaries) continue;
      section.entry("/cse-sr/ms/schema-sum/" + tenant_path(tenant) + service.data.service_id + "/" + id,
                    service.revision);
      out.text_always("value", schema.summary);
      out.close_object();
    }
  });
}

void dump_instances(JsonWriter& out, const ForEachService& each, const ReadFault& fault) {
  Section section(out, "instances");
  each([&](const Tenant& tenant, const ServiceRecord& service) {
    VisibleInstances(service, ReadFrom::CacheOnly).for_each([&](const InstanceVersion& instance) {
      const std::string& id = instance.data.instance_id;
      if (fault.hides(id)) return;
      section.entry("/cse-sr/inst/files/" + tenant_path(tenant) + service.data.service_id + "/" + id,
                    instance.revision);
      out.raw("value", instance.json);
      out.close_object();
    });
  });
}

bool is_asked(const std::vector<std::string>& options, std::string_view word) {
  return std::any_of(options.begin(), options.end(), [&](const auto& part) { return part == word || part == "all"; });
}

std::string dependency_path(const ServiceKey& key) {
  return key.environment + "/" + key.app_id + "/" + key.service_name + "/" + key.version;
}

ServiceKey key_of(const Tenant& tenant, const Service& s) {
  return {tenant.domain + "/" + tenant.project, s.environment, s.app_id, s.service_name, {}, s.version};
}

/// One side of the dependencies: consumers with their providers, or the reverse.
void dump_side(Section& section, JsonWriter& out, const std::string& prefix,
               const std::map<ServiceKey, std::vector<ServiceKey>>& side) {
  for (const auto& [key, others] : side) {
    section.entry(prefix + dependency_path(key), 0);
    out.open_object("value");
    out.open_array("Dependency");
    for (const ServiceKey& other : others) write(out, other);
    out.close_array();
    out.close_object();
    out.close_object();
  }
}

void dump_dependencies(JsonWriter& out, const Registry& registry) {
  Section section(out, "dependencyRules");
  for (const auto& [name, tenant] : registry.tenants()) {
    std::map<ServiceKey, std::vector<ServiceKey>> by_consumer;
    std::map<ServiceKey, std::vector<ServiceKey>> by_provider;
    for (const auto& [id, providers] : tenant.dependencies) {
      const auto consumer = tenant.services.find(id);
      if (consumer == tenant.services.end()) continue;
      const ServiceKey key = key_of(tenant, consumer->second->data);
      for (const ServiceKey& provider : providers) {
        by_consumer[key].push_back(provider);
        if (provider.service_name != "*") by_provider[provider].push_back(key);
      }
    }
    const std::string root = "/cse-sr/ms/dep-rules/" + tenant_path(tenant);
    dump_side(section, out, root + "c/", by_consumer);
    dump_side(section, out, root + "p/", by_provider);
  }
}

/// What 1.3.0 tells about its configuration.
constexpr std::string_view kOldConfig =
    R"({"maxHeaderBytes":32768,"maxBodyBytes":2097152,"readHeaderTimeout":"60s","readTimeout":"60s","idleTimeout":"60s",)"
    R"("writeTimeout":"60s","limitTTLUnit":"s","limitConnections":0,)"
    R"("limitIPLookup":"RemoteAddr,X-Forwarded-For,X-Real-IP","sslEnabled":"false","sslMinVersion":"TLSv1.2",)"
    R"("sslVerifyPeer":"true","sslCiphers":"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,)"
    R"(TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_256_GCM_SHA384,TLS_RSA_WITH_AES_128_GCM_SHA256",)"
    R"("enablePProf":true,"enableCache":true,"plugins":{"auth":{"name":"buildin"},"cipher":{"name":"buildin"},)"
    R"("discovery":{"config":{"manageName":"default","manageClusters":"127.0.0.1:2379","connectTimeout":10000000000,)"
    R"("registryTimeout":30000000000,"autoSyncInterval":30000000000},"name":"etcd"},"quota":{"instance":150000,)"
    R"("name":"buildin","rule":100,"schema":100,"service":50000,"tag":100},"registry":{"name":"etcd"},)"
    R"("ssl":{"name":"buildin"},"trace":{"name":"buildin"},"uuid":{"name":"context"}},"selfRegister":true,)"
    R"("serviceClearEnabled":false,"serviceClearInterval":43200000000000,"serviceTTL":86400000000000})";

/// What a build of that release says about itself; without an API version inside a dump.
std::string version_info(Release release, std::string_view api_version, bool with_config) {
  const std::string_view day = release < Release::V1_4_8 ? "20191001000000." : "20231111000000.";
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.text("version", name(release));
  writer.text("buildTag", std::string(day) + std::string(name(release)) + ".local");
  writer.text("goVersion", "go1.26.8");
  writer.text("os", "linux");
  writer.text("arch", "amd64");
  writer.text("apiVersion", api_version);
  if (with_config && release == Release::V1_3_0) writer.raw("config", kOldConfig);
  writer.close_object();
  return out;
}

/// One link of the Pact index.
void write_link(JsonWriter& out, std::string_view name, const std::string& url, std::string_view title,
                bool is_template) {
  out.open_object(name);
  out.text("href", url);
  out.text("title", title);
  if (is_template) out.boolean("templated", true);
  out.close_object();
}

}  // namespace

Answer version(Call& call) { return version_info(call.registry.options().release, "4.0.0", true); }
Answer root_version(Call& call) { return version_info(call.registry.options().release, "3.0.0", false); }

Answer pact_index(Call& call) {
  const std::string* host = call.request.headers.find("Host");
  const std::string root = "http://" + (host == nullptr ? std::string("127.0.0.1:30100") : *host);
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.open_object("_links");
  write_link(writer, "pb:latest-pact-versions", root + "/pacts/latest", "Latest pact versions", false);
  write_link(writer, "pb:latest-provider-pacts", root + "/pacts/provider/{provider}/latest", "Latest pacts by provider",
             true);
  write_link(writer, "pb:latest-provider-pacts-with-tag", root + "/pacts/provider/{provider}/latest/{tag}",
             "Latest pacts by provider with a specified tag", true);
  write_link(writer, "pb:pacticipants", root + "/participants", "Pacticipants", false);
  write_link(writer, "pb:publish-pact",
             root + "/pacts/provider/{provider}/consumer/{consumer}/version/{consumerApplicationVersion}",
             "Publish a pact", true);
  write_link(writer, "pb:webhooks", root + "/webhooks", "Webhooks", false);
  write_link(writer, "self", root + "/", "Index", false);
  writer.close_object();
  writer.open_array("curies");
  writer.open_object();
  writer.text("href", root + "/doc/{rel}");
  writer.text("name", "pb");
  writer.close_object();
  writer.close_array();
  writer.close_object();
  return out;
}

Answer syncer_health(Call& /*call*/) { return refuse(kInternal, "sync config is empty"); }

Answer clusters(Call& /*call*/) { return R"({"clusters":{"default":["http://127.0.0.1:2379"]}})"; }
Answer alarms(Call& /*call*/) { return "{}"; }
Answer clear_alarms(Call& /*call*/) { return std::string(); }

Answer cluster_health(Call& call) {
  Tenant& home = call.registry.tenant_or_empty("default", "default");
  const std::string version(name(call.registry.options().release));
  const std::string& environment = call.registry.options().environment;
  const auto family = home.names.find({environment, "default", "SERVICECENTER"});
  const bool is_there = family != home.names.end() && family->second.count(version) > 0;
  if (!is_there)
    return refuse(kServiceNotExists, environment + "/default/SERVICECENTER/" + version + " does not exist.");
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.open_array("instances");
  VisibleInstances(*family->second.at(version), ReadFrom::Cache).for_each([&](const InstanceVersion& instance) {
    writer.element_raw(instance.json);
  });
  writer.close_array();
  writer.close_object();
  return out;
}

Answer dump(Call& call) {
  if (call.domain != "default" || call.route.project != "default") {
    if (call.before(Release::V1_4_8)) return refuse(kForbidden, "Required admin permission");
    return refuse(kInternal, "runtime error: invalid memory address or nil pointer dereference");
  }
  const Release release = call.registry.options().release;
  const std::vector<std::string> options = split_list(call.query.get("options"));
  const ForEachService each = [&](const auto& use) {
    for (const auto& [key, tenant] : call.registry.tenants()) {
      for (const auto& [id, service] : tenant.services) {
        if (!call.fault.hides(id)) use(tenant, *service);
      }
    }
  };
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  if (is_asked(options, "info")) writer.raw("info", version_info(release, {}, false));
  if (release == Release::V1_3_0 && is_asked(options, "config")) writer.raw("appConf", "{}");
  if (release == Release::V1_3_0 && is_asked(options, "env")) writer.raw("environments", "{}");
  if (options.empty() || is_asked(options, "cache")) {
    writer.open_object("cache");
    dump_services(writer, each);
    dump_indexes(writer, each);
    dump_details(writer, each, !call.before(Release::V1_4_8));
    dump_dependencies(writer, call.registry);
    dump_instances(writer, each, call.fault);
    writer.close_object();
  }
  writer.close_object();
  return out;
}

}  // namespace mocksc
