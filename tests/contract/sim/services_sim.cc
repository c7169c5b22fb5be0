// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/sim/sim_world.h"

namespace contract {
namespace {

class SimHttp final : public SimWorld<HttpHarness>, sim::host::HttpService {
 public:
  SimHttp() : SimWorld(1) {
    add_machine(true);
    fabric_.network.add_site(sim::host::Site::registry(0));
    fabric_.calls.add_service(*this);
    fabric_.calls.add_origin(origin(), 0, 0);
  }
  syncer::Http& http() override { return ports(0); }
  std::string origin() override { return "http://server:80"; }
  void serve(Handler handler) override { handler_ = std::move(handler); }
  std::string nobody() override { return "http://nobody:80"; }
  const std::vector<HttpOutcome>& outcomes() override { return record(0).answers; }

  sim::host::HttpReply handle(std::uint32_t, const syncer::HttpRequest& request, std::string_view) override {
    std::optional<syncer::HttpResponse> answer = handler_(request);
    if (!answer) return {true, {}, {}};
    return {false, {}, std::move(*answer)};
  }

 private:
  Handler handler_ = [](const syncer::HttpRequest&) { return syncer::HttpResponse{200, {}, ""}; };
};

class SimStorage final : public SimWorld<StorageHarness> {
 public:
  SimStorage() : SimWorld(1) { add_machine(true); }
  syncer::Storage& storage() override { return ports(0); }
  const std::vector<StoredOutcome>& outcomes() override { return record(0).stored; }
  void restart() override {
    fabric_.nodes.front()->stop();
    fabric_.nodes.front()->start();
  }
};

std::unique_ptr<HttpHarness> http() { return std::make_unique<SimHttp>(); }
std::unique_ptr<StorageHarness> storage() { return std::make_unique<SimStorage>(); }

INSTANTIATE_TEST_SUITE_P(Simulated, HttpContract, testing::Values(&http));
INSTANTIATE_TEST_SUITE_P(Simulated, StorageContract, testing::Values(&storage));

}  // namespace
}  // namespace contract
