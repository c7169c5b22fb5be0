// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/requests.h"

#include <gtest/gtest.h>

namespace syncer::registry::servicecenter {
namespace {

const Requests kRequests("acme");
const EntryId kRef{"default", "s1", "i1"};

TEST(Requests, AlwaysNameTheDomainAndNeverAConsumer) {
  for (const HttpRequest& request : {kRequests.list_services("default"), kRequests.heartbeat(kRef),
                                     kRequests.find("default", {}), kRequests.get_instance(kRef)}) {
    ASSERT_NE(request.headers.find("X-Domain-Name"), nullptr);
    EXPECT_EQ(*request.headers.find("X-Domain-Name"), "acme");
    EXPECT_EQ(request.headers.find("X-ConsumerId"), nullptr);
    EXPECT_EQ(request.headers.find("Authorization"), nullptr);
  }
}

TEST(Requests, EncodeEverythingInATarget) {
  const HttpRequest request = kRequests.unregister({"a b", "s/1", "i?2#"});
  EXPECT_EQ(request.method, "DELETE");
  EXPECT_EQ(request.target, "/v4/a%20b/registry/microservices/s%2F1/instances/i%3F2%23");
}

TEST(Requests, AskForExistenceWithTheEnvironmentSpelledOut) {
  const HttpRequest request = kRequests.existence({"acme/default", "", "shop", "cart", "1.0.0"});
  EXPECT_EQ(request.target,
            "/v4/default/registry/existence?type=microservice&env=&appId=shop&serviceName=cart&version=1.0.0");
}

TEST(Requests, FindManyAtOnceWithKnownRevisions) {
  const FindQuery query{"production", "shop", "cart", "r1"};
  const HttpRequest request = kRequests.find("default", std::span(&query, 1));
  EXPECT_EQ(request.target, "/v4/default/registry/instances/action?type=query");
  EXPECT_EQ(request.body, R"({"services":[{"rev":"r1","service":{"appId":"shop","environment":"production",)"
                          R"("serviceName":"cart","version":"0+"}}]})");
}

TEST(Requests, RenewManyLeasesAtOnce) {
  const HttpRequest request = kRequests.heartbeats("default", std::span(&kRef, 1));
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.target, "/v4/default/registry/heartbeats");
  EXPECT_EQ(request.body, R"({"instances":[{"instanceId":"i1","serviceId":"s1"}]})");
}

TEST(Requests, ReadSingleInstancesPastTheCaches) {
  EXPECT_EQ(kRequests.get_instance(kRef).target, "/v4/default/registry/microservices/s1/instances/i1?noCache=1");
}

}  // namespace
}  // namespace syncer::registry::servicecenter
