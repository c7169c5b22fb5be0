// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/body.h"

#include <nlohmann/json.hpp>

#include "mocksc/servicecenter/json/go_json.h"
#include "syncer/json/document.h"

namespace mocksc {
namespace {

using nlohmann::json;

/// Where and why a text is no JSON, in the words of Go's parser.
class SyntaxProbe : public json::json_sax_t {
 public:
  explicit SyntaxProbe(std::string_view text) : text_(text) {}
  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return open(); }
  bool key(string_t&) override { return true; }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    if (position > 0 && position <= text_.size()) {
      detail = "invalid character '" + std::string(1, text_[position - 1]) + "' " +
               (is_complete_ ? "after top-level value" : "looking for beginning of value");
    }
    return false;
  }
  std::string detail = "unexpected end of JSON input";

 private:
  bool value() {
    is_complete_ = depth_ == 0;
    return true;
  }
  bool open() {
    ++depth_;
    return true;
  }
  bool close() {
    --depth_;
    return value();
  }
  std::string_view text_;
  std::size_t depth_ = 0;
  bool is_complete_ = false;
};

std::string syntax_error(std::string_view body) {
  SyntaxProbe probe(body);
  json::sax_parse(body, &probe);
  return probe.detail;
}

/// Parses, hands the top object to `read`, and turns any failure into 400001.
template <class T, class Read>
ApiResult<T> decode(std::string_view body, const std::string& type, Read read) {
  const auto document = syncer::json::Document::parse(body);
  if (!document) return refuse(kInvalidParams, syntax_error(body));
  T out{};
  std::string error;
  GoReader in(document->root(), type, error);
  read(in, out);
  if (error.empty()) return out;
  return refuse(kInvalidParams, std::move(error));
}

std::string in_package(std::string_view package, std::string_view type) {
  return std::string(package) + "." + std::string(type);
}

/// The same with one text for whatever is wrong.
template <class T, class Read>
ApiResult<T> decode_plainly(std::string_view body, Read read) {
  ApiResult<T> out = decode<T>(body, "discovery.Request", read);
  return out ? std::move(out) : refuse(kInvalidParams, "Unmarshal error");
}

void read_schema(GoReader& in, Schema& out) {
  in.text("schemaId", out.schema_id);
  in.text("summary", out.summary);
  in.text("schema", out.schema);
}

void read_key(GoReader& in, InstanceKey& out) {
  in.text("serviceId", out.service_id);
  in.text("instanceId", out.instance_id);
}

void read_properties(GoReader& in, PropertiesBody& out) {
  in.text("serviceId", out.service_id);
  in.text("instanceId", out.instance_id);
  in.map("properties", out.properties);
}

void read_batch_find(GoReader& in, BatchFindBody& out) {
  in.text("consumerServiceId", out.consumer_id);
  in.objects("services", "FindService", [&](GoReader& item) {
    FindServiceItem& to = out.services.emplace_back();
    item.text("rev", to.rev);
    item.object("service", "MicroServiceKey", [&](GoReader& key) { read(key, to.service.emplace()); });
  });
  in.objects("instances", "FindInstance", [&](GoReader& item) {
    FindInstanceItem& to = out.instances.emplace_back();
    item.text("rev", to.rev);
    item.object("instance", "HeartbeatSetElement", [&](GoReader& key) { read_key(key, to.instance.emplace()); });
  });
}

}  // namespace

ApiResult<RegisterServiceBody> decode_register_service(std::string_view body, std::string_view package) {
  return decode<RegisterServiceBody>(
      body, in_package(package, "CreateServiceRequest"), [](GoReader& in, RegisterServiceBody& out) {
        in.object("service", "MicroService", [&](GoReader& service) { read(service, out.service.emplace()); });
        in.map("tags", out.tags);
        in.objects("instances", "MicroServiceInstance",
                   [&](GoReader& instance) { read(instance, out.instances.emplace_back()); });
        in.objects("rules", "AddOrUpdateServiceRule", [&](GoReader& rule) { read(rule, out.rules.emplace_back()); });
      });
}

ApiResult<DeleteServicesBody> decode_delete_services(std::string_view body, std::string_view package) {
  return decode<DeleteServicesBody>(body, in_package(package, "DelServicesRequest"),
                                    [](GoReader& in, DeleteServicesBody& out) {
                                      in.texts("serviceIds", out.service_ids);
                                      in.boolean("force", out.force);
                                    });
}

ApiResult<PropertiesBody> decode_service_properties(std::string_view body, std::string_view package) {
  return decode<PropertiesBody>(body, in_package(package, "UpdateServicePropsRequest"), read_properties);
}

ApiResult<PropertiesBody> decode_instance_properties(std::string_view body) {
  return decode_plainly<PropertiesBody>(body, read_properties);
}

ApiResult<Schema> decode_schema(std::string_view body, std::string_view package) {
  return decode<Schema>(body, in_package(package, "ModifySchemaRequest"), read_schema);
}

ApiResult<std::vector<Schema>> decode_schemas(std::string_view body, std::string_view package) {
  return decode<std::vector<Schema>>(
      body, in_package(package, "ModifySchemasRequest"), [](GoReader& in, std::vector<Schema>& out) {
        in.objects("schemas", "Schema", [&](GoReader& schema) { read_schema(schema, out.emplace_back()); });
      });
}

ApiResult<Properties> decode_tags(std::string_view body, std::string_view package) {
  return decode<Properties>(body, in_package(package, "AddServiceTagsRequest"),
                            [](GoReader& in, Properties& out) { in.map("tags", out); });
}

ApiResult<std::vector<DependencyBody>> decode_dependencies(std::string_view body, std::string_view package) {
  const auto read_one = [](GoReader& in, DependencyBody& out) {
    in.object("consumer", "MicroServiceKey", [&](GoReader& key) { read(key, out.consumer.emplace()); });
    in.objects("providers", "MicroServiceKey", [&](GoReader& key) { read(key, out.providers.emplace_back()); });
  };
  return decode<std::vector<DependencyBody>>(
      body, in_package(package, "AddDependenciesRequest"), [&](GoReader& in, std::vector<DependencyBody>& out) {
        in.objects("dependencies", "ConsumerDependency", [&](GoReader& one) { read_one(one, out.emplace_back()); });
      });
}

ApiResult<std::vector<AccessRule>> decode_rules(std::string_view body, std::string_view package) {
  return decode<std::vector<AccessRule>>(
      body, in_package(package, "AddServiceRulesRequest"), [](GoReader& in, std::vector<AccessRule>& out) {
        in.objects("rules", "AddOrUpdateServiceRule", [&](GoReader& rule) { read(rule, out.emplace_back()); });
      });
}

ApiResult<AccessRule> decode_rule(std::string_view body, std::string_view package) {
  return decode<AccessRule>(body, in_package(package, "AddOrUpdateServiceRule"),
                            [](GoReader& in, AccessRule& out) { read(in, out); });
}

ApiResult<std::optional<Instance>> decode_register_instance(std::string_view body) {
  return decode_plainly<std::optional<Instance>>(body, [](GoReader& in, std::optional<Instance>& out) {
    in.object("instance", "MicroServiceInstance", [&](GoReader& instance) { read(instance, out.emplace()); });
  });
}

ApiResult<std::vector<std::optional<InstanceKey>>> decode_heartbeats(std::string_view body) {
  using Keys = std::vector<std::optional<InstanceKey>>;
  return decode_plainly<Keys>(body, [](GoReader& in, Keys& out) {
    in.objects("instances", "HeartbeatSetElement", [&](GoReader& key) {
      auto& to = out.emplace_back();
      if (!key.is_null()) read_key(key, to.emplace());
    });
  });
}

ApiResult<BatchFindBody> decode_batch_find(std::string_view body) {
  return decode_plainly<BatchFindBody>(body, read_batch_find);
}

ApiResult<BulkStatusBody> decode_bulk_status(std::string_view body) {
  return decode_plainly<BulkStatusBody>(body, [](GoReader& in, BulkStatusBody& out) {
    in.object("matches", "FindInstancesRequest", [&](GoReader& matches) { matches.map("properties", out.matches); });
    in.text("status", out.status);
  });
}

}  // namespace mocksc
