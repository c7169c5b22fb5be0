// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>

#include "mocksc/servicecenter/api/handlers.h"
#include "mocksc/servicecenter/json/json_writer.h"
#include "mocksc/servicecenter/store/service_id.h"

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

void dump_details(JsonWriter& out, const ForEachService& each) {
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
    for (const auto& [id, instance] : service.instances) {
      if (fault.hides(id)) continue;
      section.entry("/cse-sr/inst/files/" + tenant_path(tenant) + service.data.service_id + "/" + id,
                    instance->revision);
      out.raw("value", instance->json);
      out.close_object();
    }
  });
}

bool is_asked(const std::vector<std::string>& options, std::string_view word) {
  return std::any_of(options.begin(), options.end(), [&](const auto& part) { return part == word || part == "all"; });
}

}  // namespace

std::string version_info(Release release, std::string_view api_version) {
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.text("version", name(release));
  writer.text("buildTag", "mocksc");
  writer.text("goVersion", "go1.18");
  writer.text("os", "linux");
  writer.text("arch", "amd64");
  writer.text("apiVersion", api_version);
  if (release == Release::V1_3_0) {
    writer.open_object("config");
    writer.number("maxHeaderBytes", 32768);
    writer.number("maxBodyBytes", 2097152);
    writer.text("readHeaderTimeout", "60s");
    writer.text("readTimeout", "60s");
    writer.text("idleTimeout", "60s");
    writer.text("writeTimeout", "60s");
    writer.text("sslEnabled", "false");
    writer.close_object();
  }
  writer.close_object();
  return out;
}

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
  for (const auto& [id, instance] : family->second.at(version)->instances) writer.element_raw(instance->json);
  writer.close_array();
  writer.close_object();
  return out;
}

Answer dump(Call& call) {
  if (call.domain != "default" || call.route.project != "default") {
    if (call.before(Release::V1_4_8)) return refuse(kForbidden, "Required admin permission");
    return refuse(kInternal, "runtime error: invalid memory address or nil pointer dereference");
  }
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
  if (is_asked(options, "info")) writer.raw("info", version_info(call.registry.options().release, "4.0.0"));
  if (options.empty() || is_asked(options, "cache")) {
    writer.open_object("cache");
    dump_services(writer, each);
    dump_indexes(writer, each);
    dump_details(writer, each);
    dump_instances(writer, each, call.fault);
    writer.close_object();
  }
  writer.close_object();
  return out;
}

}  // namespace mocksc
