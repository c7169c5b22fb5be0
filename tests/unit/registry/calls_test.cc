// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/calls.h"

#include <gtest/gtest.h>

namespace syncer::registry {
namespace {

using namespace std::chrono_literals;

struct NoEvents : Observer {
  bool wants(Severity) const override { return false; }
  void on_event(const Event&) override {}
};

struct Waiting : Http {
  void call(CallId id, HttpRequest, Instant) override { last = id; }
  void cancel(CallId) override {}
  CallId last{};
};

/// A registry whose answers are made up here.
struct CallsTest : testing::Test {
  void answer(Urgency urgency, int status, const std::string& body) {
    now += 10ms;
    calls.submit(now, urgency, {"GET", "", "/x", {}, ""}, [](Instant, const RawAnswer&) {});
    calls.on_http(now, http.last, HttpResponse{status, {}, body});
  }

  Instant now{10s};
  RegistrySettings settings;
  NoEvents observer;
  Waiting http;
  Addresses addresses{settings.addresses, observer};
  std::uint64_t last = 0;
  Calls calls{settings, {}, http, addresses, [this] { return CallId{++last}; }};
};

TEST_F(CallsTest, AnswersOfAnOverloadedRegistrySlowWritesDown) {
  const std::uint64_t before = calls.writes_per_second();
  for (int i = 0; i < 20; ++i) answer(Urgency::Write, 500, "not there");
  EXPECT_LT(calls.writes_per_second(), before);
  for (int i = 0; i < 2; ++i) answer(Urgency::Read, 500, "not there");
  EXPECT_TRUE(addresses.down());
}

TEST_F(CallsTest, WhatTheKindCallsOrdinaryIsNoOverload) {
  calls.set_ordinary([](const HttpResponse& response) { return response.body == "not there"; });
  const std::uint64_t before = calls.writes_per_second();
  for (int i = 0; i < 20; ++i) answer(Urgency::Write, 500, "not there");
  EXPECT_GE(calls.writes_per_second(), before);
  for (int i = 0; i < 2; ++i) answer(Urgency::Read, 500, "not there");
  EXPECT_FALSE(addresses.down());
  for (int i = 0; i < 2; ++i) answer(Urgency::Read, 500, "out of memory");
  EXPECT_TRUE(addresses.down());
}

}  // namespace
}  // namespace syncer::registry
