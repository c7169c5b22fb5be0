// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/fault/faulty_frontend.h"

#include <utility>

#include "mocksc/servicecenter/fault/spoilt_answer.h"

namespace mocksc {
namespace {

using syncer::HttpRequest;
using syncer::HttpResponse;
using syncer::Instant;

class ModelStore final : public Store {
 public:
  explicit ModelStore(Model model) : model_(std::move(model)) {}
  Model& model() { return model_; }

  CallTraits traits_of(const HttpRequest& request) const override {
    const Operation operation = operation_of(request.method, request.target);
    return {name(operation), is_list(operation), is_write(operation)};
  }
  syncer::Result<void> check_operation(std::string_view name) const override {
    const auto known = parse_operation(name);
    return known ? syncer::Result<void>() : tl::unexpected(known.error());
  }
  HttpResponse handle(Instant now, std::size_t front_end, const HttpRequest& request, std::string_view client,
                      const ReadFault& fault) override {
    return model_.handle(now, front_end, request, client, fault);
  }
  HttpResponse handle_surely(Instant now, std::size_t front_end, const HttpRequest& request,
                             std::string_view client) override {
    return model_.handle_surely(now, front_end, request, client);
  }
  Instant next_deadline() const override { return model_.next_deadline(); }
  void advance(Instant now) override { model_.advance(now); }

  std::size_t front_ends() const override { return model_.options().frontends.size(); }
  void set_front_end_up(Instant now, std::size_t front_end, bool is_up) override {
    model_.set_frontend_up(now, front_end, is_up);
  }
  void freeze_leases(bool frozen) override { model_.freeze_leases(frozen); }
  bool has_backend() const override { return true; }
  /// Renewals are answered as the ones before were.
  bool needs_backend(const HttpRequest& request) const override {
    const Operation operation = operation_of(request.method, request.target);
    const bool renews = operation == Operation::Heartbeat || operation == Operation::HeartbeatSet;
    return (is_write(operation) && !renews) || request.target.find("noCache=1") != std::string::npos;
  }
  void restart_leases(Instant now) override { model_.restart_leases(now); }
  std::size_t expire(Instant now, std::string_view id) override { return model_.expire(now, id); }
  void lose_data(Instant now) override { model_.lose_data(now); }
  std::any save() const override { return model_.save(); }
  syncer::Result<void> restore(Instant now, const std::any& saved) override {
    return model_.restore(now, std::any_cast<const std::string&>(saved));
  }
  std::unique_ptr<Store> copy() const override { return std::make_unique<ModelStore>(model_.copy()); }

  void refuse_part(const HttpRequest& request, const syncer::Ratio& part, syncer::Random& random,
                   HttpResponse& answer) const override {
    mocksc::refuse_part(operation_of(request.method, request.target), part, random, answer);
  }
  std::string broken_body() const override { return R"({"instances":[{"instanceId":})"; }
  std::string instances() const override;
  std::string_view title() const override { return "service center"; }

 private:
  Model model_;
};

std::string ModelStore::instances() const {
  std::string out;
  model_.for_each_instance([&](const InstanceView& view) {
    const std::string endpoint = view.instance.endpoints.empty() ? "-" : view.instance.endpoints.front();
    out += std::string(view.domain) + "/" + std::string(view.project) + " " + view.service.app_id + "/" +
           view.service.service_name + "/" + view.service.version + " " + view.instance.instance_id + " " +
           view.instance.status + " " + endpoint + "\n";
  });
  return out;
}

}  // namespace

FaultyFrontend::FaultyFrontend(Model model, syncer::Random random)
    : FaultLayer(std::make_unique<ModelStore>(std::move(model)), random),
      model_(&static_cast<ModelStore&>(store()).model()) {}

}  // namespace mocksc
