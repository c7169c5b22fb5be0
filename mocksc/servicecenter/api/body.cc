// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/body.h"

#include <nlohmann/json.hpp>

#include "mocksc/servicecenter/json/go_json.h"
#include "syncer/json/document.h"

namespace mocksc {
namespace {

using nlohmann::json;

constexpr std::string_view kUnmarshalError = "Unmarshal error";

/// Where and why a text is no JSON, in the words of Go's parser.
class SyntaxProbe : public json::json_sax_t {
 public:
  explicit SyntaxProbe(std::string_view text) : text_(text) {}
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    if (position > 0 && position <= text_.size()) {
      detail = "invalid character '" + std::string(1, text_[position - 1]) + "' looking for beginning of value";
    }
    return false;
  }
  std::string detail = "unexpected end of JSON input";

 private:
  std::string_view text_;
};

std::string syntax_error(std::string_view body) {
  SyntaxProbe probe(body);
  json::sax_parse(body, &probe);
  return probe.detail;
}

/// Parses, hands the top object to `read`, and turns any failure into 400001. `fixed` replaces the parser's text.
template <class T, class Read>
ApiResult<T> decode(std::string_view body, std::string_view fixed, Read read) {
  const auto document = syncer::json::Document::parse(body);
  if (!document) return refuse(kInvalidParams, fixed.empty() ? syntax_error(body) : std::string(fixed));
  T out{};
  bool ok = true;
  GoReader in(document->root(), ok);
  read(in, out);
  if (ok) return out;
  return refuse(kInvalidParams,
                fixed.empty() ? "json: cannot unmarshal value into Go value of another type" : std::string(fixed));
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

}  // namespace

ApiResult<RegisterServiceBody> decode_register_service(std::string_view body) {
  return decode<RegisterServiceBody>(body, {}, [](GoReader& in, RegisterServiceBody& out) {
    in.object("service", [&](GoReader& service) { read(service, out.service.emplace()); });
    in.map("tags", out.tags);
    in.objects("instances", [&](GoReader& instance) { read(instance, out.instances.emplace_back()); });
    in.objects("rules", [&](GoReader&) { out.has_rules = true; });
  });
}

ApiResult<DeleteServicesBody> decode_delete_services(std::string_view body) {
  return decode<DeleteServicesBody>(body, {}, [](GoReader& in, DeleteServicesBody& out) {
    in.texts("serviceIds", out.service_ids);
    in.boolean("force", out.force);
  });
}

ApiResult<PropertiesBody> decode_service_properties(std::string_view body) {
  return decode<PropertiesBody>(body, {}, read_properties);
}

ApiResult<PropertiesBody> decode_instance_properties(std::string_view body) {
  return decode<PropertiesBody>(body, kUnmarshalError, read_properties);
}

ApiResult<Schema> decode_schema(std::string_view body) { return decode<Schema>(body, {}, read_schema); }

ApiResult<std::vector<Schema>> decode_schemas(std::string_view body) {
  return decode<std::vector<Schema>>(body, {}, [](GoReader& in, std::vector<Schema>& out) {
    in.objects("schemas", [&](GoReader& schema) { read_schema(schema, out.emplace_back()); });
  });
}

ApiResult<Properties> decode_tags(std::string_view body) {
  return decode<Properties>(body, {}, [](GoReader& in, Properties& out) { in.map("tags", out); });
}

ApiResult<std::optional<Instance>> decode_register_instance(std::string_view body) {
  return decode<std::optional<Instance>>(body, kUnmarshalError, [](GoReader& in, std::optional<Instance>& out) {
    in.object("instance", [&](GoReader& instance) { read(instance, out.emplace()); });
  });
}

ApiResult<std::vector<InstanceKey>> decode_heartbeats(std::string_view body) {
  return decode<std::vector<InstanceKey>>(body, kUnmarshalError, [](GoReader& in, std::vector<InstanceKey>& out) {
    in.objects("instances", [&](GoReader& key) { read_key(key, out.emplace_back()); });
  });
}

ApiResult<BatchFindBody> decode_batch_find(std::string_view body) {
  return decode<BatchFindBody>(body, kUnmarshalError, [](GoReader& in, BatchFindBody& out) {
    in.text("consumerServiceId", out.consumer_id);
    in.objects("services", [&](GoReader& item) {
      FindServiceItem& to = out.services.emplace_back();
      item.text("rev", to.rev);
      item.object("service", [&](GoReader& key) {
        ServiceKey& service = to.service.emplace();
        key.text("environment", service.environment);
        key.text("appId", service.app_id);
        key.text("serviceName", service.service_name);
        key.text("version", service.version);
      });
    });
    in.objects("instances", [&](GoReader& item) {
      FindInstanceItem& to = out.instances.emplace_back();
      item.text("rev", to.rev);
      item.object("instance", [&](GoReader& key) { read_key(key, to.instance.emplace()); });
    });
  });
}

ApiResult<BulkStatusBody> decode_bulk_status(std::string_view body) {
  return decode<BulkStatusBody>(body, kUnmarshalError, [](GoReader& in, BulkStatusBody& out) {
    in.object("matches", [&](GoReader& matches) { matches.map("properties", out.matches); });
    in.text("status", out.status);
  });
}

}  // namespace mocksc
