// SPDX-License-Identifier: Apache-2.0
// A syncer that was pointed at a registry of another kind than it was told.
#include <gtest/gtest.h>

#include "syncer/registry/servicecenter/driver.h"
#include "tests/contract/registry/registry_world.h"

namespace syncer::registry {
namespace {

using namespace std::chrono_literals;

KindSign memory_sign() {
  KindSign sign;
  sign.title = "a memory registry";
  sign.paths = {"/elsewhere", ""};
  sign.question.method = "GET";
  sign.question.target = "/entries";
  sign.recognises = [](const HttpResponse& answer) {
    return answer.status == 200 && answer.body.find("complete") != Bytes::npos;
  };
  return sign;
}

class WrongKind : public testing::Test {
 protected:
  /// A syncer that is told this kind, for a while; what its status says of the registry then.
  std::string problem_with(const std::string& kind) {
    catalog::CatalogConfig config;
    config.region = "east";
    config.node = "n1";
    config.registry.kind = kind;
    config.registry.addresses = {"http://10.0.0.1:1"};
    config.kinds.add("servicecenter", servicecenter::make_driver, servicecenter::sign());
    config.kinds.add("memory", memory::make_driver, memory_sign());
    DirectHttp http(*world_);
    NoEvents observer;
    Instant now{10s};
    catalog::Catalog catalog(config, http, observer, Random(1), now, [&] { return http.next_call(); });
    http.set_sink([&](Instant at, CallId id, Result<HttpResponse> answer) { catalog.on_http(at, id, answer); });
    catalog.start(now);
    catalog.set_writer(now, Epoch{1, 1});
    for (const Instant end = now + 20s; now < end; now += 10ms) {
      world_->advance(now);
      http.step(now);
      if (catalog.next_deadline() <= now) catalog.advance(now);
    }
    catalog::RegistryStatus status;
    catalog.fill(status);
    return status.problem;
  }

  std::unique_ptr<RegistryWorld> world_ = make_memory_registry();
};

TEST_F(WrongKind, IsToldInWordsWithWhatToWrite) {
  EXPECT_EQ(problem_with("servicecenter"),
            "http://10.0.0.1:1 is no registry of kind servicecenter: at http://10.0.0.1:1 a memory registry answers; "
            "write --sc-addr memory+http://10.0.0.1:1");
}

TEST_F(WrongKind, IsNotSuspectedWhereTheRegistryCanBeRead) { EXPECT_EQ(problem_with("memory"), ""); }

TEST_F(WrongKind, IsNotClaimedOfWhatNoKindRecognises) {
  world_->set_fault(Instant{}, RegistryWorld::Fault::Error);
  EXPECT_EQ(problem_with("servicecenter").find("is no registry of kind"), std::string::npos);
}

}  // namespace
}  // namespace syncer::registry
